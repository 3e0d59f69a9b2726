namespace AiBotKit.Durability;

/// <summary>AI messages of a billing period inside a write. Plan, period and limit are read in that write: whatever was known before may have changed.</summary>
internal static class SqliteUsage
{
    /// <summary>
    /// Takes one AI message unless none is left; whether one is left is asked in the statement that counts it. Whoever has a limit hears of it either way.
    /// </summary>
    /// <returns>First instant of the period it was taken from; null when none was left.</returns>
    public static DateTimeOffset? Take(WriteSession session, CommitSignals signals, Guid accountId, DateTimeOffset now)
    {
        if (Of(session, accountId, now) is not { } account)
        {
            return null;
        }

        session.Execute("INSERT OR IGNORE INTO usage_counters (AccountId, PeriodStart, AiMessages) VALUES ($1, $2, 0)", accountId, account.Period);
        var taken = session.Execute(
            "UPDATE usage_counters SET AiMessages = AiMessages + 1 WHERE AccountId = $1 AND PeriodStart = $2 AND AiMessages < $3",
            accountId,
            account.Period,
            account.Limit ?? long.MaxValue) > 0;
        Tell(session, signals, accountId, account.Period, account.Limit);
        return taken ? account.Period : null;
    }

    /// <summary>A reply was not even begun, because none was left: whoever has a limit hears of it.</summary>
    public static void TellRefused(WriteSession session, CommitSignals signals, Guid accountId, DateTimeOffset now)
    {
        if (Of(session, accountId, now) is { } account)
        {
            Tell(session, signals, accountId, account.Period, account.Limit);
        }
    }

    private static (DateTimeOffset Period, long? Limit)? Of(WriteSession session, Guid accountId, DateTimeOffset now)
    {
        using var account = session.Statement("SELECT PlanStartedAt, MonthlyAiMessages FROM accounts WHERE Id = $1", accountId).ExecuteReader();
        return account.Read() ? (UsagePeriods.StartOf(account.Time(0), now), account.NumberOrNull(1)) : null;
    }

    private static void Tell(WriteSession session, CommitSignals signals, Guid accountId, DateTimeOffset period, long? limit)
    {
        if (limit is not { } most)
        {
            return;
        }

        var used = (long)(session.Statement("SELECT AiMessages FROM usage_counters WHERE AccountId = $1 AND PeriodStart = $2", accountId, period).ExecuteScalar() ?? 0L);
        session.AfterCommit(() => signals.SignalUsage(new UsageSeen(accountId, period, used, most)));
    }
}
