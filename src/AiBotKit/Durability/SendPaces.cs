using System.Collections.Concurrent;

namespace AiBotKit.Durability;

/// <summary>The rate limits of connections and of customers, kept before the provider has to tell us (wire facts 6.2, F14).</summary>
internal sealed class SendPaces(IMessageStore store)
{
    /// <summary>The provider counts at arrival, we at departure: two requests may come closer together than they left.</summary>
    private static readonly TimeSpan PairMargin = TimeSpan.FromMilliseconds(100);

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

    /// <summary>The pace of a connection that has sent since the start; null for any other key.</summary>
    public ConnectionPace? Known(Guid key) => _connections.GetValueOrDefault(key);

    /// <summary>All connections that have sent since the start.</summary>
    public IEnumerable<ConnectionPace> All => _connections.Values;

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
            : _pairs.GetOrAdd(conversationId, key => new TokenBucket(limits.PairBurst, limits.PairRefill + PairMargin, now, store.CountSendsSince(key, now - (limits.PairRefill * limits.PairBurst))));
    }
}
