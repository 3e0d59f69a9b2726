namespace AiBotKit.Durability;

/// <summary>
/// What is known after one attempt to hand an outbox row to a channel. The four cases are the only ones the outbox engine
/// knows; a channel maps its wire onto them (reliability contract 2.1, "ambiguous send rule").
/// </summary>
internal abstract record SendOutcome
{
    private SendOutcome()
    {
    }

    /// <summary>The provider took the message. <paramref name="ProviderMessageId"/> is null when the 2xx body was unreadable: accepted, id unknown, never resent.</summary>
    internal sealed record Accepted(string? ProviderMessageId) : SendOutcome;

    /// <summary>The provider certainly did not take it (parsed error, or nothing of the request left this machine).</summary>
    /// <param name="Kind">What may be done next.</param>
    /// <param name="Code">The provider's error code; null for a failure before the provider was reached.</param>
    /// <param name="Reason">One plain sentence for the owner.</param>
    /// <param name="RetryAfter">The provider's own wish, already capped; null when it said nothing.</param>
    /// <param name="FirstWait">Where back-off starts for this code when the provider wishes nothing; null for the kind's usual start.</param>
    /// <param name="MaxRetries">How many tries beyond the first make sense for this code; null for the usual limit.</param>
    internal sealed record Rejected(RejectionKind Kind, int? Code, string Reason, TimeSpan? RetryAfter = null, TimeSpan? FirstWait = null, int? MaxRetries = null) : SendOutcome;

    /// <summary>The provider may or may not have taken it: time-out or reset after the first request byte, 502/503/504, 500 without a parsed code.</summary>
    internal sealed record Ambiguous(string Reason) : SendOutcome;
}

/// <summary>What may be done with a rejected send (wire facts 6.1).</summary>
internal enum RejectionKind
{
    /// <summary>Transient: try again with back-off.</summary>
    Retry,

    /// <summary>A rate limit: try again after the wait, this counts against no attempt limit. Pair limits hold one customer, the others the connection.</summary>
    WaitPair,

    /// <summary>A rate limit of the whole number or account, or a provider that cannot be reached: the connection's queue pauses.</summary>
    WaitConnection,

    /// <summary>We took it back before its first byte, because a person acted. Says nothing about the provider; the claim decides what becomes of it.</summary>
    Withdrawn,

    /// <summary>The provider says the service window is closed (131047).</summary>
    WindowClosed,

    /// <summary>Never try again; the reason is shown on the message.</summary>
    Final,

    /// <summary>The key is refused, or there is none: hold the queue, tell the owner (F20, F21).</summary>
    ConnectionBroken,

    /// <summary>Never try this message again, and the number or its account needs the owner (permission, lock, payment): the connection is shown as broken, what comes next is still tried (F20).</summary>
    OwnerNeeded,
}
