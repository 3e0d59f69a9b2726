using System.Collections.Concurrent;

namespace AiBotKit.Durability;

/// <summary>The rate limits of connections and of customers, kept before the provider has to tell us (wire facts 6.2, F14).</summary>
internal sealed class SendPaces(IMessageStore store)
{
    private readonly ConcurrentDictionary<Guid, ConnectionPace> _connections = new();
    private readonly ConcurrentDictionary<Guid, TokenBucket> _pairs = new();

    /// <summary>The pace of a connection; null when it is gone.</summary>
    public ConnectionPace? Connection(Guid connectionId, DateTimeOffset now)
    {
        if (_connections.TryGetValue(connectionId, out var pace))
        {
            return pace;
        }

        return store.ReadLimits(connectionId) is { } limits ? _connections.GetOrAdd(connectionId, _ => new ConnectionPace(limits, now)) : null;
    }

    /// <summary>The pair limit of a conversation; after a start it remembers the sends of the last refill period from the rows.</summary>
    public TokenBucket Pair(Guid conversationId, ConnectionLimits limits, DateTimeOffset now)
    {
        if (_pairs.Count > 50_000)
        {
            foreach (var (key, bucket) in _pairs)
            {
                if (bucket.IsFull(now))
                {
                    _pairs.TryRemove(key, out _);
                }
            }
        }

        return _pairs.TryGetValue(conversationId, out var known)
            ? known
            : _pairs.GetOrAdd(conversationId, key => new TokenBucket(limits.PairBurst, limits.PairRefill, now, store.CountSendsSince(key, now - (limits.PairRefill * limits.PairBurst))));
    }
}

/// <summary>One connection's throughput and number of sends in flight.</summary>
internal sealed class ConnectionPace(ConnectionLimits limits, DateTimeOffset now)
{
    private readonly Lock _lock = new();
    private readonly TokenBucket _throughput = new(limits.MessagesPerSecond, TimeSpan.FromSeconds(1.0 / limits.MessagesPerSecond), now);
    private int _inFlight;

    public ConnectionLimits Limits => limits;

    /// <summary>Takes a place for one send; false with the time to wait when the pace or the number in flight is reached.</summary>
    public bool TryEnter(TokenBucket pair, DateTimeOffset now, out TimeSpan wait)
    {
        lock (_lock)
        {
            var pairWait = pair.WaitFor(now);
            var throughputWait = _throughput.WaitFor(now);
            wait = pairWait > throughputWait ? pairWait : throughputWait;
            if (wait > TimeSpan.Zero)
            {
                return false;
            }

            if (_inFlight >= limits.MaxInFlight)
            {
                wait = TimeSpan.FromMilliseconds(20);
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
}
