using AiBotKit.Storage;

namespace AiBotKit.Durability;

/// <summary>Runs one turn of a conversation from claim to commit.</summary>
internal interface ITurnRunner
{
    /// <param name="alone">True when it runs while no other turn does, after an unclean stop.</param>
    /// <param name="stopping">The process stops: give the claim back.</param>
    Task RunAsync(Guid conversationId, bool alone, CancellationToken stopping);
}

/// <summary>
/// Turns at once. Those that wait for a model call were taken in the order of their time: the more of them, the longer whoever writes now waits behind
/// them. A few more than calls keep the calls busy.
/// </summary>
internal sealed record TurnLimit(int AtOnce)
{
    public const int Least = 64;

    /// <param name="calls">Model calls at once.</param>
    public static TurnLimit For(int calls) => new(Math.Max(Least, 2 * calls));
}

/// <summary>
/// Starts turns when they are due: one at a time per conversation, at most so many at once. The work rows are the truth; a sweep at start
/// and every 15 s finds what a lost signal would have announced.
/// </summary>
internal sealed partial class Dispatcher : IDisposable
{
    private const int SweepLimit = 200_000;
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(15);
    private static readonly Guid SweepKey = new("5eed0000-0000-4000-8000-000000000002");

    private readonly IMessageStore _store;
    private readonly ITurnRunner _runner;
    private readonly CommitSignals _signals;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly int _maxTurns;
    private readonly DueQueue _queue;
    private readonly Lanes _lanes;
    private readonly Dictionary<Guid, DueTurn> _again = [];
    private readonly Queue<Guid> _aloneWanted = new();
    private Guid? _aloneRunning;
    private CancellationToken _stopping;
    private DateTimeOffset _nextSweep;

    public Dispatcher(IMessageStore store, ITurnRunner runner, CommitSignals signals, TimeProvider time, ILogger<Dispatcher> logger, TurnLimit? limit = null)
    {
        (_store, _runner, _signals, _time, _logger) = (store, runner, signals, time, logger);
        _maxTurns = (limit ?? new TurnLimit(TurnLimit.Least)).AtOnce;
        _queue = new DueQueue(time);
        _lanes = new Lanes(key => _runner.RunAsync(key, key == _aloneRunning, _stopping), OnFault, _queue.Wake);
        signals.TurnDue += _queue.Signal;
    }

    /// <summary>Turns under way.</summary>
    public int Active => _lanes.Count;

    /// <summary>Conversations whose turn is overdue.</summary>
    public int Overdue => _queue.Ready + _aloneWanted.Count;

    /// <summary>Serves until <paramref name="stopping"/>, then waits until the turns under way have ended or given their claim back.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        _stopping = stopping;
        try
        {
            while (true)
            {
                Sweep();
                foreach (var again in _lanes.Reap())
                {
                    _queue.Signal(_again.Remove(again, out var turn) ? turn with { DueAt = _time.GetUtcNow() } : new DueTurn(again, Guid.Empty, _time.GetUtcNow(), default));
                }

                if (_aloneRunning is { } alone && !_lanes.IsRunning(alone))
                {
                    _aloneRunning = null;
                }

                StartDue();
                await _queue.WaitAsync(_lanes.Count < _maxTurns && _aloneRunning is null && _aloneWanted.Count == 0, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await _lanes.WhenAllAsync();
        }
    }

    public void Dispose()
    {
        _signals.TurnDue -= _queue.Signal;
        _queue.Dispose();
    }

    /// <summary>Conversations that were in a turn at an unclean stop run one at a time, and before everything else.</summary>
    private void StartDue()
    {
        if (_aloneRunning is not null)
        {
            return;
        }

        if (_aloneWanted.Count > 0)
        {
            if (_lanes.Count == 0)
            {
                _aloneRunning = _aloneWanted.Dequeue();
                _lanes.Start(_aloneRunning.Value);
            }

            return;
        }

        while (_lanes.Count < _maxTurns && _queue.TryTake(out var turn))
        {
            if (turn.ConversationId == SweepKey)
            {
                continue;
            }

            if (_lanes.IsRunning(turn.ConversationId))
            {
                _again[turn.ConversationId] = turn;
            }

            _lanes.Start(turn.ConversationId);
        }
    }

    private void Sweep()
    {
        var now = _time.GetUtcNow();
        // A clock that jumped back must not put the sweep off by the size of the jump.
        if (now < _nextSweep && _nextSweep - now <= SweepEvery)
        {
            return;
        }

        _nextSweep = now + SweepEvery;
        _queue.Signal(SweepKey, _nextSweep);
        IReadOnlyList<DueWork> due = [];
        try
        {
            due = _store.ReadDueWork(SweepLimit);
        }
        catch (StoreUnavailableException)
        {
            LogStoreUnavailable();
        }

        foreach (var work in due)
        {
            if (work.Alone == AloneState.Wanted)
            {
                if (work.Turn.DueAt <= now && !_aloneWanted.Contains(work.Turn.ConversationId))
                {
                    _aloneWanted.Enqueue(work.Turn.ConversationId);
                }
            }
            else
            {
                _queue.Signal(work.Turn);
            }
        }
    }

    private void OnFault(Guid conversationId, Exception error)
    {
        LogTurnFailed(error, conversationId);
        _queue.Signal(conversationId, _time.GetUtcNow() + SweepEvery);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store is unavailable; turns wait for the next sweep")]
    private partial void LogStoreUnavailable();

    [LoggerMessage(Level = LogLevel.Error, Message = "A turn of conversation {ConversationId} failed")]
    private partial void LogTurnFailed(Exception error, Guid conversationId);
}
