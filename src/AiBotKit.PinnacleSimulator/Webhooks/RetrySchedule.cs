namespace AiBotKit.PinnacleSimulator.Webhooks;

/// <summary>How a callback that was not answered with exactly 200 is repeated: 1 s, 5 s, 30 s, 2 min, 10 min, 1 h, then doubling up to a day, for 7 days in all (wire facts 11.5).</summary>
internal static class RetrySchedule
{
    private static readonly TimeSpan[] First =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30),
        TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1),
    ];

    private static readonly TimeSpan GivesUpAfter = TimeSpan.FromDays(7);

    /// <summary>The wait before the next try, uncompressed; null when the seven days are over.</summary>
    /// <param name="failures">Tries that failed so far, 1 or more.</param>
    public static TimeSpan? Next(int failures)
    {
        var spent = TimeSpan.Zero;
        for (var i = 1; i < failures && spent <= GivesUpAfter; i++)
        {
            spent += Wait(i);
        }

        var next = Wait(failures);
        return spent + next <= GivesUpAfter ? next : null;
    }

    private static TimeSpan Wait(int failure) => failure <= First.Length
        ? First[failure - 1]
        : TimeSpan.FromHours(Math.Min(24, Math.Pow(2, Math.Min(10, failure - First.Length))));
}
