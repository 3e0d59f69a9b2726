namespace AiBotKit.Durability;

/// <summary>
/// Wakes one waiting loop from any thread; a wake-up while nobody waits is kept. The loop continues on its own context, never on the
/// stack of whoever woke it, which also keeps the crash simulator on one thread.
/// </summary>
internal sealed class AsyncSignal
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiter;
    private bool _set;

    public void Set()
    {
        TaskCompletionSource? waiter;
        lock (_lock)
        {
            waiter = _waiter;
            _waiter = null;
            _set = waiter is null;
        }

        waiter?.TrySetResult();
    }

    /// <summary>For one loop at a time.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while waiting, or before.</exception>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource waiter;
        lock (_lock)
        {
            if (_set)
            {
                _set = false;
                return;
            }

            waiter = _waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        using (cancellationToken.UnsafeRegister(state => ((TaskCompletionSource)state!).TrySetCanceled(), waiter))
        {
            await waiter.Task;
        }
    }
}
