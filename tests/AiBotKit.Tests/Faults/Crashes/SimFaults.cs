using AiBotKit.Durability;

namespace AiBotKit.Tests.Faults.Crashes;

/// <summary>Counts the fault points and crashes at the one that the seed chose.</summary>
internal sealed class SimFaults : FaultPoints
{
    private int? _crashIn;

    public Dictionary<FaultPoint, int> Crashes { get; } = [];

    public bool Crashed { get; private set; }

    /// <summary>Called on the product's own stack at every point, before anything else; null = not.</summary>
    public Action<FaultPoint>? Reached { get; set; }

    /// <summary>Crash after so many more points; null = not.</summary>
    public void Arm(int? points)
    {
        _crashIn = points;
        Crashed = false;
    }

    public override void Reach(FaultPoint point)
    {
        Reached?.Invoke(point);
        if (Crashed)
        {
            throw new CrashException("The process is dead.");
        }

        if (_crashIn is { } left && --left < 0)
        {
            Crashed = true;
            _crashIn = null;
            Crashes[point] = Crashes.GetValueOrDefault(point) + 1;
            throw new CrashException(point.ToString());
        }

        if (_crashIn is not null)
        {
            _crashIn--;
        }
    }
}
