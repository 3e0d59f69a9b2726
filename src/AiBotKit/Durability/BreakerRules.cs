namespace AiBotKit.Durability;

/// <summary>What a connection's breaker remembers.</summary>
/// <param name="Failures">Hand-overs in a row that got neither a yes nor a no.</param>
/// <param name="OpenUntil">No send begins before this; null while closed.</param>
internal readonly record struct Breaker(int Failures, DateTimeOffset? OpenUntil);

/// <summary>
/// The circuit breaker of one connection (F13): a provider that answers nobody would turn the whole queue into sends of which nobody knows
/// whether they arrived. After five such sends in a row the queue rests, then one send at a time tries whether the provider is back. Pure.
/// </summary>
internal static class BreakerRules
{
    /// <summary>Failures in a row that open it.</summary>
    public const int Threshold = 5;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>The breaker after one hand-over that reached for the provider. Any verdict, also a refusal, shows that it is there and closes it.</summary>
    /// <param name="jitter">In [0, 1).</param>
    public static Breaker After(Breaker breaker, SendOutcome outcome, DateTimeOffset now, double jitter)
    {
        if (!IsFailure(outcome))
        {
            return default;
        }

        var failures = breaker.Failures + 1;
        if (failures < Threshold)
        {
            return new Breaker(failures, null);
        }

        var rest = First * (Math.Pow(2, Math.Min(failures - Threshold, 6)) * (1 + (jitter / 4)));
        return new Breaker(failures, now + (rest < Longest ? rest : Longest));
    }

    /// <summary>Sends that may be in flight at once: none while it is open, one while it tries, else as many as the connection allows.</summary>
    public static int Allowed(Breaker breaker, int usual, DateTimeOffset now) =>
        breaker.OpenUntil is not { } until ? usual : now < until ? 0 : 1;

    private static bool IsFailure(SendOutcome outcome) =>
        outcome is SendOutcome.Ambiguous or SendOutcome.Rejected { Kind: RejectionKind.Retry } or SendOutcome.Rejected { Kind: RejectionKind.WaitConnection, Code: null };
}
