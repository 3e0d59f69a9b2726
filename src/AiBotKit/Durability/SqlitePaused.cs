using AiBotKit.Durability.Audit;

namespace AiBotKit.Durability;

/// <summary>Messages that ended because the connection was paused, inside a write.</summary>
internal sealed class SqlitePaused(WriteSession session, DateTimeOffset now, CommitSignals signals)
{
    /// <summary>
    /// Makes them unanswered again, each once: with its turn due now, which does not mind their age. Only of customers whom the AI may
    /// still answer: window open, AI replies on, nothing written by a person since; and only messages of the last 24 hours. In a merged
    /// conversation the turn is the survivor's.
    /// </summary>
    /// <param name="after">Conversations with a higher id are looked at.</param>
    /// <returns>What became of at most <paramref name="slice"/> customers, and the last of them when there may be more.</returns>
    public (PausedAnswer Answer, Guid? Last) Answer(Guid accountId, Guid connectionId, Guid after, int slice, AuditNote? note)
    {
        if (Obstacle(accountId, connectionId) is { } obstacle)
        {
            return (new PausedAnswer(obstacle), null);
        }

        var threads = Read(connectionId, after, slice);
        var sum = new PausedAnswer(PausedVerdict.Done);
        foreach (var thread in threads)
        {
            if (thread.LatestAt is not { } latest || !WindowRules.IsOpenForAi(latest, now) || !WindowRules.IsOpenForAi(thread.LastInboundAt, now))
            {
                sum = sum with { Late = sum.Late + 1 };
            }
            else if (!thread.AiReplies || HasPersonWritten(thread))
            {
                sum = sum with { WithPerson = sum.WithPerson + 1 };
            }
            else
            {
                sum = sum with { Customers = sum.Customers + 1, Messages = sum.Messages + Reopen(thread) };
            }
        }

        if (note is not null && sum.Customers > 0)
        {
            AuditTrail.Append(session, note, now);
        }

        return (sum, threads.Count == slice ? threads[^1].Conversation : null);
    }

    private PausedVerdict? Obstacle(Guid accountId, Guid connectionId)
    {
        using var reader = session.Statement("SELECT ifnull(Enabled, 1), PausedByPlan, DisconnectedAt FROM connections WHERE Id = $1 AND AccountId = $2", connectionId, accountId).ExecuteReader();
        return !reader.Read() ? PausedVerdict.NotFound
            : !reader.IsDBNull(2) ? PausedVerdict.Disconnected
            : reader.Flag(1) ? PausedVerdict.Plan
            : reader.Flag(0) ? null
            : PausedVerdict.Paused;
    }

    private List<PausedThread> Read(Guid connectionId, Guid after, int slice)
    {
        var threads = new List<PausedThread>();
        using var reader = session.Statement(
            """
            SELECT c.Id, t.Id, t.AccountId, t.Partition, t.AiReplies, t.LastInboundAt, max(m.At), max(m.Seq)
            FROM messages m JOIN conversations c ON c.Id = m.ConversationId JOIN conversations t ON t.Id = ifnull(c.MergedIntoId, c.Id)
            WHERE m.Outcome IN ('paused', 'plan') AND m.Role = 0 AND m.StartsTurn = 1 AND m.RevokedAt IS NULL AND m.ConversationId > $2 AND t.ConnectionId = $1
            GROUP BY m.ConversationId ORDER BY m.ConversationId LIMIT $3
            """,
            connectionId,
            after,
            slice).ExecuteReader();
        while (reader.Read())
        {
            threads.Add(new PausedThread(reader.Id(0), reader.Id(1), reader.Id(2), reader.GetInt32(3), reader.Flag(4), reader.TimeOrNull(5), reader.TimeOrNull(6), reader.GetInt64(7)));
        }

        return threads;
    }

    private bool HasPersonWritten(PausedThread thread) => session.Statement(
        "SELECT 1 FROM messages WHERE ConversationId IN ($1, $2) AND Role = 2 AND Seq > $3 LIMIT 1", thread.Conversation, thread.Target, thread.LastSeq).ExecuteScalar() is not null;

    private int Reopen(PausedThread thread)
    {
        // A reply that has not left yet is made anew, together with these.
        SqliteOutbox.CancelUnsent(session, thread.Target, "superseded", reopen: true);
        var count = session.Execute(
            """
            UPDATE messages SET Outcome = NULL, TurnId = NULL, ConversationId = $2
            WHERE ConversationId = $1 AND Outcome IN ('paused', 'plan') AND Role = 0 AND StartsTurn = 1 AND RevokedAt IS NULL AND At > $3
            """,
            thread.Conversation,
            thread.Target,
            now - WindowRules.Length);
        session.Execute(
            """
            INSERT INTO work (ConversationId, AccountId, Partition, DueAt, FirstUnansweredAt, Attempts, Alone, Redone, Asked) VALUES ($1, $2, $3, $4, $4, 0, 0, 0, 1)
            ON CONFLICT (ConversationId) DO UPDATE SET DueAt = min(DueAt, $4), Asked = 1
            """,
            thread.Target,
            thread.Account,
            thread.Partition,
            now);
        new SqliteActs(session, now, signals).Publish(thread.Target, thread.Account);
        SqliteWork.Announce(session, signals, thread.Target);
        return count;
    }

    /// <param name="Target">The conversation that it was merged into, or itself.</param>
    private sealed record PausedThread(
        Guid Conversation, Guid Target, Guid Account, int Partition, bool AiReplies, DateTimeOffset? LastInboundAt, DateTimeOffset? LatestAt, long LastSeq);
}
