namespace AiBotKit.Durability;

/// <summary>
/// A rate kept by us before the provider tells us: <paramref name="capacity"/> at once, then one per <paramref name="refill"/>.
/// Meta's pair limit is 45 and one per 6 s; its throughput 80 a second (wire facts 6.2).
/// </summary>
/// <param name="used">Tokens already used by sends of the refill period before a restart.</param>
internal sealed class TokenBucket(int capacity, TimeSpan refill, DateTimeOffset now, int used = 0)
{
    private double _tokens = Math.Max(0, capacity - used);
    private DateTimeOffset _at = now;

    /// <summary>Zero when a token is there, else how long until one is. Takes nothing.</summary>
    public TimeSpan WaitFor(DateTimeOffset now)
    {
        Refill(now);
        return _tokens >= 1 ? TimeSpan.Zero : refill * (1 - _tokens);
    }

    /// <summary>Whole tokens that are there.</summary>
    public int Available(DateTimeOffset now)
    {
        Refill(now);
        return (int)_tokens;
    }

    public void Take(DateTimeOffset now)
    {
        Refill(now);
        _tokens--;
    }

    /// <summary>Nothing was sent after all.</summary>
    public void PutBack() => _tokens = Math.Min(capacity, _tokens + 1);

    /// <summary>True when it has forgotten everything and can be dropped.</summary>
    public bool IsFull(DateTimeOffset now)
    {
        Refill(now);
        return _tokens >= capacity;
    }

    private void Refill(DateTimeOffset now)
    {
        // A clock that jumps back must not drain, one that jumps forward only fills up.
        if (now > _at)
        {
            _tokens = Math.Min(capacity, _tokens + ((now - _at) / refill));
        }

        _at = now;
    }
}
