namespace AiBotKit.Durability;

/// <summary>
/// Due times are wall-clock times. After the clock was set back they can lie further ahead than any wait of ours is long; such work is due
/// now, else customers would wait for the size of the jump (F27).
/// </summary>
internal sealed class SqliteClock(WriteSession session, DateTimeOffset now, CommitSignals signals)
{
    /// <summary>The quiet window is at most a minute, and a turn that failed waits seconds.</summary>
    private static readonly TimeSpan LongestTurnWait = TimeSpan.FromMinutes(2);

    /// <summary>A provider may ask for a quarter of an hour.</summary>
    private static readonly TimeSpan LongestSendWait = TimeSpan.FromMinutes(20);

    public void PullIn(TimeSpan ambiguousWait)
    {
        foreach (var conversation in Ids("UPDATE work SET DueAt = $1, FirstUnansweredAt = min(FirstUnansweredAt, $1) WHERE DueAt > $2 RETURNING ConversationId", now + LongestTurnWait))
        {
            SqliteWork.Announce(session, signals, conversation);
        }

        // The sender looks at every open row after the sweep that calls this.
        Ids("UPDATE outbox SET DueAt = $1 WHERE State = 0 AND DueAt > $2 RETURNING Id", now + LongestSendWait);
        session.Execute("UPDATE outbox SET DueAt = $1 WHERE State = 2 AND DueAt > $1", now + ambiguousWait);
        session.Execute("UPDATE outbox SET StartedAt = $1 WHERE State IN (1, 2) AND StartedAt > $2", now, now + LongestTurnWait);
    }

    private List<Guid> Ids(string sql, DateTimeOffset limit)
    {
        var ids = new List<Guid>();
        using var reader = session.Statement(sql, now, limit).ExecuteReader();
        while (reader.Read())
        {
            ids.Add(reader.Id(0));
        }

        return ids;
    }
}
