using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace AiBotKit.PinnacleSimulator.Live;

/// <summary>Tells open pages what changed. A page that does not keep up loses events and is told to read again.</summary>
internal sealed class LiveHub(IOptions<JsonOptions> json)
{
    private const int Buffer = 256;
    private readonly ConcurrentDictionary<Subscription, byte> subscriptions = new();

    public Subscription Subscribe()
    {
        var subscription = new Subscription(this);
        subscriptions.TryAdd(subscription, 0);
        return subscription;
    }

    /// <summary>Serialises <paramref name="source"/> only when a page listens.</summary>
    public void Publish(string name, object source, Func<object, object>? view = null)
    {
        if (subscriptions.IsEmpty)
        {
            return;
        }

        var data = JsonSerializer.Serialize(view is null ? source : view(source), json.Value.SerializerOptions);
        foreach (var subscription in subscriptions.Keys)
        {
            subscription.Offer(new LiveEvent(name, data));
        }
    }

    internal sealed class Subscription(LiveHub hub) : IDisposable
    {
        private readonly Channel<LiveEvent> events = Channel.CreateBounded<LiveEvent>(new BoundedChannelOptions(Buffer) { SingleReader = true });
        private volatile bool behind;

        /// <summary>True once after events were lost.</summary>
        public bool TakeBehind()
        {
            var was = behind;
            behind = false;
            return was;
        }

        public ChannelReader<LiveEvent> Events => events.Reader;

        public void Offer(LiveEvent live)
        {
            if (!events.Writer.TryWrite(live))
            {
                behind = true;
            }
        }

        public void Dispose() => hub.subscriptions.TryRemove(this, out _);
    }
}

/// <summary>Something that open pages are told.</summary>
/// <param name="Data">JSON.</param>
internal readonly record struct LiveEvent(string Name, string Data);
