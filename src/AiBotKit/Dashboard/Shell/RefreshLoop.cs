using System.Data.Common;
using System.Threading.Channels;
using AiBotKit.Conversations;
using AiBotKit.Durability;

namespace AiBotKit.Dashboard.Shell;

/// <summary>
/// Turns any number of hints into at most one refresh per 100 ms (or another pause) for one viewer. Hints are only "something changed": the refresh
/// re-reads, so that a hint too many costs a query and a hint in the middle of a refresh is never lost. Subscribe it before the first read: what
/// is committed in between is then read again, never missed.
/// </summary>
internal sealed class RefreshLoop : IAsyncDisposable
{
    private readonly Channel<bool> _hints = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Action> _ends = [];
    private readonly TimeProvider _time;
    private readonly Task _running;

    /// <summary>Starts the loop; <paramref name="refresh"/> is called on the thread pool (components wrap it in their own dispatcher).</summary>
    public RefreshLoop(Func<Task> refresh, TimeProvider time, TimeSpan? pause = null)
    {
        _time = time;
        _running = RunAsync(refresh, pause ?? TimeSpan.FromMilliseconds(100));
    }

    /// <summary>Asks for a refresh soon. Returns at once; safe on any thread.</summary>
    public void Hint() => _hints.Writer.TryWrite(true);

    /// <summary>A hint for every change of the account's conversations, or for those that <paramref name="concerns"/> chooses.</summary>
    public RefreshLoop On(ConversationFeed feed, Guid accountId, Func<ConversationChanged, bool>? concerns = null)
    {
        var subscription = feed.Subscribe(accountId, change =>
        {
            if (concerns is null || concerns(change))
            {
                Hint();
            }
        });
        _ends.Add(subscription.Dispose);
        return this;
    }

    /// <summary>A hint for every new dead letter.</summary>
    public RefreshLoop On(CommitSignals signals)
    {
        signals.DeadLetterKept += Hint;
        _ends.Add(() => signals.DeadLetterKept -= Hint);
        return this;
    }

    /// <summary>A hint for every change of the account's connections or plan.</summary>
    public RefreshLoop OnConnections(CommitSignals signals, Guid accountId)
    {
        signals.ConnectionChanged += HintOfAccount;
        _ends.Add(() => signals.ConnectionChanged -= HintOfAccount);
        return this;

        void HintOfAccount(Guid changed)
        {
            if (changed == accountId)
            {
                Hint();
            }
        }
    }

    /// <summary>A hint when the browser comes back after a broken connection.</summary>
    public RefreshLoop On(CircuitReconnects reconnects)
    {
        reconnects.Reconnected += Hint;
        _ends.Add(() => reconnects.Reconnected -= Hint);
        return this;
    }

    /// <summary>A hint each time <paramref name="period"/> has passed, for what runs on by itself.</summary>
    public RefreshLoop Every(TimeSpan period)
    {
        _ends.Add(_time.CreateTimer(_ => Hint(), null, period, period).Dispose);
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        _ends.ForEach(end => end());
        await _stop.CancelAsync();
        await _running.WaitAsync(CancellationToken.None);
        _stop.Dispose();
    }

    private async Task RunAsync(Func<Task> refresh, TimeSpan pause)
    {
        try
        {
            while (await _hints.Reader.WaitToReadAsync(_stop.Token).ConfigureAwait(false))
            {
                _hints.Reader.TryRead(out _);
                try
                {
                    await refresh().ConfigureAwait(false);
                }
                catch (DbException)
                {
                    // The store could not be read for once. A page that gave up now would stand still and look alive.
                    Hint();
                }

                await Task.Delay(pause, _time, _stop.Token).ConfigureAwait(false);
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
