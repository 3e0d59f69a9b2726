namespace AiBotKit.Durability;

/// <summary>How long to wait before a rejected send is tried again, and when to give up (wire facts 6.1, F13, F14). Pure.</summary>
internal static class RetryRules
{
    /// <summary>Hand-overs of one message at most; those that only met a limit or a provider that cannot be reached, or were taken back, do not count.</summary>
    public const int MaxAttempts = 8;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestWish = TimeSpan.FromMinutes(15);

    /// <summary>Null = never again. A limit is waited out however often it is met: the service window ends that.</summary>
    /// <param name="tries">Hand-overs that count, this one included.</param>
    /// <param name="waits">Hand-overs in vain that do not count, this one included.</param>
    /// <param name="jitter">In [0, 1).</param>
    public static TimeSpan? Delay(SendOutcome.Rejected rejected, int tries, int waits, double jitter)
    {
        switch (rejected.Kind)
        {
            case RejectionKind.Withdrawn:
                return TimeSpan.Zero;
            case RejectionKind.WindowClosed:
                // Meta's own known issue: inside the window an immediate resend succeeds. Exactly one more try.
                return tries <= 1 ? TimeSpan.FromSeconds(4) : null;
            case RejectionKind.Retry when tries < MaxAttempts && tries <= (rejected.MaxRetries ?? MaxAttempts):
                return rejected.RetryAfter is { } wish ? Bounded(wish, LongestWish) : Backoff(rejected.FirstWait ?? TimeSpan.FromSeconds(1), tries, jitter, Longest);
            case RejectionKind.WaitPair:
                return rejected.RetryAfter is { } pause ? Bounded(pause, LongestWish) : Backoff(rejected.FirstWait ?? TimeSpan.FromSeconds(6), waits, jitter, Longest);
            case RejectionKind.WaitConnection:
                return rejected.RetryAfter is { } rest ? Bounded(rest, LongestWish) : Backoff(rejected.FirstWait ?? TimeSpan.FromSeconds(1), waits, jitter, LongestWish);
            default:
                return null;
        }
    }

    /// <summary>Whether a hand-over that ended so uses up one of the message's attempts.</summary>
    public static bool Counts(RejectionKind kind) => kind is not (RejectionKind.Withdrawn or RejectionKind.WaitPair or RejectionKind.WaitConnection or RejectionKind.ConnectionBroken);

    /// <summary>1, 4, 16, 64 times the first wait… plus up to a quarter.</summary>
    private static TimeSpan Backoff(TimeSpan first, int round, double jitter, TimeSpan longest) =>
        Bounded(first * (Math.Pow(4, Math.Clamp(round - 1, 0, 6)) * (1 + (jitter / 4))), longest);

    private static TimeSpan Bounded(TimeSpan delay, TimeSpan longest) => delay < longest ? delay : longest;
}
