using System.Collections.Concurrent;

namespace AiBotKit.Conversations;

/// <summary>Published after every commit that changes what people see of a conversation; readers re-read from <paramref name="Version"/>.</summary>
internal readonly record struct ConversationChanged(Guid AccountId, Guid ConversationId, long Version);

/// <summary>
/// In-memory announcements of committed changes. Only a hint: whoever missed one re-reads (after a reconnect, or from its version).
/// Handlers must return at once; a viewer throttles itself (about one refresh per 100 ms).
/// </summary>
internal sealed class ConversationFeed
{
    private readonly ConcurrentDictionary<long, (Guid AccountId, Action<ConversationChanged> Handler)> _subscribers = new();
    private long _next;

    /// <summary>Calls <paramref name="handler"/> for each change of <paramref name="accountId"/> until disposed. Called on the writer's thread.</summary>
    public IDisposable Subscribe(Guid accountId, Action<ConversationChanged> handler)
    {
        var key = Interlocked.Increment(ref _next);
        _subscribers[key] = (accountId, handler);
        return new Subscription(this, key);
    }

    /// <summary>Tells the subscribers of the change's account.</summary>
    public void Publish(in ConversationChanged change)
    {
        foreach (var (_, (accountId, handler)) in _subscribers)
        {
            if (accountId == change.AccountId)
            {
                handler(change);
            }
        }
    }

    private sealed class Subscription(ConversationFeed feed, long key) : IDisposable
    {
        public void Dispose() => feed._subscribers.TryRemove(key, out _);
    }
}
