using AiBotKit.Accounts;
using AiBotKit.Conversations;
using AiBotKit.Conversations.Team;
using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Dashboard.Inbox;

/// <summary>Makes rows of conversations. Only ever asked for the few that are on the screen.</summary>
internal static class InboxRows
{
    private const int PreviewLength = 160;

    /// <summary>Outcomes after which the customer has no answer yet and gets none by default.</summary>
    private static readonly string[] Unanswered =
        ["ai_off", "human", "paused", "disconnected", "window", "quota", "plan", "unconfirmed", "late", "unsupported", "banned", "loop", "loop_guard", "outage", "restored", "failed", "dead_letter", "handover"];

    /// <summary>The rows of these conversations, in their order.</summary>
    /// <param name="viewer">Is called "You".</param>
    public static async Task<List<InboxRow>> ReadAsync(AppDbContext db, Guid accountId, Guid? viewer, IQueryable<Conversation> wanted, DateTimeOffset now, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        // Numbers one by one, not rows: of a row SQLite would make a window over every message that there is.
        var found = await wanted
            .Select(c => new
            {
                Conversation = c,
                Last = db.Set<Message>().Where(m => m.ConversationId == c.Id && m.Role != MessageRole.Event)
                    .OrderByDescending(m => m.At).ThenByDescending(m => m.Seq).Select(m => (long?)m.Seq).FirstOrDefault(),
                Unanswered = c.LastMessageRole != MessageRole.Customer ? 0 : db.Set<Message>().Count(m => m.ConversationId == c.Id && m.Role == MessageRole.Customer && Unanswered.Contains(m.Outcome)
                    && m.At > (db.Set<Message>().Where(o => o.ConversationId == c.Id && (o.Role == MessageRole.Assistant || o.Role == MessageRole.Owner))
                        .OrderByDescending(o => o.At).Select(o => (DateTimeOffset?)o.At).FirstOrDefault() ?? DateTimeOffset.MinValue)),
            })
            .ToListAsync(cancellationToken);
        var lastOnes = found.Select(row => row.Last).OfType<long>().ToList();
        var last = lastOnes.Count == 0 ? [] : await db.Set<Message>().Where(m => m.AccountId == accountId && lastOnes.Contains(m.Seq))
            .Select(m => new Said(m.Seq, m.Role, m.Status, m.FailureCode, m.FailureReason, m.AuthorName, m.RevokedAt != null, m.Text.Substring(0, PreviewLength)))
            .ToDictionaryAsync(m => m.Seq, cancellationToken);
        var labels = await ListLabels.OfAsync(db, accountId, [.. found.Select(row => row.Conversation.Id)], cancellationToken);
        var people = found.SelectMany(row => new[] { row.Conversation.TakenOverBy, row.Conversation.AssignedTo }).OfType<Guid>().Distinct().ToList();
        var names = people.Count == 0 ? [] : await db.Set<Person>().Where(p => p.AccountId == accountId && people.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => p.DisplayName, cancellationToken);
        return found.ConvertAll(row => Row(
            row.Conversation,
            row.Last is { } seq ? last.GetValueOrDefault(seq) : null,
            Called(row.Conversation.TakenOverBy),
            row.Unanswered,
            now,
            zone) with
        {
            AssignedTo = Called(row.Conversation.AssignedTo),
            Labels = [.. labels[row.Conversation.Id]],
        });

        string? Called(Guid? person) => person is not { } id ? null : id == viewer ? "You" : names.GetValueOrDefault(id);
    }

    private static InboxRow Row(Conversation c, Said? last, string? takenBy, int unanswered, DateTimeOffset now, TimeZoneInfo zone)
    {
        var number = InboxRules.Number(c.Address);
        var ours = last?.Role is MessageRole.Assistant or MessageRole.Owner;
        var failure = c.FailedAt == c.LastMessageAt ? MessageWords.Failure(MessageStatus.Failed, last?.FailureCode, ours ? last!.FailureReason : null) : null;
        // What is last in the timeline: the tick beside it must be its own.
        var said = last is { Revoked: true } ? "This message was deleted" : last is { Text.Length: > 0 } ? last.Text : c.LastMessagePreview;
        return new InboxRow(
            c.Id,
            string.IsNullOrWhiteSpace(c.ContactName) ? number : c.ContactName,
            number,
            c.Channel == "whatsapp",
            last is { Role: MessageRole.Owner, AuthorName: { } author } ? $"{author}: {said}" : said,
            ours ? MessageWords.Tick(last!.Status) : null,
            failure?.Lead.TrimEnd('.'),
            c.Unread,
            TimeWords.InList(c.LastMessageAt, now, zone),
            InboxRules.OwnerOf(c.AiReplies, c.AiRepliesReason, c.WaitingReason, c.WaitingSince, now, takenBy),
            InboxRules.WindowOf(c.LastInboundAt, now),
            unanswered);
    }

    private sealed record Said(long Seq, MessageRole Role, MessageStatus Status, int? FailureCode, string? FailureReason, string? AuthorName, bool Revoked, string Text);
}
