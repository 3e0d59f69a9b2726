using System.ComponentModel;
using System.Security.Claims;
using AiBotKit.Accounts;
using AiBotKit.Conversations.Contacts;
using AiBotKit.Conversations.Drafts;
using AiBotKit.Conversations.Handover;
using AiBotKit.Conversations.Leads;
using AiBotKit.Conversations.Media;
using AiBotKit.Conversations.Team;
using AiBotKit.Durability;
using AiBotKit.Hosting;
using AiBotKit.Hosting.Configuration;
using AiBotKit.Hosting.Paging;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace AiBotKit.Conversations;

/// <summary>Conversations and their messages over REST. The account is the caller's; another account's ids do not exist for it.</summary>
internal static class ConversationsEndpoints
{
    public static void AddConversations(this WebApplicationBuilder builder, SettingsReader settings)
    {
        builder.Services.AddSingleton(ConversationsOptions.Read(settings));
        builder.Services.AddSingleton<ConversationFeed>();
        builder.Services.AddSingleton<ITurnRunner, RunTurn>();
        builder.Services.AddSingleton<SwitchAiReplies>();
        builder.Services.AddSingleton<SendReply>();
        builder.Services.AddSingleton<ExtendTakeover>();
        builder.Services.AddHostedService<FeedBridge>();
        builder.Services.AddSingleton<ListConversations>();
        builder.Services.AddSingleton<ReadMessages>();
        builder.Services.AddSingleton<SearchMessages>();
        builder.Services.AddSingleton<MarkConversationRead>();
        builder.Services.AddSingleton<ReplayDeadLetter>();
        builder.Services.AddSingleton<AddNote>();
        builder.AddMedia();
        builder.AddContacts();
        builder.AddHandover();
        builder.AddLeads();
        builder.AddTeamwork();
        builder.AddDrafts();
    }

    public static void MapConversations(this WebApplication app)
    {
        app.MapMedia();
        app.MapContacts();
        app.MapHandover();
        app.MapLeads();
        app.MapTeamwork();
        app.MapDrafts();
        app.MapEvents();
        var api = app.MapGroup("/api").WithTags("Conversations").RequireAuthorization();
        api.MapGet("/conversations", ListAsync).WithName("ListConversations").WithSummary("Lists conversations, the latest message first.");
        api.MapGet("/messages", SearchAsync).WithName("SearchMessages").WithSummary("Looks for words in all messages, the newest first.");
        api.MapGet("/conversations/{id:guid}", ReadAsync).WithName("ReadConversation").WithSummary("Reads one conversation.");
        api.MapGet("/conversations/{id:guid}/messages", MessagesAsync).WithName("ReadMessages").WithSummary("Reads a conversation's messages, the newest last; the cursor leads to earlier ones.");
        api.MapPatch("/conversations/{id:guid}", PatchAsync).WithName("SwitchAiReplies").WithSummary("Switches AI replies of one conversation; after the answer no AI reply begins.").ProducesProblem(StatusCodes.Status409Conflict);
        ReplyEndpoints.Map(api);
        api.MapGet("/dead-letters", DeadLettersAsync).WithName("ListDeadLetters").WithSummary("Lists what could not be processed, the latest first.");
        api.MapPost("/dead-letters/{id:guid}/replay", ReplayAsync).WithName("ReplayDeadLetter").WithSummary("Processes a dead letter again.")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Results<Ok<Page<ConversationItem>>, ProblemHttpResult>> ListAsync(
        ListConversations list,
        ClaimsPrincipal user,
        HttpContext context,
        [AsParameters] FilterWords filter,
        CancellationToken cancellationToken,
        [Description("Part of the contact's name, or of the number.")] string? q = null,
        string? limit = null,
        string? cursor = null)
    {
        if (Refused(context, filter, limit, cursor, out var page, out var wanted) is { } refusal)
        {
            return refusal;
        }

        var words = SearchWords.Parse(q);
        return words is null && !string.IsNullOrWhiteSpace(q)
            ? TypedResults.Ok(new Page<ConversationItem>([], null))
            : TypedResults.Ok(await list.RunAsync(user.AccountId(), user.PersonId(), wanted, words, page, cancellationToken));
    }

    private static async Task<Results<Ok<Page<FoundMessage>>, ProblemHttpResult>> SearchAsync(
        SearchMessages search,
        ClaimsPrincipal user,
        HttpContext context,
        [AsParameters] FilterWords filter,
        CancellationToken cancellationToken,
        [Description("Words that must all be in the message; the last may be the beginning of one. Neither case nor accents matter.")] string? q = null,
        string? limit = null,
        string? cursor = null)
    {
        if (Refused(context, filter, limit, cursor, out var page, out var wanted) is { } refusal)
        {
            return refusal;
        }

        if (string.IsNullOrWhiteSpace(q))
        {
            return TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "bad_search", "q must say what to look for."));
        }

