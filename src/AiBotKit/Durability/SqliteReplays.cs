using AiBotKit.Durability.Audit;

namespace AiBotKit.Durability;

/// <summary>Replays of dead letters inside a write. A dead letter is closed by the transaction that carries its effect, so it acts once.</summary>
internal sealed class SqliteReplays(WriteSession session, CommitSignals signals, DateTimeOffset now)
{
    /// <summary>Stores the messages of a webhook item or body through the ordinary ingest; its message keys say what is here already.</summary>
    public ReplayVerdict Items(Guid letterId, Guid? accountId, IReadOnlyList<Arrival> arrivals, Func<ArrivalContext, ArrivalDecision> rule, AuditNote note)
    {
        if (!IsOpen(letterId))
        {
            return ReplayVerdict.AlreadyReplayed;
        }

        var verdict = new SqliteIngest(session, rule, now, signals).Replay(arrivals, accountId) switch
        {
            null => ReplayVerdict.Refused,
            { Stored: > 0 } or { DeadLetters: > 0 } => ReplayVerdict.Done,
            { Duplicates: > 0 } => ReplayVerdict.AlreadyStored,
            { Ignored: > 0 } => ReplayVerdict.UnknownNumber,
            _ => ReplayVerdict.Done,
        };
        if (verdict is ReplayVerdict.Done or ReplayVerdict.AlreadyStored)
        {
            session.Execute("UPDATE dead_letters SET ReplayedAt = $2 WHERE Id = $1", letterId, now);
            AuditTrail.Append(session, note, now);
        }

        return verdict;
    }

    /// <summary>
    /// Makes the messages that ended in this dead letter unanswered again, as a turn due now. Only when the AI may still answer them:
    /// not switched off or paused, not stale, window open, and no person has written since. In a merged conversation the turn is the survivor's.
    /// </summary>
    public ReplayVerdict Turn(Guid letterId, DateTimeOffset freshSince, AuditNote note)
    {
        if (!IsOpen(letterId))
        {
            return ReplayVerdict.AlreadyReplayed;
        }

        if (Read(letterId) is not { Count: > 0 } work)
        {
            return ReplayVerdict.NothingOpen;
        }

        if (Obstacle(work, freshSince) is { } verdict)
        {
            return verdict;
        }

        SqliteOutbox.CancelUnsent(session, work.Target, "superseded", reopen: true);
        session.Execute(
            "UPDATE messages SET Outcome = NULL, ConversationId = $2 WHERE ConversationId = $1 AND Role = 0 AND Outcome = 'dead_letter' AND CreatedAt <= $3",
            work.Conversation,
            work.Target,
            work.BuriedAt);
        session.Execute(
            """
            INSERT INTO work (ConversationId, AccountId, Partition, DueAt, FirstUnansweredAt, Attempts, Alone, Redone) VALUES ($1, $2, $3, $4, $4, 0, 0, 0)
            ON CONFLICT (ConversationId) DO UPDATE SET DueAt = min(DueAt, $4)
            """,
            work.Target,
            work.Account,
            work.Partition,
            now);
        session.Execute("UPDATE conversations SET WaitingReason = NULL, WaitingSince = NULL WHERE Id IN ($1, $2) AND WaitingReason = 'dead_letter'", work.Conversation, work.Target);
        // Older dead letters of this conversation held messages that are open again now.
        session.Execute("UPDATE dead_letters SET ReplayedAt = $3 WHERE ConversationId = $1 AND Kind = 'turn' AND ReplayedAt IS NULL AND CreatedAt <= $2", work.Conversation, work.BuriedAt, now);
        AuditTrail.Append(session, note, now);
        new SqliteActs(session, now, signals).Publish(work.Target, work.Account);
        SqliteWork.Announce(session, signals, work.Target);
        return ReplayVerdict.Done;
    }

    private bool IsOpen(Guid letterId) => session.Statement("SELECT 1 FROM dead_letters WHERE Id = $1 AND ReplayedAt IS NULL", letterId).ExecuteScalar() is not null;

    private ReplayVerdict? Obstacle(BuriedTurn work, DateTimeOffset freshSince)
    {
        if (!work.Enabled)
        {
            return ReplayVerdict.Paused;
        }

        if (!work.AiReplies)
        {
            return ReplayVerdict.AiOff;
        }

        if (session.Statement("SELECT 1 FROM messages WHERE ConversationId IN ($1, $2) AND Role = 2 AND Seq > $3 LIMIT 1", work.Conversation, work.Target, work.LastSeq).ExecuteScalar() is not null)
        {
            return ReplayVerdict.AnsweredByPerson;
        }

        return work.LastAt <= freshSince ? ReplayVerdict.Late
            : !WindowRules.IsOpenForAi(work.LastInboundAt, now) ? ReplayVerdict.WindowClosed
            : null;
    }

    private BuriedTurn? Read(Guid letterId)
    {
        using var reader = session.Statement(
            """
            SELECT d.ConversationId, d.CreatedAt, c.Id, c.AccountId, c.Partition, c.AiReplies, c.LastInboundAt, n.DisconnectedAt IS NULL AND ifnull(n.Enabled, 1) AND n.PausedByPlan = 0,
                count(m.Seq), max(m.At), max(m.Seq)
            FROM dead_letters d JOIN conversations f ON f.Id = d.ConversationId JOIN conversations c ON c.Id = ifnull(f.MergedIntoId, f.Id)
            JOIN connections n ON n.Id = c.ConnectionId
            JOIN messages m ON m.ConversationId = d.ConversationId AND m.Role = 0 AND m.Outcome = 'dead_letter' AND m.CreatedAt <= d.CreatedAt
            WHERE d.Id = $1 GROUP BY d.Id
            """,
            letterId).ExecuteReader();
        return reader.Read()
            ? new BuriedTurn(reader.Id(0), reader.Time(1), reader.Id(2), reader.Id(3), reader.GetInt32(4), reader.Flag(5), reader.TimeOrNull(6), reader.Flag(7), reader.GetInt32(8), reader.Time(9), reader.GetInt64(10))
            : null;
    }

    private sealed record BuriedTurn(
        Guid Conversation,
        DateTimeOffset BuriedAt,
        Guid Target,
        Guid Account,
        int Partition,
        bool AiReplies,
        DateTimeOffset? LastInboundAt,
        bool Enabled,
        int Count,
        DateTimeOffset LastAt,
        long LastSeq);
}
