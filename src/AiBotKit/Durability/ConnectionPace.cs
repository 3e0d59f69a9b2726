namespace AiBotKit.Durability;

/// <summary>
/// One connection's throughput, sends in flight, pauses and breaker, and the line of conversations that wait for it. Whoever finds no
/// place stands in the line and is called when there is one, so that a thousand waiting conversations cost nothing and a connection that
/// hangs slows no other. Any thread.
/// </summary>
internal sealed class ConnectionPace
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);

    /// <summary>No pause is longer: a clock that jumped back must not put sending off by the size of the jump.</summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(15);

    private readonly Lock _lock = new();
    private readonly TokenBucket _throughput;
    private readonly WaitingLine _line;
    private readonly HashSet<Guid> _called = [];
    private int _inFlight;
    private int _pauses;
    private DateTimeOffset _pausedUntil;
    private Breaker _breaker;

    public ConnectionPace(ConnectionLimits limits, DateTimeOffset now)
    {
        Limits = limits;
        // However the provider cuts its seconds, none may see more than the limit: what may go at once is taken from what goes steadily.
        var atOnce = Math.Max(1, limits.MessagesPerSecond / 8);
        _throughput = new TokenBucket(atOnce, TimeSpan.FromSeconds(1.0 / (limits.MessagesPerSecond - atOnce + 1)), now);
        _line = new WaitingLine(longFrom: limits.MessagesPerSecond * 5);
    }

    public ConnectionLimits Limits { get; }

    /// <summary>Whether the conversation stands in the line: it will be called.</summary>
    public bool IsWaiting(Guid conversationId)
    {
        lock (_lock)
        {
            return _line.Contains(conversationId);
        }
    }

    /// <summary>
    /// Takes a place for one send. False with the time to wait when it is the customer's own limit; false with null when the connection has
    /// no place: then the conversation stands in the line.
    /// </summary>
    public bool TryEnter(Guid conversationId, TokenBucket pair, DateTimeOffset now, out TimeSpan? wait)
    {
        lock (_lock)
        {
            wait = null;
            var called = _called.Remove(conversationId);
            if (pair.WaitFor(now) is var own && own > TimeSpan.Zero)
            {
                wait = own;
                return false;
            }

            // Nobody passes those who wait, but who was called.
            if ((!called && _line.Count > 0) || Places(now) - _called.Count <= 0)
            {
                _line.Join(conversationId);
                return false;
            }

            _inFlight++;
            pair.Take(now);
            _throughput.Take(now);
            return true;
        }
    }

    /// <summary>Leaves the place; when nothing was handed over the tokens go back.</summary>
    public void Leave(TokenBucket pair, bool sent)
    {
        lock (_lock)
        {
            _inFlight--;
            if (!sent)
            {
                pair.PutBack();
                _throughput.PutBack();
            }
        }
    }

    /// <summary>Calls as many from the line as there are places.</summary>
    public IReadOnlyList<Guid> Call(DateTimeOffset now)
    {
        lock (_lock)
        {
            List<Guid> called = [];
            for (var places = Places(now) - _called.Count; places > 0 && _line.TryTake(out var conversation); places--)
            {
                _called.Add(conversation);
                called.Add(conversation);
            }

            return called;
        }
    }

    /// <summary>A called conversation did not use its place. True when there was such a call.</summary>
    public bool Withdraw(Guid conversationId)
    {
        lock (_lock)
        {
            return _called.Remove(conversationId);
        }
    }

    /// <summary>When somebody in the line can be called; null when nobody waits, or only the end of a send makes room.</summary>
    public TimeSpan? NextCall(DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_line.Count == 0)
            {
                return null;
            }

            if (Rest(now) is var rest && rest > TimeSpan.Zero)
            {
                return rest;
            }

            return Free(now) - _called.Count <= 0 ? null : _throughput.WaitFor(now) is var wait && wait > TimeSpan.Zero ? wait : Soon;
        }
    }

    /// <summary>No send begins before <paramref name="until"/>.</summary>
    public void Pause(DateTimeOffset until)
    {
        lock (_lock)
        {
            _pausedUntil = until > _pausedUntil ? until : _pausedUntil;
        }
    }

    /// <summary>What a hand-over says about the connection as a whole: a limit of the number pauses it, silence opens its breaker.</summary>
    public void Learn(SendOutcome outcome, DateTimeOffset now, double jitter)
    {
        if (outcome is SendOutcome.Rejected { Kind: RejectionKind.Withdrawn })
        {
            // The provider was not asked.
            return;
        }

        lock (_lock)
        {
            _breaker = BreakerRules.After(_breaker, outcome, now, jitter);
            if (outcome is not SendOutcome.Rejected { Kind: RejectionKind.WaitConnection } limit)
            {
                _pauses = 0;
                return;
            }

            // Sends that were under way together meet the same limit; they are one meeting.
            _pauses += Rest(now) == TimeSpan.Zero ? 1 : 0;
            var until = now + (RetryRules.Delay(limit, 1, Math.Max(_pauses, 1), jitter) ?? TimeSpan.Zero);
            _pausedUntil = until > _pausedUntil ? until : _pausedUntil;
        }
    }

    private int Places(DateTimeOffset now) => Rest(now) > TimeSpan.Zero ? 0 : Math.Min(Free(now), _throughput.Available(now));

    private int Free(DateTimeOffset now) => BreakerRules.Allowed(_breaker, Limits.MaxInFlight, now) - _inFlight;

    private TimeSpan Rest(DateTimeOffset now)
    {
        var until = _breaker.OpenUntil is { } open && open > _pausedUntil ? open : _pausedUntil;
        return until > now && until - now <= LongestRest ? until - now : TimeSpan.Zero;
    }
}
