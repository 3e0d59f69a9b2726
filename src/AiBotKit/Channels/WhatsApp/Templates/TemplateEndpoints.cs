using System.Security.Claims;
using AiBotKit.Accounts;
using AiBotKit.Channels.WhatsApp.Onboarding;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace AiBotKit.Channels.WhatsApp.Templates;

/// <summary>The two ways outside the service window over REST: templates, and replies that are held.</summary>
internal static class TemplateEndpoints
{
    /// <summary>A name or a language of WhatsApp is never longer (512 characters for a name).</summary>
    private const int LongestName = 512;
    private const int MostParameters = 50;

    public static void AddTemplates(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<ReadTemplates>();
        services.AddSingleton<SyncTemplates>();
        services.AddSingleton<SendTemplate>();
        services.AddSingleton<HoldReply>();
        services.AddSingleton<CancelHeld>();
        services.AddSingleton<KeepTemplates>();
        services.AddHostedService(provider => provider.GetRequiredService<KeepTemplates>());
    }

    public static void MapTemplates(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api").WithTags("Templates").RequireAuthorization();
        api.MapGet("/connections/{id:guid}/templates", ListAsync).WithName("ListTemplates").WithSummary("Lists the message templates of a number as the provider last gave them, with what has to be filled in.");
        api.MapPost("/connections/{id:guid}/templates/sync", SyncAsync).RequireAuthorization(SignedIn.Owner).WithName("SyncTemplates").WithSummary("Asks the provider for the templates of a number and lists them.")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status502BadGateway);
        api.MapPost("/conversations/{id:guid}/templates", SendAsync).WithName("SendTemplate").WithSummary("Sends an approved template as a person, also outside the 24-hour window; refused while AI replies are on unless it takes over.")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        api.MapPost("/conversations/{id:guid}/held", HoldAsync).WithName("HoldReply").WithSummary("Outside the 24-hour window: holds a reply until the customer writes or taps, and sends an approved template that asks for it.")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        api.MapDelete("/conversations/{id:guid}/held/{held:guid}", CancelAsync).WithName("CancelHeldReply").WithSummary("Takes a held reply back: it will not be sent.");
    }

    private static async Task<Results<Ok<TemplateList>, NotFound>> ListAsync(Guid id, ReadTemplates read, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await read.RunAsync(user.AccountId(), id, cancellationToken) is { } list ? TypedResults.Ok(list) : TypedResults.NotFound();

    private static async Task<Results<Ok<TemplateList>, NotFound, ProblemHttpResult>> SyncAsync(
        Guid id, SyncTemplates sync, ReadTemplates read, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        var (found, refusal) = await sync.RunAsync(user.AccountId(), id, cancellationToken);
        if (refusal is not null)
        {
            return refusal.Problem(context);
        }

        return found && await read.RunAsync(user.AccountId(), id, cancellationToken) is { } list ? TypedResults.Ok(list) : TypedResults.NotFound();
    }

    /// <summary>201 with the message, which is stored and about to be sent.</summary>
    /// <param name="requestKey">The same key stores the message once, however often the request is repeated.</param>
    private static async Task<Results<Created<MessageItem>, NotFound, ProblemHttpResult>> SendAsync(
        Guid id,
        TemplateBody request,
        SendTemplate send,
        SpeakingName names,
        ReadMessages read,
        ClaimsPrincipal user,
        HttpContext context,
        CancellationToken cancellationToken,
        [FromHeader(Name = "Idempotency-Key")] string? requestKey = null)
    {
        var by = context.Actor();
        var choice = Choice(request.Name, request.Language, request.Parameters);
        if (choice is null)
        {
            return TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "bad_request", "name and language must name a template, and parameters its blanks."));
        }

        if (Wrong(context, request.Author, requestKey, by) is { } wrong)
        {
            return wrong;
        }

        if ((request.Author?.Trim() ?? await names.RunAsync(user.AccountId(), by, cancellationToken)) is not { } author)
        {
            return TypedResults.Problem(ReplyEndpoints.Nameless(context));
        }

        var result = await send.RunAsync(new TemplateRequest(user.AccountId(), id, choice, author, request.TakeOver, requestKey, by), cancellationToken);
        return await AnswerAsync(result, id, read, user, context, cancellationToken);
    }

    /// <summary>201 with the held message; the template that asks for it is another one.</summary>
    /// <param name="requestKey">The same key stores the message once, however often the request is repeated.</param>
    private static async Task<Results<Created<MessageItem>, NotFound, ProblemHttpResult>> HoldAsync(
        Guid id,
        HeldBody request,
        HoldReply hold,
        SpeakingName names,
        ReadMessages read,
        ClaimsPrincipal user,
        HttpContext context,
        CancellationToken cancellationToken,
        [FromHeader(Name = "Idempotency-Key")] string? requestKey = null)
    {
        var by = context.Actor();
        if (string.IsNullOrWhiteSpace(request.Text))
        {
            return TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "invalid_message", ReplyWords.Sentence(ReplyVerdict.Empty)));
        }

        TemplateChoice? nudge = null;
        if (request.Template is { } wanted && (nudge = Choice(wanted.Name, wanted.Language, wanted.Parameters)) is null)
        {
            return TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "bad_request", "template must have the name and language of one, and parameters its blanks."));
        }

        if (Wrong(context, request.Author, requestKey, by) is { } wrong)
        {
            return wrong;
        }

        if ((request.Author?.Trim() ?? await names.RunAsync(user.AccountId(), by, cancellationToken)) is not { } author)
        {
            return TypedResults.Problem(ReplyEndpoints.Nameless(context));
        }

        var result = await hold.RunAsync(new HeldRequest(user.AccountId(), id, request.Text, nudge, author, request.TakeOver, requestKey, by), cancellationToken);
        return await AnswerAsync(result, id, read, user, context, cancellationToken);
    }

    /// <summary>204; 404 also when it has gone out or was taken back before.</summary>
    private static async Task<Results<NoContent, NotFound>> CancelAsync(Guid id, Guid held, CancelHeld cancel, ClaimsPrincipal user) =>
        await cancel.RunAsync(user.AccountId(), id, held) ? TypedResults.NoContent() : TypedResults.NotFound();

    private static async Task<Results<Created<MessageItem>, NotFound, ProblemHttpResult>> AnswerAsync(
        TemplateResult result, Guid conversation, ReadMessages read, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        if (result.Refusal is { } template)
        {
            var problem = ErrorAnswers.Problem(context, template.Status, template.Code, template.Sentence);
            if (template.Field is { } field)
            {
                problem.Extensions["parameter"] = field;
            }

            return TypedResults.Problem(problem);
        }

        var reply = result.Reply;
        if (reply.Verdict == ReplyVerdict.Stored && await read.FindAsync(user.AccountId(), reply.MessageId!.Value, cancellationToken) is { } message)
        {
            return TypedResults.Created($"/api/conversations/{conversation}/messages", reply.InFlight ? message with { InFlight = true } : message);
        }

        return ReplyWords.Code(reply.Verdict) is { } refusal
            ? TypedResults.Problem(ErrorAnswers.Problem(context, ReplyEndpoints.Status(reply.Verdict), refusal, ReplyWords.Sentence(reply.Verdict)))
            : TypedResults.NotFound();
    }

    private static TemplateChoice? Choice(string? name, string? language, Dictionary<string, string?>? parameters) =>
        name is { Length: > 0 and <= LongestName } && language is { Length: > 0 and <= LongestName } && (parameters?.Count ?? 0) <= MostParameters
            ? new TemplateChoice(name, language, parameters?.Where(one => one.Value is not null).ToDictionary(one => one.Key, one => one.Value!) ?? [])
            : null;

    private static ProblemHttpResult? Wrong(HttpContext context, string? author, string? requestKey, Actor by) =>
        ReplyEndpoints.WriterProblem(author, requestKey, by) is var (code, sentence) ? TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, code, sentence)) : null;

    /// <summary>The template to send.</summary>
    /// <param name="Parameters">A value for every blank, by the <c>key</c> of the template's <c>fields</c>.</param>
    /// <param name="TakeOver">Switches AI replies off in the same moment.</param>
    /// <param name="Author">On whose behalf an API key writes; else the key's own name is shown.</param>
    public sealed record TemplateBody(string? Name, string? Language, Dictionary<string, string?>? Parameters = null, bool TakeOver = false, string? Author = null);

    /// <summary>The template that asks the customer to tap.</summary>
    public sealed record NudgeBody(string? Name, string? Language, Dictionary<string, string?>? Parameters = null);

    /// <summary>What is held for the customer.</summary>
    /// <param name="Text">1 to 4096 characters, sent as they are.</param>
    /// <param name="Template">With a quick-reply button; left out: the number's best one.</param>
    public sealed record HeldBody(string? Text, NudgeBody? Template = null, bool TakeOver = false, string? Author = null);
}
