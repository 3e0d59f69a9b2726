using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using AiBotKit.Hosting.Telemetry;
using AiBotKit.Storage;

namespace AiBotKit.Durability;

/// <summary>How the sender treats what it cannot know.</summary>
/// <param name="AmbiguousWait">How long a status may take to tell whether an ambiguous send was accepted (WhatsApp:AmbiguousWaitSeconds).</param>
internal sealed record SenderSettings(TimeSpan AmbiguousWait);

/// <summary>
/// Sends what is in the outbox: per conversation one lane in order, per connection at most so many in flight and so many a second, per
/// customer the pair limit. The rows are the truth; lanes and paces are memory that a restart rebuilds.
/// </summary>
internal sealed partial class Sender : IDisposable
{
    private static readonly Counter<long> Sends = ProductTelemetry.Meter.CreateCounter<long>("aibotkit.sends", description: "Hand-overs to a provider by outcome");
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StoreRetry = TimeSpan.FromSeconds(1);
    private static readonly Guid SweepKey = new("5eed0000-0000-4000-8000-000000000001");

    private readonly IMessageStore _store;
    private readonly ISendChannel _channel;
    private readonly SendGates _gates;
    private readonly SenderSettings _settings;
    private readonly FaultPoints _faults;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _logger;
    private readonly CommitSignals _signals;
    private readonly DueQueue _queue;
    private readonly SendPaces _paces;
    private readonly Lanes _lanes;
    private readonly ConcurrentDictionary<Guid, ConnectionPace> _calls = new();
    private CancellationToken _stopping;
    private DateTimeOffset _nextSweep;

    public Sender(IMessageStore store, ISendChannel channel, SendGates gates, CommitSignals signals, SenderSettings settings, FaultPoints faults, TimeProvider time, Random random, ILogger<Sender> logger)
    {
        (_store, _channel, _gates, _settings, _faults, _time, _random, _logger) = (store, channel, gates, settings, faults, time, random, logger);
        _signals = signals;
        _queue = new DueQueue(time);
        _paces = new SendPaces(store);
        _lanes = new Lanes(RunLaneAsync, OnFault, _queue.Wake);
        signals.SendDue += OnSendDue;
    }

    /// <summary>Conversations being served now.</summary>
    public int Active => _lanes.Count;

