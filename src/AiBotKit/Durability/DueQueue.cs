using System.Collections.Concurrent;

namespace AiBotKit.Durability;

/// <summary>
/// Conversations waiting in memory for their time, and the wake-ups of the loop that serves them. Signals may come from any thread;
/// everything else belongs to the one loop. Overdue work is served account by account in turn (F48); of one account who wrote last first, every
/// fourth time who wrote longest ago, so that live customers are answered during a backlog and the backlog still drains (F46).
/// </summary>
internal sealed class DueQueue : IDisposable
{
    private const long Never = long.MinValue;

    private readonly ConcurrentQueue<DueTurn> _signals = new();
    private readonly AsyncSignal _wake = new();
    private readonly Dictionary<Guid, DueTurn> _due = [];
    private readonly PriorityQueue<DueTurn, DateTimeOffset> _later = new();
    private readonly Dictionary<Guid, Line> _lines = [];
    private readonly Queue<Line> _round = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _wakesAt = Never;

    public DueQueue(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Overdue and not yet served.</summary>
    public int Ready { get; private set; }

    /// <summary>Announces work; an earlier time than known moves it forward, a later one back. From any thread.</summary>
    public void Signal(DueTurn turn)
    {
        _signals.Enqueue(turn);
        // Nearly all is due later than the loop looks again by itself: waking it for each message would cost more than storing the message.
        if (turn.DueAt.UtcTicks < Interlocked.Read(ref _wakesAt))
        {
            _wake.Set();
        }
    }

    /// <summary>As <see cref="Signal(DueTurn)"/> for what has no account and no customer.</summary>
    public void Signal(Guid key, DateTimeOffset dueAt) => Signal(new DueTurn(key, Guid.Empty, dueAt, dueAt));

    /// <summary>Makes the loop look again. From any thread.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Waits until something is due that was not, or the loop is woken.</summary>
    /// <param name="hasRoom">False when the loop can take no more at present: then what is overdue waits for the end of something, not for the clock.</param>
    public async Task WaitAsync(bool hasRoom, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        DateTimeOffset? next;
        do
        {
            MoveDue();
            if (hasRoom && Ready > 0)
            {
                return;
            }

            next = NextDue();
            Interlocked.Exchange(ref _wakesAt, next?.UtcTicks ?? long.MaxValue);
        }
        // What was announced before the line above did not wake anybody.
        while (!_signals.IsEmpty);

        if (next is { } at)
        {
            var wait = at - _time.GetUtcNow();
            _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }

        await _wake.WaitAsync(cancellationToken);
        Interlocked.Exchange(ref _wakesAt, Never);
    }

    /// <summary>Takes one whose time has come.</summary>
    public bool TryTake(out DueTurn turn)
    {
        MoveDue();
        while (_round.TryDequeue(out var line))
        {
            if (line.Ready.Count > 0)
            {
                var key = line.Take();
                turn = _due[key];
                _due.Remove(key);
                Ready--;
                _round.Enqueue(line);
                return true;
            }

            _lines.Remove(line.Account);
        }

        turn = default;
        return false;
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>When the next thing is due. What was put off meanwhile is no reason to wake up.</summary>
    private DateTimeOffset? NextDue()
    {
        while (_later.TryPeek(out var candidate, out var dueAt))
        {
            if (IsCurrent(candidate))
            {
                return dueAt;
            }

            _later.Dequeue();
        }

        return null;
    }

    /// <summary>The latest signal counts; what it replaced stays in the queue until its time.</summary>
    private bool IsCurrent(DueTurn candidate) => _due.TryGetValue(candidate.ConversationId, out var current) && current == candidate;

    private void MoveDue()
    {
        Absorb();
        if (_later.Count == 0)
        {
            return;
        }

        var now = _time.GetUtcNow();
        while (_later.TryPeek(out var candidate, out var dueAt) && dueAt <= now)
        {
            _later.Dequeue();
            if (IsCurrent(candidate) && LineOf(candidate.AccountId).Ready.Add((candidate.WrittenAt, candidate.ConversationId)))
            {
                Ready++;
            }
        }
    }

    private void Absorb()
    {
        while (_signals.TryDequeue(out var turn))
        {
            if (_due.TryGetValue(turn.ConversationId, out var known))
            {
                if (known == turn)
                {
                    continue;
                }

                if (_lines.TryGetValue(known.AccountId, out var line) && line.Ready.Remove((known.WrittenAt, known.ConversationId)))
                {
                    Ready--;
                }
            }

            _due[turn.ConversationId] = turn;
            _later.Enqueue(turn, turn.DueAt);
        }
    }

    private Line LineOf(Guid account)
    {
        if (!_lines.TryGetValue(account, out var line))
        {
            line = new Line(account);
            _lines.Add(account, line);
            _round.Enqueue(line);
        }

        return line;
    }

    /// <summary>What is overdue of one account. In the round as long as it is among the lines.</summary>
    private sealed class Line(Guid account)
    {
        private int _served;

        public Guid Account => account;

        public SortedSet<(DateTimeOffset WrittenAt, Guid Key)> Ready { get; } = [];

        public Guid Take()
        {
            var taken = ++_served % 4 == 0 ? Ready.Min : Ready.Max;
            Ready.Remove(taken);
            return taken.Key;
        }
    }
}
