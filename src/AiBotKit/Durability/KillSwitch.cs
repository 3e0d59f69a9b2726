using System.Diagnostics;
using System.Globalization;

namespace AiBotKit.Durability;

/// <summary>
/// Kills this process (SIGKILL, no clean-up) at the n-th passing of one fault point. Exists only when the environment variable
/// <c>AIBOTKIT_KILL_AT</c> is set at start, e.g. <c>S4BodySent:3</c>; used by the kill tests on the real binary.
/// </summary>
internal sealed class KillSwitch(FaultPoint point, int passing) : FaultPoints
{
    private int _passed;

    /// <summary>The switch that the environment asks for, or the one that does nothing.</summary>
    /// <exception cref="InvalidOperationException">The variable is set but names no fault point.</exception>
    public static FaultPoints FromEnvironment()
    {
        if (Environment.GetEnvironmentVariable("AIBOTKIT_KILL_AT") is not { Length: > 0 } wish)
        {
            return None;
        }

        var parts = wish.Split(':');
        return Enum.TryParse<FaultPoint>(parts[0], out var point)
            ? new KillSwitch(point, parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 1)
            : throw new InvalidOperationException($"AIBOTKIT_KILL_AT: '{parts[0]}' is no fault point; use one of {string.Join(", ", Enum.GetNames<FaultPoint>())}.");
    }

    public override void Reach(FaultPoint reached)
    {
        if (reached == point && Interlocked.Increment(ref _passed) == passing)
        {
            Process.GetCurrentProcess().Kill();
            // The signal is under way: nothing may run past this point until it arrives.
            Thread.Sleep(Timeout.InfiniteTimeSpan);
        }
    }
}
