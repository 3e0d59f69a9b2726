namespace AiBotKit.Accounts;

/// <summary>Billing periods. Until plans have a start date of their own every period is a calendar month in UTC.</summary>
internal static class UsagePeriods
{
    /// <summary>First instant of the period that <paramref name="now"/> lies in.</summary>
    public static DateTimeOffset StartOf(DateTimeOffset now)
    {
        var utc = now.UtcDateTime;
        return new DateTimeOffset(utc.Year, utc.Month, 1, 0, 0, 0, TimeSpan.Zero);
    }
}
