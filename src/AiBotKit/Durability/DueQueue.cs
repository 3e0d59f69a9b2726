using System.Collections.Concurrent;

namespace AiBotKit.Durability;

/// <summary>
/// Conversations waiting in memory for their time, and the wake-ups of the loop that serves them. Signals may come from any thread;
/// everything else belongs to the one loop. Overdue work is served newest first, every fourth time the oldest, so that live customers
/// are answered during a backlog and the backlog still drains.
/// </summary>
internal sealed class DueQueue : IDisposable
{
    private readonly ConcurrentQueue<(Guid Key, DateTimeOffset DueAt)> _signals = new();
    private readonly AsyncSignal _wake = new();
    private readonly Dictionary<Guid, DateTimeOffset> _due = [];
    private readonly PriorityQueue<Guid, DateTimeOffset> _later = new();
    private readonly SortedSet<(DateTimeOffset DueAt, Guid Key)> _ready = [];
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private int _served;

    public DueQueue(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Overdue and not yet served.</summary>
    public int Ready => _ready.Count;

    /// <summary>Announces work; an earlier time than known moves it forward, a later one back. From any thread.</summary>
    public void Signal(Guid key, DateTimeOffset dueAt)
    {
        _signals.Enqueue((key, dueAt));
        _wake.Set();
    }

    /// <summary>Makes the loop look again. From any thread.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Waits until something was announced or a time has come.</summary>
    /// <param name="hasRoom">False when the loop can take no more at present: then what is overdue waits for the end of something, not for the clock.</param>
    public Task WaitAsync(bool hasRoom, CancellationToken cancellationToken)
    {
        MoveDue();
        if (hasRoom && _ready.Count > 0)
        {
            _wake.Set();
        }
        else if (_later.TryPeek(out _, out var next))
        {
            var wait = next - _time.GetUtcNow();
            _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }

        return _wake.WaitAsync(cancellationToken);
    }

    /// <summary>Takes one key whose time has come.</summary>
    public bool TryTake(out Guid key)
    {
        MoveDue();
        if (_ready.Count == 0)
        {
            key = default;
            return false;
        }

        var taken = ++_served % 4 == 0 ? _ready.Min : _ready.Max;
        _ready.Remove(taken);
        _due.Remove(taken.Key);
        key = taken.Key;
        return true;
    }

    public void Dispose() => _timer.Dispose();

    private void MoveDue()
    {
        Absorb();
        var now = _time.GetUtcNow();
        while (_later.TryPeek(out var candidate, out var dueAt) && dueAt <= now)
        {
            _later.Dequeue();
            if (_due.TryGetValue(candidate, out var current) && current == dueAt)
            {
                _ready.Add((dueAt, candidate));
            }
        }
    }

    private void Absorb()
    {
        while (_signals.TryDequeue(out var signal))
        {
            if (_due.TryGetValue(signal.Key, out var known))
            {
                if (known == signal.DueAt)
                {
                    continue;
                }

                _ready.Remove((known, signal.Key));
            }

            _due[signal.Key] = signal.DueAt;
            _later.Enqueue(signal.Key, signal.DueAt);
        }
    }
}
