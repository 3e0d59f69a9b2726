using System.Security.Claims;
using AiBotKit.Accounts;
using AiBotKit.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiBotKit.Conversations.Team;

/// <summary>What several people need to work on the same conversations, over REST.</summary>
internal static class TeamworkEndpoints
{
    public static void AddTeamwork(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AssignConversation>();
        builder.Services.AddSingleton<LabelConversation>();
        builder.Services.AddSingleton<ListLabels>();
        builder.Services.AddSingleton<ListCannedReplies>();
        builder.Services.AddSingleton<SaveCannedReply>();
        builder.Services.AddSingleton<RemoveCannedReply>();
        builder.Services.AddSingleton<ConversationPresence>();
    }

    public static void MapTeamwork(this WebApplication app)
    {
        var api = app.MapGroup("/api").WithTags("Teamwork").RequireAuthorization();
        api.MapPost("/conversations/{id:guid}/assignee", AssignAsync).WithName("AssignConversation").WithSummary("Says who of the team looks after a conversation; it changes nothing of who answers.");
        api.MapPut("/conversations/{id:guid}/labels", LabelAsync).WithName("LabelConversation").WithSummary("Sets the labels of a conversation, all of them at once.");
        api.MapGet("/labels", LabelsAsync).WithName("ListLabels").WithSummary("Lists the labels that conversations carry.");
        api.MapGet("/canned-replies", ListAsync).WithName("ListCannedReplies").WithSummary("Lists the canned replies by shortcut.");
        api.MapPost("/canned-replies", AddAsync).WithName("AddCannedReply").WithSummary("Adds a canned reply.").ProducesProblem(StatusCodes.Status409Conflict);
        api.MapPut("/canned-replies/{id:guid}", ChangeAsync).WithName("ChangeCannedReply").WithSummary("Changes a canned reply as a whole.").ProducesProblem(StatusCodes.Status409Conflict);
        api.MapDelete("/canned-replies/{id:guid}", RemoveAsync).WithName("RemoveCannedReply").WithSummary("Removes a canned reply.");
    }

    private static async Task<Results<Ok<ConversationItem>, NotFound, ProblemHttpResult>> AssignAsync(
        Guid id, AssigneeRequest request, AssignConversation assign, SpeakingName names, ListConversations list, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        if (request.PersonId is null && request.Nobody is not true)
        {
            return TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "bad_request", "Give personId, the id of one of the team, or nobody: true."));
        }

        if (request.PersonId is not null && request.Nobody is true)
        {
            return TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "bad_request", "Either personId or nobody: true, not both."));
        }

        var author = await names.ForTeamAsync(context, cancellationToken);
        return await assign.RunAsync(user.AccountId(), id, request.PersonId, author, context.Actor()) switch
        {
            AssignVerdict.NoSuchPerson => TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status404NotFound, "unknown_person", "The team has nobody of that id who may sign in.")),
            AssignVerdict.Done when await list.FindAsync(user.AccountId(), id, cancellationToken) is { } conversation => TypedResults.Ok(conversation),
            _ => TypedResults.NotFound(),
        };
    }

    private static async Task<Results<Ok<ConversationItem>, NotFound, ProblemHttpResult>> LabelAsync(
        Guid id, LabelsRequest request, LabelConversation label, ListConversations list, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        var names = request.Labels is { } given ? LabelRules.Clean(given) : null;
        if (names is null || LabelRules.Problem(names) is not null)
        {
            return TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "invalid_label", names is null ? "labels must be a list of words; an empty one takes them all away." : LabelRules.Problem(names)!));
        }

        return await label.RunAsync(user.AccountId(), id, names) is not null && await list.FindAsync(user.AccountId(), id, cancellationToken) is { } conversation
            ? TypedResults.Ok(conversation)
            : TypedResults.NotFound();
    }

    private static async Task<Ok<IReadOnlyList<LabelItem>>> LabelsAsync(ListLabels labels, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        TypedResults.Ok(await labels.RunAsync(user.AccountId(), cancellationToken));

    private static async Task<Ok<IReadOnlyList<CannedReplyItem>>> ListAsync(ListCannedReplies list, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        TypedResults.Ok(await list.RunAsync(user.AccountId(), cancellationToken));

    private static async Task<Results<Created<CannedReplyItem>, ProblemHttpResult>> AddAsync(
        CannedReplyRequest request, SaveCannedReply save, ListCannedReplies list, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        var (problem, id) = await SaveAsync(null, request, save, user, context);
        return problem ?? (Results<Created<CannedReplyItem>, ProblemHttpResult>)TypedResults.Created($"/api/canned-replies/{id}", await list.FindAsync(user.AccountId(), id, cancellationToken));
    }

    private static async Task<Results<Ok<CannedReplyItem>, NotFound, ProblemHttpResult>> ChangeAsync(
        Guid id, CannedReplyRequest request, SaveCannedReply save, ListCannedReplies list, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        var (problem, saved) = await SaveAsync(id, request, save, user, context);
        return problem is not null ? problem
            : saved != default && await list.FindAsync(user.AccountId(), saved, cancellationToken) is { } reply ? TypedResults.Ok(reply)
            : TypedResults.NotFound();
    }

    private static async Task<Results<NoContent, NotFound>> RemoveAsync(Guid id, RemoveCannedReply remove, ClaimsPrincipal user, HttpContext context) =>
        await remove.RunAsync(user.AccountId(), id, context.Actor()) ? TypedResults.NoContent() : TypedResults.NotFound();

    private static async Task<(ProblemHttpResult? Problem, Guid Id)> SaveAsync(Guid? id, CannedReplyRequest request, SaveCannedReply save, ClaimsPrincipal user, HttpContext context)
    {
        var shortcut = CannedText.Shortcut(request.Shortcut);
        if (CannedText.Problem(shortcut, request.Text) is { } wrong)
        {
            return (TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "invalid_canned_reply", wrong)), default);
        }

        var (verdict, saved) = await save.RunAsync(user.AccountId(), id, shortcut, request.Text!, context.Actor());
        return verdict switch
        {
            CannedVerdict.Taken => (TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status409Conflict, "shortcut_taken", $"Another canned reply is called /{shortcut}.")), default),
            CannedVerdict.TooMany => (TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status409Conflict, "too_many_canned_replies", $"There are {CannedText.Most} canned replies already.")), default),
            _ => (null, saved),
        };
    }

    /// <summary>Who looks after a conversation.</summary>
    /// <param name="PersonId">One of the team.</param>
    /// <param name="Nobody">True: nobody in particular any more.</param>
    public sealed record AssigneeRequest(Guid? PersonId = null, bool? Nobody = null);

    /// <summary>The labels of a conversation.</summary>
    /// <param name="Labels">All of them: up to 8, of up to 24 characters. An empty list takes them all away.</param>
    public sealed record LabelsRequest(IReadOnlyList<string?>? Labels = null);

    /// <summary>A canned reply.</summary>
    /// <param name="Shortcut">What is typed behind the slash: 1 to 32 letters, digits, - or _.</param>
    /// <param name="Text">1 to 4096 characters; {first_name}, {name}, {number}, {agent} and {chatbot} are filled in, {first_name|there} says what stands for an unknown one.</param>
    public sealed record CannedReplyRequest(string? Shortcut = null, string? Text = null);
}
