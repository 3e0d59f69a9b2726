using Microsoft.Extensions.Options;

namespace AiBotKit.PinnacleSimulator.Clock;

/// <summary>The simulator's time: the real clock plus a jump, and a factor by which the callback retry schedule is compressed.</summary>
internal sealed class SimClock(TimeProvider time, IOptions<SimulatorOptions> options)
{
    private long jumpTicks;
    private double factor = options.Value.ClockFactor;

    public DateTimeOffset Now => time.GetUtcNow().AddTicks(Volatile.Read(ref jumpTicks));

    public TimeSpan Jump
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref jumpTicks));
        set => Volatile.Write(ref jumpTicks, value.Ticks);
    }

    public double Factor
    {
        get => Volatile.Read(ref factor);
        set => Volatile.Write(ref factor, value);
    }

    /// <summary>A wait of the retry schedule as it is really waited.</summary>
    public TimeSpan Compress(TimeSpan wait) => wait / Factor;
}
