using System.Security.Claims;
using AiBotKit.Accounts;
using AiBotKit.Conversations.Drafts;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace AiBotKit.Conversations;

/// <summary>Writing to a customer over REST.</summary>
internal static class ReplyEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/conversations/{id:guid}/messages", SendAsync).WithName("SendMessage").WithSummary("Writes to the customer as a person; refused outside the 24-hour window, and while AI replies are on unless it takes over.")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        api.MapPost("/conversations/{id:guid}/notes", NoteAsync).WithName("AddNote").WithSummary("Adds a note of the team, which no customer and no model ever reads.");
        api.MapPost("/conversations/{id:guid}/extend", ExtendAsync).WithName("ExtendTakeover").WithSummary("Makes a takeover last longer, by the chatbot's time.").ProducesProblem(StatusCodes.Status409Conflict);
    }

    /// <summary>201; the note is an event of the type <c>note</c> among the conversation's messages.</summary>
    private static async Task<Results<Created<MessageItem>, NotFound, ProblemHttpResult>> NoteAsync(
        Guid id, NoteRequest request, AddNote add, SpeakingName names, ReadMessages read, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        if (AddNote.Problem(request.Text) is { } problem)
        {
            return TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "invalid_note", problem));
        }

        var author = await names.ForTeamAsync(context, cancellationToken);
        return await add.RunAsync(user.AccountId(), id, request.Text!, author) is { } note && await read.FindAsync(user.AccountId(), note, cancellationToken) is { } message
            ? TypedResults.Created($"/api/conversations/{id}/messages", message)
            : TypedResults.NotFound();
    }

    /// <summary>Who has no display name has to choose one before a customer can see it.</summary>
    public static ProblemDetails Nameless(HttpContext context) =>
        ErrorAnswers.Problem(context, StatusCodes.Status409Conflict, "display_name_missing", "Set your display name first: customers see it.");

    /// <summary>201 with the message, which is stored and about to be sent. Refused, nothing is stored and nothing sent.</summary>
    /// <param name="requestKey">The same key stores the message once, however often the request is repeated.</param>
    private static async Task<Results<Created<MessageItem>, NotFound, ProblemHttpResult>> SendAsync(
        Guid id,
        MessageRequest request,
        SendReply send,
        DraftReply drafts,
        SpeakingName names,
        ReadMessages read,
        ClaimsPrincipal user,
        HttpContext context,
        CancellationToken cancellationToken,
        [FromHeader(Name = "Idempotency-Key")] string? requestKey = null)
    {
        var by = context.Actor();
        if (Problem(request, requestKey, by) is var (code, sentence))
        {
            return TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, code, sentence));
        }

        if (request.Draft is { } draft && await drafts.FindAsync(user.AccountId(), id, draft, cancellationToken) is null)
        {
            return TypedResults.NotFound();
        }

        if ((request.Author?.Trim() ?? await names.RunAsync(user.AccountId(), by, cancellationToken)) is not { } author)
        {
            return TypedResults.Problem(Nameless(context));
        }

        var result = await send.RunAsync(new ReplyRequest(user.AccountId(), id, request.Text!, author, request.TakeOver, requestKey, by) { Draft = request.Draft }, cancellationToken);
        if (result.Verdict == ReplyVerdict.Stored && await read.FindAsync(user.AccountId(), result.MessageId!.Value, cancellationToken) is { } message)
        {
            return TypedResults.Created($"/api/conversations/{id}/messages", result.InFlight ? message with { InFlight = true } : message);
        }

        return ReplyWords.Code(result.Verdict) is { } refusal
            ? TypedResults.Problem(ErrorAnswers.Problem(context, Status(result.Verdict), refusal, ReplyWords.Sentence(result.Verdict)))
            : TypedResults.NotFound();
    }

    private static async Task<Results<NoContent, NotFound, ProblemHttpResult>> ExtendAsync(
        Guid id, ExtendTakeover extend, ListConversations list, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        if (await extend.RunAsync(user.AccountId(), id, context.Actor()))
        {
            return TypedResults.NoContent();
        }

        return await list.FindAsync(user.AccountId(), id, cancellationToken) is null
            ? TypedResults.NotFound()
            : TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status409Conflict, "no_takeover_to_extend", "No takeover runs out in this conversation."));
    }

    /// <summary>HTTP status of a refusal.</summary>
    public static int Status(ReplyVerdict verdict) => verdict switch
    {
        ReplyVerdict.KeyUsed => StatusCodes.Status422UnprocessableEntity,
        ReplyVerdict.Empty or ReplyVerdict.TooLong => StatusCodes.Status400BadRequest,
        _ => StatusCodes.Status409Conflict,
    };

    private static (string Code, string Sentence)? Problem(MessageRequest request, string? requestKey, Actor by) =>
        request.Text is null ? ("invalid_message", ReplyWords.Sentence(ReplyVerdict.Empty)) : WriterProblem(request.Author, requestKey, by);

    /// <summary>What is wrong with who writes, or with the name of the request; null when nothing is.</summary>
    public static (string Code, string Sentence)? WriterProblem(string? author, string? requestKey, Actor by) => author switch
    {
        _ when requestKey is { Length: 0 or > ReplyWords.LongestKey } => ("bad_request", $"An Idempotency-Key has 1 to {ReplyWords.LongestKey} characters."),
        not null when by.Kind != ActorKind.ApiKey => ("bad_request", "Only an API key may say on whose behalf it writes; a person writes under their own name."),
        not null when PersonRules.NameProblem(author.Trim()) is not null => ("invalid_name", $"A name must have 1 to {PersonRules.LongestName} characters."),
        _ => null,
    };

    /// <summary>What is written to the customer.</summary>
    /// <param name="Text">1 to 4096 characters, sent as they are: no Markdown, WhatsApp's own marks work.</param>
    /// <param name="TakeOver">Switches AI replies off in the same moment.</param>
    /// <param name="Author">On whose behalf an API key writes; else the key's own name is shown.</param>
    /// <param name="Draft">Id of the AI's draft that the text is; unchanged, it counts as one AI message (as long as one is left) and carries the draft's sources.</param>
    public sealed record MessageRequest(string? Text, bool TakeOver = false, string? Author = null, Guid? Draft = null);

    /// <param name="Text">1 to 4000 characters.</param>
    public sealed record NoteRequest(string? Text);
}
