namespace AiBotKit.Durability;

/// <summary>AI messages of a billing period inside a write.</summary>
internal static class SqliteUsage
{
    /// <summary>Takes one AI message unless none is left: whether one is left is asked in the statement that counts it.</summary>
    public static bool Take(WriteSession session, Guid accountId, DateTimeOffset period)
    {
        session.Execute("INSERT OR IGNORE INTO usage_counters (AccountId, PeriodStart, AiMessages) VALUES ($1, $2, 0)", accountId, period);
        return session.Execute(
            """
            UPDATE usage_counters SET AiMessages = AiMessages + 1 WHERE AccountId = $1 AND PeriodStart = $2
            AND AiMessages < ifnull((SELECT MonthlyAiMessages FROM accounts WHERE Id = $1), 9223372036854775807)
            """,
            accountId,
            period) > 0;
    }

    /// <summary>Where the count stands now: only who has a limit is to hear of it.</summary>
    public static void Tell(WriteSession session, CommitSignals signals, Guid accountId, DateTimeOffset period, long limit)
    {
        var used = (long)session.Statement("SELECT AiMessages FROM usage_counters WHERE AccountId = $1 AND PeriodStart = $2", accountId, period).ExecuteScalar()!;
        session.AfterCommit(() => signals.SignalUsage(new UsageSeen(accountId, period, used, limit)));
    }
}
