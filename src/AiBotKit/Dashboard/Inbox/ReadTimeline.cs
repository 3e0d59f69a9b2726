using System.Globalization;
using AiBotKit.Channels.WhatsApp.Templates;
using AiBotKit.Chatbots;
using AiBotKit.Conversations;
using AiBotKit.Conversations.Media;
using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Dashboard.Inbox;

/// <summary>The place from which a timeline is shown: everything from this message on.</summary>
internal sealed record TimelineStart(DateTimeOffset At, long Seq);

/// <summary>One conversation as its page shows it.</summary>
/// <param name="Id">Of the conversation that is read: another one than asked for when that was merged into it.</param>
/// <param name="ReplyUnderWay">An AI reply is being handed over; a switch cannot call it back.</param>
/// <param name="Composer">Null while AI replies are on: the AI writes.</param>
/// <param name="Hold">Null when no takeover runs out.</param>
internal sealed record TimelinePage(
    Guid Id,
    ContactView Contact,
    int Unread,
    IReadOnlyList<TimelineEntry> Entries,
    TimelineStart? Start,
    bool HasEarlier,
    bool ReplyUnderWay,
    ComposerView? Composer,
    HoldView? Hold)
{
    /// <summary>The latest message of a person to the customer, by our own clock.</summary>
    public (string Name, DateTimeOffset At)? LastSaid { get; init; }

    /// <summary>Key of the latest message.</summary>
    public string? Latest => Entries.OfType<BubbleEntry>().LastOrDefault()?.Key;
}

/// <summary>Reads the header and the latest stretch of one conversation, with the turns behind its AI answers.</summary>
internal sealed class ReadTimeline(ReadDb reads, IMessageStore store, TimeProvider time)
{
    /// <summary>Messages that one "Load earlier" brings.</summary>
    public const int Step = 60;

    /// <summary>Messages before the one that a timeline is opened at, for the eye.</summary>
    private const int Lead = 12;

    /// <summary>With more behind it a message is not opened at: the page would have to show them all.</summary>
    private const int LongestWay = 800;

