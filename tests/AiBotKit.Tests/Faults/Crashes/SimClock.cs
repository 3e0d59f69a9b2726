using Microsoft.Extensions.Time.Testing;

namespace AiBotKit.Tests.Faults.Crashes;

/// <summary>Timers run on a monotonic clock; the product's wall clock may jump, the world's does not.</summary>
internal sealed class SimClock(DateTimeOffset start) : TimeProvider
{
    private readonly FakeTimeProvider _monotonic = new(start);
    private TimeSpan _offset;

    /// <summary>The provider's clock.</summary>
    public DateTimeOffset World => _monotonic.GetUtcNow();

    public bool IsOff => _offset != TimeSpan.Zero;

    public override DateTimeOffset GetUtcNow() => _monotonic.GetUtcNow() + _offset;

    public override long GetTimestamp() => _monotonic.GetTimestamp();

    public override long TimestampFrequency => _monotonic.TimestampFrequency;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _monotonic.CreateTimer(callback, state, dueTime, period);

    public void Advance(TimeSpan by) => _monotonic.Advance(by);

    public void Jump(TimeSpan by) => _offset += by;

    /// <summary>Somebody sets the clock right.</summary>
    public void SetRight() => _offset = TimeSpan.Zero;
}
