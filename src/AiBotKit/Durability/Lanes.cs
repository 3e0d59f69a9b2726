using System.Collections.Concurrent;

namespace AiBotKit.Durability;

/// <summary>
/// At most one task per key at a time; a key that was asked for while its task ran is handed back when it ends. Belongs to one loop, only
/// the ends of tasks come from elsewhere.
/// </summary>
internal sealed class Lanes(Func<Guid, Task> run, Action<Guid, Exception> onFault, Action wake)
{
    private readonly ConcurrentQueue<Guid> _finished = new();
    private readonly Dictionary<Guid, Task> _running = [];
    private readonly HashSet<Guid> _again = [];

    public int Count => _running.Count;

    public bool IsRunning(Guid key) => _running.ContainsKey(key);

    /// <summary>Starts the key's task, or remembers that it was asked for.</summary>
    public void Start(Guid key)
    {
        if (_running.ContainsKey(key))
        {
            _again.Add(key);
            return;
        }

        _running.Add(key, RunAsync(key));
    }

    /// <summary>Forgets ended tasks; the keys to look at again.</summary>
    public IReadOnlyList<Guid> Reap()
    {
        List<Guid>? again = null;
        while (_finished.TryDequeue(out var key))
        {
            _running.Remove(key);
            if (_again.Remove(key))
            {
                (again ??= []).Add(key);
            }
        }

        return again ?? (IReadOnlyList<Guid>)[];
    }

    /// <summary>Ends when all tasks running now have ended.</summary>
    public Task WhenAllAsync() => Task.WhenAll(_running.Values);

    private async Task RunAsync(Guid key)
    {
        // Off the loop's stack: the task must be in the table before it can end.
        await Task.Yield();
        try
        {
            await run(key);
        }
#pragma warning disable CA1031 // Top of a worker: a bug in one conversation must not stop the others.
        catch (Exception error) when (error is not CrashException)
#pragma warning restore CA1031
        {
            onFault(key, error);
        }

        _finished.Enqueue(key);
        wake();
    }
}
