using System.Collections.Concurrent;

namespace AiBotKit.PinnacleSimulator.Clock;

/// <summary>Runs short, non-blocking actions after a wait. Everything still waiting can be dropped at once.</summary>
internal sealed class Scheduler(TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<Waiting, byte> waiting = new();

    public int Count => waiting.Count;

    /// <summary>Runs <paramref name="action"/> after <paramref name="wait"/>; at once, on this thread, when there is nothing to wait for.</summary>
    public void After(TimeSpan wait, Action action)
    {
        if (wait <= TimeSpan.Zero)
        {
            action();
            return;
        }

        var entry = new Waiting(this, action);
        waiting.TryAdd(entry, 0);
        entry.Start(time, wait);
    }

    public void Clear()
    {
        foreach (var entry in waiting.Keys)
        {
            if (waiting.TryRemove(entry, out _))
            {
                entry.Stop();
            }
        }
    }

    public void Dispose() => Clear();

    private sealed class Waiting(Scheduler owner, Action action)
    {
        private ITimer? timer;

        public void Start(TimeProvider time, TimeSpan wait)
        {
            timer = time.CreateTimer(static state => ((Waiting)state!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            timer.Change(wait, Timeout.InfiniteTimeSpan);
        }

        public void Stop() => timer?.Dispose();

        private void Fire()
        {
            // Whoever removes the entry owns it: a cleared action never runs.
            if (owner.waiting.TryRemove(this, out _))
            {
                Stop();
                action();
            }
        }
    }
}