    /// <summary>Where a timeline begins that is opened at a message: a few before it. Null for the latest stretch: no such message, it is in that stretch anyway, or it is too far away.</summary>
    /// <param name="at">Arrival number, as the address says.</param>
    public async Task<TimelineStart?> StartAtAsync(Guid accountId, Guid conversationId, string? at, CancellationToken cancellationToken)
    {
        if (!long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
        {
            return null;
        }

        await using var db = reads.Open();
        var all = ConversationTimeline.Of(db, accountId, await ConversationFamily.ReadAsync(db, accountId, conversationId, cancellationToken));
        if (await all.Where(m => m.Seq == seq).Select(m => new { m.At, m.Seq }).FirstOrDefaultAsync(cancellationToken) is not { } message
            || await all.From(message.At, message.Seq).Take(LongestWay).CountAsync(cancellationToken) is var later && later is < Step - Lead or LongestWay)
        {
            return null;
        }

        var before = await all.Before(message.At, message.Seq).NewestFirst().Take(Lead).Select(m => new { m.At, m.Seq }).ToListAsync(cancellationToken);
        return before.Count > 0 ? new TimelineStart(before[^1].At, before[^1].Seq) : new TimelineStart(message.At, message.Seq);
    }

    /// <param name="start">Shows everything from there on; null = the latest <see cref="Step"/> messages.</param>
    /// <param name="earlier">Begins one step before <paramref name="start"/>.</param>
    /// <returns>Null when the account has no such conversation.</returns>
    public async Task<TimelinePage?> RunAsync(Guid accountId, Guid conversationId, TimelineStart? start, bool earlier, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var family = await ConversationFamily.ReadAsync(db, accountId, conversationId, cancellationToken);
        if (family.Count == 0)
        {
            return null;
        }

        var parts = await db.Set<Conversation>().Where(c => c.AccountId == accountId && family.Contains(c.Id)).ToListAsync(cancellationToken);
        var conversation = parts.Single(c => c.Id == family[0]);
        var all = ConversationTimeline.Of(db, accountId, family);
        if (start is null || earlier)
        {
            var before = start is null ? all : all.Before(start.At, start.Seq);
            var first = await before.NewestFirst().Take(Step).Select(m => new { m.At, m.Seq }).ToListAsync(cancellationToken);
            start = first.Count > 0 ? new TimelineStart(first[^1].At, first[^1].Seq) : start;
        }

        var messages = start is null ? [] : await all.From(start.At, start.Seq).OldestFirst().ToListAsync(cancellationToken);
        var hasEarlier = start is not null && await all.Before(start.At, start.Seq).AnyAsync(cancellationToken);

        var ids = messages.ConvertAll(m => m.Id);
        var media = await db.Set<MediaFile>().Where(m => m.AccountId == accountId && ids.Contains(m.MessageId)).ToDictionaryAsync(m => m.MessageId, cancellationToken);
        var turnIds = messages.Select(m => m.TurnId).OfType<Guid>().Distinct().ToList();
        var turns = await db.Set<Turn>().Where(t => family.Contains(t.ConversationId) && t.AccountId == accountId && turnIds.Contains(t.Id)).ToDictionaryAsync(t => t.Id, cancellationToken);
        var from = start?.At ?? default;
        var suggestions = await db.Set<Turn>().Where(t => family.Contains(t.ConversationId) && t.AccountId == accountId && t.Result == "suggestion" && t.EndedAt >= from).ToListAsync(cancellationToken);
        var here = messages.Select(m => m.ProviderMessageId).OfType<string>().ToHashSet();
        var missing = messages.Select(m => m.ReplyTo).OfType<string>().Where(id => !here.Contains(id)).Distinct().ToList();
        var quoted = await all.WithProviderIdsAsync(missing, cancellationToken);

        var now = time.GetUtcNow();
        var contact = await ContactAsync(db, conversation, parts, now, zone, cancellationToken);
        var waiting = contact.Owner.Owner == Owner.Waiting && conversation.WaitingSince is { } since ? new WaitingView(since, contact.Owner.Sentence) : null;
        var entries = TimelineRules.Build(new TimelineInput(messages, quoted, turns, suggestions, contact.Name, contact.Chatbot, contact.Owner.Owner == Owner.Ai, zone, now, waiting, media));
        var bot = await db.Set<Chatbot>().IgnoreQueryFilters().Where(b => b.Id == conversation.ChatbotId && b.AccountId == accountId).Select(b => new { b.TakeoverHours }).FirstOrDefaultAsync(cancellationToken);
        var composer = !conversation.AiReplies && store.ReadCircumstances(accountId, conversation.Id) is { } circumstances ? InboxRules.ComposerOf(circumstances, DraftOf(suggestions, messages), now, zone) : null;
        if (composer is { HasWays: true })
        {
            composer = composer with { Templates = await SendableAsync(db, conversation, cancellationToken) };
        }

        var hold = InboxRules.HoldOf(conversation.AiReplies, conversation.TakeoverUntil, bot?.TakeoverHours, now, zone);
        var underWay = messages.Any(m => m is { Role: MessageRole.Assistant, Status: MessageStatus.Sending or MessageStatus.Unconfirmed });
        return new TimelinePage(conversation.Id, contact, conversation.Unread, entries, start, hasEarlier, underWay, composer, hold)
        {
            LastSaid = messages.LastOrDefault(m => m is { Role: MessageRole.Owner, Status: not MessageStatus.Held }) is { } said ? (said.AuthorName ?? "Somebody on the phone", said.CreatedAt) : null,
        };
    }

    private static async Task<int> SendableAsync(AppDbContext db, Conversation conversation, CancellationToken cancellationToken)
    {
        var approved = await db.Set<MessageTemplate>().Where(t => t.AccountId == conversation.AccountId && t.ConnectionId == conversation.ConnectionId && t.Status == MessageTemplate.Approved).ToListAsync(cancellationToken);
        return approved.Count(one => TemplateItem.Of(one).Sendable);
    }

    /// <summary>The draft that a takeover kept, until a person has written: then it answers a question that has been answered.</summary>
    private static string? DraftOf(List<Turn> suggestions, List<Message> messages) =>
        suggestions.MaxBy(t => t.EndedAt) is { } latest && !messages.Exists(m => m.Role is MessageRole.Owner or MessageRole.Assistant && m.CreatedAt > latest.EndedAt)
            ? CitationPlacement.WithoutMarks(latest.Draft)
            : null;

    private static async Task<ContactView> ContactAsync(AppDbContext db, Conversation conversation, List<Conversation> parts, DateTimeOffset now, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        var ids = parts.ConvertAll(c => c.Id);
        var chatbot = await db.Set<Chatbot>().IgnoreQueryFilters().Where(b => b.Id == conversation.ChatbotId && b.AccountId == conversation.AccountId).Select(b => b.Name).FirstOrDefaultAsync(cancellationToken);
        var aliases = await db.Set<ConversationAlias>().Where(a => a.ChatbotId == conversation.ChatbotId && ids.Contains(a.ConversationId)).Select(a => a.Alias).ToListAsync(cancellationToken);
        var referred = await ConversationTimeline.Of(db, conversation.AccountId, ids).Where(m => m.Content != null && m.Content.Contains("\"referral\":{"))
            .NewestFirst().Select(m => new { m.Type, m.Content }).FirstOrDefaultAsync(cancellationToken);
        var number = InboxRules.Number(conversation.Address);
        var window = InboxRules.WindowOf(conversation.LastInboundAt, now);
        return new ContactView(
            string.IsNullOrWhiteSpace(conversation.ContactName) ? number : conversation.ContactName,
            number,
            conversation.Channel == "whatsapp",
            chatbot ?? "AI",
            InboxRules.OwnerOf(conversation.AiReplies, conversation.AiRepliesReason, conversation.WaitingReason, conversation.WaitingSince, now),
            conversation.AiReplies,
            window,
            window.Closed ? null : TimeWords.Alone(conversation.LastInboundAt!.Value + InboxRules.ServiceWindow, now, zone),
            TimeWords.Alone(parts.Min(c => c.CreatedAt), now, zone),
            conversation.LastInboundAt is { } last ? TimeWords.Alone(last, now, zone) : null,
            referred is null ? null : ContentView.Read(referred.Type, referred.Content).Referral,
            [conversation.SessionId, .. parts.Where(c => c.Id != conversation.Id).Select(c => c.SessionId).Concat(aliases).Where(name => name != conversation.SessionId).Distinct().Order(StringComparer.Ordinal)]);
    }
}
