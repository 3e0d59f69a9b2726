using AiBotKit.PinnacleSimulator.Live;
using Microsoft.Extensions.Options;

namespace AiBotKit.PinnacleSimulator.Wire;

/// <summary>The last requests in both directions, in a ring of fixed size.</summary>
internal sealed class WireLog(IOptions<SimulatorOptions> options, LiveHub live)
{
    private readonly Lock gate = new();
    private readonly WireEntry?[] ring = new WireEntry?[options.Value.LogCapacity];
    private long last;
    private TaskCompletionSource pulse = NewPulse();

    public bool Enabled { get; set; } = options.Value.Log;

    /// <summary>Id of the newest entry.</summary>
    public long Last => Volatile.Read(ref last);

    public void Add(WireEntry entry)
    {
        if (!Enabled)
        {
            return;
        }

        TaskCompletionSource waiters;
        lock (gate)
        {
            entry.Id = ++last;
            ring[entry.Id % ring.Length] = entry;
            waiters = pulse;
            pulse = NewPulse();
        }

        waiters.TrySetResult();
        live.Publish("wire", entry, WireView.Brief);
    }

    public WireEntry? Find(long id)
    {
        lock (gate)
        {
            return id > 0 && ring[id % ring.Length] is { } entry && entry.Id == id ? entry : null;
        }
    }

    /// <summary>Entries after a cursor, oldest first.</summary>
    public IReadOnlyList<WireEntry> After(long cursor, Func<WireEntry, bool> filter, int limit)
    {
        List<WireEntry> found = [];
        lock (gate)
        {
            for (var id = Math.Max(cursor, last - ring.Length) + 1; id <= last && found.Count < limit; id++)
            {
                if (ring[id % ring.Length] is { } entry && entry.Id == id && filter(entry))
                {
                    found.Add(entry);
                }
            }
        }

        return found;
    }

    /// <summary>The newest entries, newest first.</summary>
    public IReadOnlyList<WireEntry> Newest(Func<WireEntry, bool> filter, int limit)
    {
        List<WireEntry> found = [];
        lock (gate)
        {
            for (var id = last; id > Math.Max(0, last - ring.Length) && found.Count < limit; id--)
            {
                if (ring[id % ring.Length] is { } entry && entry.Id == id && filter(entry))
                {
                    found.Add(entry);
                }
            }
        }

        return found;
    }

    /// <summary>Completes when an entry is added after this call.</summary>
    public Task NextAsync()
    {
        lock (gate)
        {
            return pulse.Task;
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            Array.Clear(ring);
        }
    }

    private static TaskCompletionSource NewPulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