        if (SearchWords.Parse(q) is not { } words)
        {
            return TypedResults.Ok(new Page<FoundMessage>([], null));
        }

        var found = await search.RunAsync(user.AccountId(), user.PersonId(), words, wanted, page.After?.Tie, page.Limit, cancellationToken);
        return TypedResults.Ok(new Page<FoundMessage>(
            [.. found.Hits.Select(hit => FoundMessage.Of(hit, words))],
            found.Next is { } next ? new Cursor(DateTimeOffset.UnixEpoch, next).ToString() : null));
    }

    /// <summary>Page and filter of a list; null when both can be read.</summary>
    private static ProblemHttpResult? Refused(HttpContext context, FilterWords words, string? limit, string? cursor, out PageRequest page, out ConversationFilter filter)
    {
        var parsed = words.Parse();
        filter = parsed ?? ConversationFilter.None;
        return !PageRequest.TryParse(limit, cursor, out page) ? TypedResults.Problem(PageRequest.Problem(context))
            : parsed is null ? TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "bad_filter", ConversationFilter.Allowed))
            : null;
    }

    private static async Task<Results<Ok<ConversationItem>, NotFound>> ReadAsync(Guid id, ListConversations list, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await list.FindAsync(user.AccountId(), id, cancellationToken) is { } conversation ? TypedResults.Ok(conversation) : TypedResults.NotFound();

    private static async Task<Results<Ok<Page<MessageItem>>, NotFound, ProblemHttpResult>> MessagesAsync(
        Guid id, ReadMessages read, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken, string? limit = null, string? cursor = null)
    {
        if (!PageRequest.TryParse(limit, cursor, out var page))
        {
            return TypedResults.Problem(PageRequest.Problem(context));
        }

        return await read.RunAsync(user.AccountId(), id, page, cancellationToken) is { } messages ? TypedResults.Ok(messages) : TypedResults.NotFound();
    }

    /// <summary>After the answer no AI reply begins; one that was already on the wire comes back as <c>inFlight</c>.</summary>
    private static async Task<Results<Ok<SwitchedConversation>, NotFound, ProblemHttpResult>> PatchAsync(
        Guid id, ConversationPatch patch, SwitchAiReplies switchReplies, SpeakingName names, ListConversations list, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        if (patch.AiReplies is not { } aiReplies)
        {
            return TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "bad_request", "aiReplies must be true or false."));
        }

        if (await names.RunAsync(user.AccountId(), context.Actor(), cancellationToken) is not { } name)
        {
            return TypedResults.Problem(ReplyEndpoints.Nameless(context));
        }

        var done = await switchReplies.RunAsync(user.AccountId(), id, aiReplies, name, context.Actor(), cancellationToken);
        return done.Found && await list.FindAsync(user.AccountId(), id, cancellationToken) is { } now
            ? TypedResults.Ok(new SwitchedConversation(now.Id, now.SessionId, now.Channel, now.ContactName, now.AiReplies, now.LastInboundAt, now.LastMessageAt, now.Unread, done.InFlight))
            : TypedResults.NotFound();
    }

    private static async Task<Results<Ok<Page<DeadLetterItem>>, ProblemHttpResult>> DeadLettersAsync(
        ListDeadLetters list, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken, string? limit = null, string? cursor = null) =>
        PageRequest.TryParse(limit, cursor, out var page)
            ? TypedResults.Ok(await list.RunAsync(user.AccountId(), user.HasClaim(SignedIn.RoleClaim, SignedIn.Operator), page, cancellationToken))
            : TypedResults.Problem(PageRequest.Problem(context));

    /// <summary>409 when the circumstances refuse it, 422 when its content cannot be processed; the code says why.</summary>
    private static async Task<Results<Ok<DeadLetterItem>, NotFound, ProblemHttpResult>> ReplayAsync(
        Guid id, ReplayDeadLetter replay, ListDeadLetters list, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        var isOperator = user.HasClaim(SignedIn.RoleClaim, SignedIn.Operator);
        var answer = await replay.RunAsync(user.AccountId(), isOperator, id, context.Actor(), cancellationToken);
        if (answer is { Code: { } code })
        {
            return TypedResults.Problem(ErrorAnswers.Problem(context, answer.IsUnusable ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status409Conflict, code, answer.Sentence));
        }

        return answer is not null && await list.FindAsync(user.AccountId(), isOperator, id, cancellationToken) is { } letter ? TypedResults.Ok(letter) : TypedResults.NotFound();
    }

    /// <summary>Which conversations are meant; what is left out leaves nothing out.</summary>
    public sealed class FilterWords
    {
        [FromQuery(Name = "bot"), Description("The id of a chatbot.")]
        public string? Bot { get; set; }

        [FromQuery(Name = "channel"), Description("whatsapp or website.")]
        public string? Channel { get; set; }

        [FromQuery(Name = "owner"), Description("Who has it: ai, waiting (a person is wanted), person (taken over), mine (taken over by the signed-in person, or assigned to them; none for a key).")]
        public string? Owner { get; set; }

        [FromQuery(Name = "unread"), Description("true: only with unread messages.")]
        public string? Unread { get; set; }

        [FromQuery(Name = "closing"), Description("true: only with an open service window that closes in less than 3 hours.")]
        public string? Closing { get; set; }

        [FromQuery(Name = "failed"), Description("true: only where the latest message is one of ours that failed.")]
        public string? Failed { get; set; }

        [FromQuery(Name = "label"), Description("Only those that carry this label; case does not matter.")]
        public string? Label { get; set; }

        internal ConversationFilter? Parse() => ConversationFilter.Parse(Bot, Channel, Owner, Unread, Closing, Failed, Label);
    }

    /// <summary>A message that has the words.</summary>
    /// <param name="ConversationId">Where it is read.</param>
    /// <param name="Snippet">The text around the first hit; put together it is plain text.</param>
    internal sealed record FoundMessage(Guid ConversationId, Guid MessageId, string Role, DateTimeOffset At, string SessionId, string? ContactName, IReadOnlyList<SnippetPart> Snippet)
    {
        private const int SnippetLength = 200;

        internal static FoundMessage Of(MessageHit hit, SearchWords words) => new(
            hit.ConversationId, hit.MessageId, ReadMessages.Word(hit.Role), hit.At, hit.SessionId, hit.ContactName, [.. words.Snippet(hit.Text, SnippetLength).Select(part => new SnippetPart(part.Text, part.Hit))]);
    }

    /// <param name="Hit">It is what was looked for.</param>
    internal sealed record SnippetPart(string Text, bool Hit);

    /// <summary>What may be changed of a conversation.</summary>
    public sealed record ConversationPatch(bool? AiReplies);

    /// <summary>The conversation after the switch.</summary>
    internal sealed record SwitchedConversation(
        Guid Id, string SessionId, string Channel, string? ContactName, bool AiReplies, DateTimeOffset? LastInboundAt, DateTimeOffset LastMessageAt, int Unread, bool InFlight);

    /// <summary>Lets committed changes reach the feed.</summary>
    private sealed class FeedBridge(CommitSignals signals, ConversationFeed feed) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            signals.Changed += Publish;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            signals.Changed -= Publish;
            return Task.CompletedTask;
        }

        private void Publish(Guid accountId, Guid conversationId, long version) => feed.Publish(new ConversationChanged(accountId, conversationId, version));
    }
}