    /// <summary>Serves the outbox until <paramref name="stopping"/>, then finishes the sends that have begun and begins no new one.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        _stopping = stopping;
        try
        {
            while (true)
            {
                await SweepAsync();
                foreach (var again in _lanes.Reap())
                {
                    _queue.Signal(again, _time.GetUtcNow());
                }

                while (_queue.TryTake(out var due))
                {
                    var key = due.ConversationId;
                    if (_paces.Known(key) is { } pace)
                    {
                        CallWaiting(pace);
                    }
                    else if (key != SweepKey)
                    {
                        _lanes.Start(key);
                    }
                }

                await _queue.WaitAsync(hasRoom: true, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await _lanes.WhenAllAsync();
        }
    }

    public void Dispose()
    {
        _signals.SendDue -= OnSendDue;
        _queue.Dispose();
    }

    private void OnSendDue(Guid conversationId, Guid connectionId) => _queue.Signal(conversationId, _time.GetUtcNow());

    private void OnFault(Guid conversationId, Exception error)
    {
        LogLaneFailed(error, conversationId);
        _queue.Signal(conversationId, _time.GetUtcNow() + SweepEvery);
    }

    /// <summary>Every 15 s: what a lost signal would have announced, and unconfirmed rows whose wait is over.</summary>
    private async Task SweepAsync()
    {
        var now = _time.GetUtcNow();
        // A clock that jumped back must not put the sweep off by the size of the jump.
        if (now < _nextSweep && _nextSweep - now <= SweepEvery)
        {
            return;
        }

        _nextSweep = now + SweepEvery;
        _queue.Signal(SweepKey, _nextSweep);
        foreach (var pace in _paces.All)
        {
            SignalLine(pace);
        }

        try
        {
            if (await _store.ReconcileAsync(_settings.AmbiguousWait, now) is { ForgottenStatuses: > 0 and var forgotten })
            {
                LogStatusesForgotten(forgotten);
            }

            foreach (var (conversation, connection) in _store.ReadConversationsToSend())
            {
                if (_paces.Known(connection)?.IsWaiting(conversation) is not true)
                {
                    _queue.Signal(conversation, now);
                }
            }
        }
        catch (StoreUnavailableException)
        {
            LogStoreUnavailable();
        }
    }

    /// <summary>Conversations in the connection's line go as far as there are places now.</summary>
    private void CallWaiting(ConnectionPace pace)
    {
        foreach (var conversation in pace.Call(_time.GetUtcNow()))
        {
            _calls[conversation] = pace;
            _lanes.Start(conversation);
        }

        SignalLine(pace);
    }

    /// <summary>The connection is looked at again when its line can move.</summary>
    private void SignalLine(ConnectionPace pace)
    {
        var now = _time.GetUtcNow();
        if (pace.NextCall(now) is { } wait)
        {
            _queue.Signal(pace.Limits.ConnectionId, now + wait);
        }
    }

    private async Task RunLaneAsync(Guid conversationId)
    {
        try
        {
            while (!_stopping.IsCancellationRequested && await SendNextAsync(conversationId))
            {
            }
        }
        catch (StoreUnavailableException)
        {
            LogStoreUnavailable();
            _queue.Signal(conversationId, _time.GetUtcNow() + StoreRetry);
        }
        finally
        {
            // A place that it was called to and did not take is the next one's.
            if (_calls.TryRemove(conversationId, out var pace) && pace.Withdraw(conversationId))
            {
                SignalLine(pace);
            }
        }
    }

    /// <summary>One step of a lane: sends the next row if one may go now; false when the lane is to wait or has nothing.</summary>
    private async Task<bool> SendNextAsync(Guid conversationId)
    {
        var now = _time.GetUtcNow();
        var (row, again) = SendRules.Next(_store.ReadOpenSends(conversationId), now);
        if (row is null)
        {
            if (again is { } time)
            {
                _queue.Signal(conversationId, time);
            }

            return false;
        }

        _faults.Reach(FaultPoint.S0Picked);
        if (_paces.Connection(row.ConnectionId, now) is not { } pace)
        {
            return false;
        }

        var pair = _paces.Pair(conversationId, pace.Limits, now);
        if (!pace.TryEnter(conversationId, pair, now, out var wait))
        {
            if (wait is { } own)
            {
                _queue.Signal(conversationId, now + own);
            }

            SignalLine(pace);
            return false;
        }

        var sent = false;
        try
        {
            return sent = await SendAsync(row, pace);
        }
        finally
        {
            pace.Leave(pair, sent);
            SignalLine(pace);
        }
    }

    private async Task<bool> SendAsync(OpenSend row, ConnectionPace pace)
    {
        using var activity = ProductTelemetry.Source.StartActivity("send");
        var (send, outcome) = await HandOverAsync(row, pace);
        if (send is null)
        {
            return false;
        }

        var result = outcome is SendOutcome.Rejected rejected ? rejected.Kind.ToString() : outcome!.GetType().Name;
        Sends.Add(1, new KeyValuePair<string, object?>("outcome", result));
        activity?.SetTag("conversation.id", row.ConversationId).SetTag("outbox.id", row.OutboxId).SetTag("outcome", result);

        _faults.Reach(FaultPoint.S6AnswerRead);
        pace.Learn(outcome!, _time.GetUtcNow(), _random.NextDouble());
        await RecordAsync(send, outcome!);
        _faults.Reach(FaultPoint.S8AfterCommit);

        // Taken back before its first byte: the place and the tokens were not used, and the commit has called this lane again.
        return outcome is not SendOutcome.Rejected { Kind: RejectionKind.Withdrawn };
    }

    /// <summary>Claims the row and gives it to the channel under the conversation's send gate.</summary>
    private async Task<(ClaimedSend? Send, SendOutcome? Outcome)> HandOverAsync(OpenSend row, ConnectionPace pace)
    {
        var gate = await _gates.EnterAsync(row.ConversationId, CancellationToken.None);
        try
        {
            var claim = await _store.ClaimSendAsync(row.OutboxId, _time.GetUtcNow());
            if (claim.Send is not { } send)
            {
                if (claim.HoldUntil is { } repaired)
                {
                    // The connection is broken: its whole queue waits, this row comes first again.
                    pace.Pause(repaired);
                }

                // Ended here: then the next row may be free now.
                _queue.Signal(row.ConversationId, claim.HoldUntil ?? _time.GetUtcNow());
                return default;
            }

            _faults.Reach(FaultPoint.S1SendingCommitted);
            using var handOver = new HandOver(_store, _gates, gate, send, _faults, _time);
            return (send, await CallChannelAsync(send, handOver));
        }
        finally
        {
            gate.Dispose();
        }
    }

    private async Task<SendOutcome> CallChannelAsync(ClaimedSend send, SendProgress progress)
    {
        try
        {
            return await _channel.SendAsync(send, progress, CancellationToken.None);
        }
#pragma warning disable CA1031 // A bug in a channel leaves us not knowing whether the message went out: that is exactly "ambiguous".
        catch (Exception error) when (error is not CrashException)
#pragma warning restore CA1031
        {
            LogChannelFailed(error);
            return new SendOutcome.Ambiguous("The provider's answer could not be processed.");
        }
    }

    /// <summary>The message is out: what came of it must get into the store, however long that takes; only a stop leaves it to the recovery.</summary>
    private async Task RecordAsync(ClaimedSend send, SendOutcome outcome)
    {
        var jitter = _random.NextDouble();
        while (true)
        {
            try
            {
                await _store.RecordSendAsync(send, outcome, _settings.AmbiguousWait, jitter, _time.GetUtcNow());
                return;
            }
            catch (StoreUnavailableException) when (!_stopping.IsCancellationRequested)
            {
                LogStoreUnavailable();
                await Task.Delay(StoreRetry, _time);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Sending failed in conversation {ConversationId}; it is tried again")]
    private partial void LogLaneFailed(Exception error, Guid conversationId);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} delivery statuses of the last day were about messages that are not ours and are forgotten")]
    private partial void LogStatusesForgotten(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "A channel failed while sending; the send counts as ambiguous")]
    private partial void LogChannelFailed(Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store is unavailable; sending waits")]
    private partial void LogStoreUnavailable();
}
