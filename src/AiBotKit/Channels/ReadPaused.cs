using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Channels;

/// <summary>What came in on a connection while it was paused and was not answered.</summary>
/// <param name="Messages">Since it was switched off; once it is on again, of the last 24 hours.</param>
/// <param name="Customers">Who wrote them.</param>
/// <param name="OldestAt">When the first of them was written.</param>
/// <param name="Answerable">Customers whom one click (<see cref="AnswerPaused"/>) can still answer, when the connection is on.</param>
internal sealed record PausedBacklog(int Messages, int Customers, DateTimeOffset? OldestAt, int Answerable)
{
    public static PausedBacklog None { get; } = new(0, 0, null, 0);
}

/// <summary>Reads what was received while paused.</summary>
internal sealed class ReadPaused(ReadDb reads, TimeProvider time)
{
    public async Task<PausedBacklog> RunAsync(Guid accountId, Guid connectionId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var connection = await db.Set<Connection>().Where(c => c.Id == connectionId && c.AccountId == accountId)
            .Select(c => new { c.Enabled, c.PausedByPlan, c.PausedAt }).FirstOrDefaultAsync(cancellationToken);
        if (connection is null)
        {
            return PausedBacklog.None;
        }

        var now = time.GetUtcNow();
        var day = now - WindowRules.Length;
        var isOff = connection.Enabled is false || connection.PausedByPlan;
        var since = isOff && connection.PausedAt is { } paused && paused < day ? paused : day;
        // The outcomes as the index has them.
        var rows = await db.Set<Message>()
            .Where(m => (m.Outcome == "paused" || m.Outcome == "plan") && m.Role == MessageRole.Customer && m.StartsTurn && m.RevokedAt == null && m.CreatedAt >= since)
            .Join(db.Set<Conversation>().Where(c => c.AccountId == accountId && c.ConnectionId == connectionId), m => m.ConversationId, c => c.Id, (m, c) => new { m.At, m.Seq, c.Id, c.AiReplies, c.LastInboundAt })
            .GroupBy(m => new { m.Id, m.AiReplies, m.LastInboundAt })
            .Select(g => new { g.Key.Id, g.Key.AiReplies, g.Key.LastInboundAt, Count = g.Count(), Oldest = g.Min(m => m.At), Latest = g.Max(m => m.At), Seq = g.Max(m => m.Seq) })
            .ToListAsync(cancellationToken);
        if (rows.Count == 0)
        {
            return PausedBacklog.None;
        }

        var open = rows.FindAll(r => r.AiReplies && WindowRules.IsOpenForAi(r.LastInboundAt, now) && WindowRules.IsOpenForAi(r.Latest, now));
        var ids = open.ConvertAll(r => r.Id);
        var persons = await db.Set<Message>().Where(m => ids.Contains(m.ConversationId) && m.Role == MessageRole.Owner && m.At >= day).GroupBy(m => m.ConversationId)
            .Select(g => new { g.Key, Seq = g.Max(m => m.Seq) }).ToDictionaryAsync(g => g.Key, g => g.Seq, cancellationToken);
        return new PausedBacklog(rows.Sum(r => r.Count), rows.Count, rows.Min(r => r.Oldest), open.Count(r => !(persons.TryGetValue(r.Id, out var seq) && seq > r.Seq)));
    }
}
