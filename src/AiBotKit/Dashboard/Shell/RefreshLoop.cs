using System.Threading.Channels;

namespace AiBotKit.Dashboard.Shell;

/// <summary>
/// Turns any number of hints into at most one refresh per 100 ms (or another pause) for one viewer. Hints are only "something changed": the refresh
/// re-reads, so that a hint too many costs a query and a hint in the middle of a refresh is never lost.
/// </summary>
internal sealed class RefreshLoop : IAsyncDisposable
{
    private readonly Channel<bool> _hints = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <summary>Starts the loop; <paramref name="refresh"/> is called on the thread pool (components wrap it in their own dispatcher).</summary>
    public RefreshLoop(Func<Task> refresh, TimeProvider time, TimeSpan? pause = null) => _running = RunAsync(refresh, time, pause ?? TimeSpan.FromMilliseconds(100));

    /// <summary>Asks for a refresh soon. Returns at once; safe on any thread.</summary>
    public void Hint() => _hints.Writer.TryWrite(true);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(CancellationToken.None);
        _stop.Dispose();
    }

    private async Task RunAsync(Func<Task> refresh, TimeProvider time, TimeSpan pause)
    {
        try
        {
            while (await _hints.Reader.WaitToReadAsync(_stop.Token).ConfigureAwait(false))
            {
                _hints.Reader.TryRead(out _);
                await refresh().ConfigureAwait(false);
                await Task.Delay(pause, time, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The viewer left.
        }
        catch (ObjectDisposedException)
        {
            // The circuit went away while its page was being refreshed.
        }
    }
}
