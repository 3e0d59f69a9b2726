namespace AiBotKit.Tests.Faults.Sending;

/// <summary>A clock that stands still until it is told to go to its next timer: hours pass in the time that their events take.</summary>
internal sealed class StepClock(DateTimeOffset start) : TimeProvider
{
    private readonly PriorityQueue<(StepTimer Timer, long Setting), (DateTimeOffset DueAt, long Order)> _due = new();
    private DateTimeOffset _now = start;
    private long _order;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new StepTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Goes to the next timer and fires it, or to <paramref name="limit"/> when that comes first.</summary>
    public void Step(DateTimeOffset limit)
    {
        while (_due.TryPeek(out var next, out var when) && when.DueAt <= limit)
        {
            _due.Dequeue();
            if (next.Timer.Setting == next.Setting)
            {
                _now = when.DueAt > _now ? when.DueAt : _now;
                next.Timer.Fire();
                return;
            }
        }

        _now = limit;
    }

    private sealed class StepTimer(StepClock clock, Action callback) : ITimer
    {
        private TimeSpan _period;

        public long Setting { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Setting++;
            _period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                clock._due.Enqueue((this, Setting), (clock._now + dueTime, clock._order++));
            }

            return true;
        }

        public void Fire()
        {
            if (_period > TimeSpan.Zero)
            {
                Change(_period, _period);
            }

            callback();
        }

        public void Dispose() => Setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
