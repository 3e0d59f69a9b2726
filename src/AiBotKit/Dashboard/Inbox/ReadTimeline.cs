using AiBotKit.Chatbots;
using AiBotKit.Conversations;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Dashboard.Inbox;

/// <summary>The place from which a timeline is shown: everything from this message on.</summary>
internal sealed record TimelineStart(DateTimeOffset At, long Seq);

/// <summary>One conversation as its page shows it.</summary>
internal sealed record TimelinePage(
    Guid Id,
    string Name,
    string Number,
    bool WhatsApp,
    bool AiReplies,
    int Unread,
    OwnerView Owner,
    WindowView Window,
    IReadOnlyList<TimelineEntry> Entries,
    TimelineStart? Start,
    bool HasEarlier);

/// <summary>Reads the header and the latest stretch of one conversation, with the turns behind its AI answers.</summary>
internal sealed class ReadTimeline(ReadDb reads, TimeProvider time)
{
    /// <summary>Messages that one "Load earlier" brings.</summary>
    public const int Step = 60;

    /// <param name="start">Shows everything from there on; null = the latest <see cref="Step"/> messages.</param>
    /// <param name="earlier">Begins one step before <paramref name="start"/>.</param>
    /// <returns>Null when the account has no such conversation.</returns>
    public async Task<TimelinePage?> RunAsync(Guid accountId, Guid conversationId, TimelineStart? start, bool earlier, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var conversation = await db.Set<Conversation>().FirstOrDefaultAsync(c => c.Id == conversationId && c.AccountId == accountId, cancellationToken);
        if (conversation is null)
        {
            return null;
        }

        var chatbot = await db.Set<Chatbot>().Where(b => b.Id == conversation.ChatbotId && b.AccountId == accountId).Select(b => b.Name).FirstOrDefaultAsync(cancellationToken);
        var all = db.Set<Message>().Where(m => m.ConversationId == conversationId && m.AccountId == accountId);
        if (start is null || earlier)
        {
            var before = start is null ? all : all.Where(m => m.At < start.At || (m.At == start.At && m.Seq < start.Seq));
            var first = await before.OrderByDescending(m => m.At).ThenByDescending(m => m.Seq).Take(Step)
                .Select(m => new { m.At, m.Seq }).ToListAsync(cancellationToken);
            start = first.Count > 0 ? new TimelineStart(first[^1].At, first[^1].Seq) : start;
        }

        var messages = start is null ? [] : await all.Where(m => m.At > start.At || (m.At == start.At && m.Seq >= start.Seq))
            .OrderBy(m => m.At).ThenBy(m => m.Seq).ToListAsync(cancellationToken);
        var hasEarlier = start is not null && await all.AnyAsync(m => m.At < start.At || (m.At == start.At && m.Seq < start.Seq), cancellationToken);

        var turnIds = messages.Select(m => m.TurnId).OfType<Guid>().Distinct().ToList();
        var turns = await db.Set<Turn>().Where(t => t.ConversationId == conversationId && t.AccountId == accountId && turnIds.Contains(t.Id)).ToDictionaryAsync(t => t.Id, cancellationToken);
        var from = start?.At ?? default;
        var suggestions = await db.Set<Turn>().Where(t => t.ConversationId == conversationId && t.AccountId == accountId && t.Result == "suggestion" && t.EndedAt >= from).ToListAsync(cancellationToken);
        var here = messages.Select(m => m.ProviderMessageId).OfType<string>().ToHashSet();
        var missing = messages.Select(m => m.ReplyTo).OfType<string>().Where(id => !here.Contains(id)).Distinct().ToList();
        var quoted = missing.Count == 0 ? [] : await all.Where(m => m.ProviderMessageId != null && missing.Contains(m.ProviderMessageId)).ToListAsync(cancellationToken);

        var now = time.GetUtcNow();
        var number = InboxRules.Number(conversation.Address);
        var name = string.IsNullOrWhiteSpace(conversation.ContactName) ? number : conversation.ContactName;
        var owner = InboxRules.OwnerOf(conversation.AiReplies, conversation.AiRepliesReason, conversation.WaitingReason, conversation.WaitingSince, now);
        var entries = TimelineRules.Build(new TimelineInput(messages, quoted, turns, suggestions, name, chatbot ?? "AI", owner.Owner == Owner.Ai, zone, now));
        return new TimelinePage(conversationId, name, number, conversation.Channel == "whatsapp", conversation.AiReplies, conversation.Unread, owner, InboxRules.WindowOf(conversation.LastInboundAt, now), entries, start, hasEarlier);
    }
}
