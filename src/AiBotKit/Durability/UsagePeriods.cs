namespace AiBotKit.Durability;

/// <summary>
/// Billing periods: months counted from the instant at which a plan began, in UTC. Every period is counted from that instant and not from the
/// one before, so that a plan of the 31st begins on the last day of a short month and on the 31st again after it. Pure.
/// </summary>
internal static class UsagePeriods
{
    /// <summary>First instant of the period that <paramref name="now"/> lies in; before the anchor the months are counted backwards.</summary>
    /// <param name="anchor">When the plan began.</param>
    public static DateTimeOffset StartOf(DateTimeOffset anchor, DateTimeOffset now) => Of(anchor, now).Start;

    /// <summary>First instant of the period that <paramref name="now"/> lies in, and of the next one.</summary>
    /// <param name="anchor">When the plan began.</param>
    public static (DateTimeOffset Start, DateTimeOffset End) Of(DateTimeOffset anchor, DateTimeOffset now)
    {
        var (from, at) = (anchor.ToUniversalTime(), now.ToUniversalTime());
        var months = ((at.Year - from.Year) * 12) + at.Month - from.Month;
        if (from.AddMonths(months) > at)
        {
            months--;
        }

        return (from.AddMonths(months), from.AddMonths(months + 1));
    }
}
