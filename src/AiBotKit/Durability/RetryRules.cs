namespace AiBotKit.Durability;

/// <summary>How long to wait before a rejected send is tried again, and when to give up (wire facts 6.1, F13, F14).</summary>
internal static class RetryRules
{
    /// <summary>Hand-overs of one message at most; waiting for a rate limit does not count.</summary>
    public const int MaxAttempts = 8;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestWish = TimeSpan.FromMinutes(15);

    /// <summary>Null = never again. <paramref name="jitter"/> is in [0, 1).</summary>
    public static TimeSpan? Delay(RejectionKind kind, int attempt, TimeSpan? retryAfter, double jitter)
    {
        if (kind is RejectionKind.Final or RejectionKind.ConnectionBroken || attempt >= MaxAttempts)
        {
            return null;
        }

        if (kind is RejectionKind.WindowClosed)
        {
            // Meta's own known issue: inside the window an immediate resend succeeds. Exactly one more try.
            return attempt <= 1 ? TimeSpan.FromSeconds(4) : null;
        }

        if (retryAfter is { } wish)
        {
            return wish < LongestWish ? wish : LongestWish;
        }

        // 1 s, 4 s, 16 s, 64 s… plus up to a quarter, at most 5 min; a pair limit refills in 6 s.
        var seconds = Math.Pow(4, Math.Min(attempt - 1, 6)) * (kind is RejectionKind.WaitPair ? 6 : 1);
        var delay = TimeSpan.FromSeconds(seconds * (1 + (jitter / 4)));
        return delay < Longest ? delay : Longest;
    }
}
