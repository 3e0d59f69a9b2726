using System.Security.Claims;
using AiBotKit.Accounts;
using AiBotKit.Durability;
using AiBotKit.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiBotKit.Conversations.Contacts;

/// <summary>Contacts over REST. A contact's id is the id of any of its conversations.</summary>
internal static class ContactsEndpoints
{
    public static void AddContacts(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ReadContact>();
        builder.Services.AddSingleton<RenameContact>();
        builder.Services.AddSingleton<JoinContacts>();
        builder.Services.AddSingleton<ExportContact>();
        builder.Services.AddSingleton<EraseContact>();
        builder.Services.AddHostedService(services => services.GetRequiredService<EraseContact>());
    }

    public static void MapContacts(this WebApplication app)
    {
        var api = app.MapGroup("/api/contacts").WithTags("Contacts").RequireAuthorization();
        api.MapGet("/{id:guid}", ReadAsync).WithName("ReadContact").WithSummary("Reads a contact by the id of any of its conversations.");
        api.MapPatch("/{id:guid}", RenameAsync).WithName("RenameContact").WithSummary("Gives a contact a name of your own, kept over its profile name.");
        api.MapPost("/{id:guid}/merge", MergeAsync).WithName("MergeContacts").WithSummary("Says that another conversation of the same chatbot is the same person's.").ProducesProblem(StatusCodes.Status409Conflict);
        api.MapPost("/{id:guid}/split", SplitAsync).WithName("SplitContact").WithSummary("Says that one of a contact's names is somebody else's.").ProducesProblem(StatusCodes.Status409Conflict);
        api.MapGet("/{id:guid}/export", ExportAsync).WithName("ExportContact").WithSummary("Everything that is stored of a contact, as JSON.").Produces(StatusCodes.Status200OK, contentType: "application/json");
        api.MapDelete("/{id:guid}", EraseAsync).WithName("EraseContact").WithSummary("Erases a contact and everything that is stored of it. It cannot be taken back.").RequireAuthorization(SignedIn.Owner);
    }

    private static async Task<Results<Ok<ContactItem>, NotFound>> ReadAsync(Guid id, ReadContact read, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await read.RunAsync(user.AccountId(), id, cancellationToken) is { } contact ? TypedResults.Ok(contact) : TypedResults.NotFound();

    private static async Task<Results<Ok<ContactItem>, NotFound, ProblemHttpResult>> RenameAsync(
        Guid id, ContactPatch patch, RenameContact rename, ReadContact read, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        if (patch.Name is null)
        {
            return TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "nothing_to_change", "Name at least one thing to change."));
        }

        if (RenameContact.Problem(patch.Name) is { } problem)
        {
            return TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "invalid_name", problem));
        }

        return await rename.RunAsync(user.AccountId(), id, patch.Name, context.Actor(), cancellationToken) && await read.RunAsync(user.AccountId(), id, cancellationToken) is { } contact
            ? TypedResults.Ok(contact)
            : TypedResults.NotFound();
    }

    private static async Task<Results<Ok<ContactItem>, NotFound, ProblemHttpResult>> MergeAsync(
        Guid id, MergeRequest request, JoinContacts join, SpeakingName names, ReadContact read, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        if (request.With is not { } with)
        {
            return TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "bad_request", "with must be the id of another contact."));
        }

        var author = await names.ForTeamAsync(context, cancellationToken);
        var verdict = await join.MergeAsync(user.AccountId(), id, with, author, context.Actor(), cancellationToken);
        return Refusal(context, verdict) is { } refusal ? refusal
            : verdict == ContactVerdict.Done && await read.RunAsync(user.AccountId(), id, cancellationToken) is { } contact ? TypedResults.Ok(contact)
            : TypedResults.NotFound();
    }

    private static async Task<Results<Ok<ContactItem>, NotFound, ProblemHttpResult>> SplitAsync(
        Guid id, SplitRequest request, JoinContacts join, SpeakingName names, ReadContact read, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(request.Name))
        {
            return TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "bad_request", "name must be one of the contact's names."));
        }

        var author = await names.ForTeamAsync(context, cancellationToken);
        var result = await join.SplitAsync(user.AccountId(), id, request.Name, author, context.Actor(), cancellationToken);
        return Refusal(context, result.Verdict) is { } refusal ? refusal
            : result.ConversationId is { } part && await read.RunAsync(user.AccountId(), part, cancellationToken) is { } contact ? TypedResults.Ok(contact)
            : TypedResults.NotFound();
    }

    private static async Task<Results<PushStreamHttpResult, NotFound>> ExportAsync(Guid id, ExportContact export, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await export.ExistsAsync(user.AccountId(), id, cancellationToken)
            ? TypedResults.Stream(output => export.WriteAsync(user.AccountId(), id, output, cancellationToken), "application/json", $"contact-{id}.json")
            : TypedResults.NotFound();

    /// <summary>204 when nothing is left; 202 when it is in nobody's sight any more and the rest goes on by itself.</summary>
    private static async Task<Results<NoContent, Accepted, NotFound>> EraseAsync(Guid id, EraseContact erase, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken) =>
        await erase.RunAsync(user.AccountId(), id, context.Actor(), cancellationToken) switch
        {
            ErasureOutcome.Erased => TypedResults.NoContent(),
            ErasureOutcome.UnderWay => TypedResults.Accepted((string?)null),
            _ => TypedResults.NotFound(),
        };

    private static ProblemHttpResult? Refusal(HttpContext context, ContactVerdict verdict) => verdict switch
    {
        ContactVerdict.OtherChatbot => TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status409Conflict, "other_chatbot", ContactWords.OtherChatbot)),
        ContactVerdict.Refused => TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status409Conflict, "not_separable", ContactWords.Refused)),
        _ => null,
    };

    /// <param name="Name">At most 256 characters; blank for the profile name again.</param>
    public sealed record ContactPatch(string? Name);

    /// <param name="With">The contact that is the same person.</param>
    public sealed record MergeRequest(Guid? With);

    /// <param name="Name">One of the contact's names, as the contact lists them.</param>
    public sealed record SplitRequest(string? Name);
}

/// <summary>Why a merge or a split was refused, in a sentence for people.</summary>
internal static class ContactWords
{
    public const string OtherChatbot = "The two wrote to different chatbots: only conversations of one chatbot can be merged.";
    public const string Refused = "They are one already, or this name is the conversation's own and cannot be split off.";
}
