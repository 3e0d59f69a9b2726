namespace AiBotKit.Durability;

/// <summary>A form whose time has come, as its conversation is now.</summary>
/// <param name="IsFree">AI replies are on, no person has acted since it was planned, nobody is waited for, and the form is switched on.</param>
/// <param name="IsSending">The connection is live and neither switched off nor paused.</param>
/// <param name="IsBusy">A message of the customer is about to be answered.</param>
internal readonly record struct LeadDueFacts(bool IsFree, bool IsSending, bool IsBusy, DateTimeOffset? LastInboundAt);

/// <summary>Whether a form that was to begin after a silence begins. Pure.</summary>
internal static class LeadDueRules
{
    /// <summary>A conversation is at its end when nobody has written for so long: the thread itself never ends (product (c) 8).</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);

    /// <summary>Not later than <paramref name="now"/>: it begins. Later: look again then. Null: it does not begin by itself.</summary>
    public static DateTimeOffset? Next(in LeadDueFacts facts, DateTimeOffset now)
    {
        if (!facts.IsFree || !facts.IsSending || facts.LastInboundAt is not { } wrote || !WindowRules.IsOpenForAi(wrote, now))
        {
            return null;
        }

        return facts.IsBusy ? now + Soon : wrote + Silence;
    }
}
