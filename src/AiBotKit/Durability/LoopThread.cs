namespace AiBotKit.Durability;

/// <summary>
/// A thread that one asynchronous loop has for itself from beginning to end. What it awaits comes back to this thread at once, where the pool would
/// queue it behind everything else that waits for a place there; and the pool keeps its few threads when the loop blocks in a sync of the disk.
/// </summary>
internal sealed class LoopThread : SynchronizationContext
{
    private readonly object _gate = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _waiting = new();
    private bool _ended;

    private LoopThread()
    {
    }

    /// <summary>Starts <paramref name="loop"/> on a new thread named <paramref name="name"/>; the task ends as the loop ends.</summary>
    public static Task RunAsync(string name, Func<Task> loop)
    {
        var context = new LoopThread();
        var ended = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => context.Live(loop, ended)) { IsBackground = true, Name = name }.Start();
        return ended.Task.Unwrap();
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_gate)
        {
            _waiting.Enqueue((d, state));
            Monitor.Pulse(_gate);
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing waits for this thread.");

    public override SynchronizationContext CreateCopy() => this;

    private void Live(Func<Task> loop, TaskCompletionSource<Task> ended)
    {
        SetSynchronizationContext(this);
        var task = RunToEndAsync(loop);
        _ = task.ContinueWith(_ => End(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        while (Next() is { } next)
        {
            next.Callback(next.State);
        }

        ended.SetResult(task);
    }

    /// <summary>So that a loop which fails at once ends like one that fails later.</summary>
    private static async Task RunToEndAsync(Func<Task> loop) => await loop();

    private void End()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.Pulse(_gate);
        }
    }

    private (SendOrPostCallback Callback, object? State)? Next()
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_ended)
            {
                Monitor.Wait(_gate);
            }

            return _waiting.TryDequeue(out var next) ? next : null;
        }
    }
}
