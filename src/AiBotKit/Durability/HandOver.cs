namespace AiBotKit.Durability;

/// <summary>
/// Holds a conversation's send gate from the claim to the last body byte, for two seconds at most without progress. When the gate was lost
/// before the first byte (a slow connection), it is taken again and the claim's conditions are read again: a human act that came between
/// has been answered, and no byte may begin after it (I5).
/// </summary>
internal sealed class HandOver : SendProgress, IDisposable
{
    private static readonly TimeSpan Cap = TimeSpan.FromSeconds(2);

    private readonly IMessageStore _store;
    private readonly SendGates _gates;
    private readonly ClaimedSend _send;
    private readonly FaultPoints _faults;
    private readonly ITimer _cap;
    private readonly Lock _lock = new();
    private IDisposable? _gate;

    public HandOver(IMessageStore store, SendGates gates, IDisposable gate, ClaimedSend send, FaultPoints faults, TimeProvider time)
    {
        (_store, _gates, _gate, _send, _faults) = (store, gates, gate, send, faults);
        _cap = time.CreateTimer(static me => ((HandOver)me!).Release(), this, Cap, Timeout.InfiniteTimeSpan);
    }

    public override async Task<bool> BeginAsync()
    {
        _faults.Reach(FaultPoint.S2Connected);
        if (Hold())
        {
            return true;
        }

        var gate = await _gates.EnterAsync(_send.ConversationId, CancellationToken.None);
        if (!_store.MayStillBegin(_send.OutboxId))
        {
            gate.Dispose();
            return false;
        }

        Hold(gate);
        return true;
    }

    public override void HeadersSent() => _faults.Reach(FaultPoint.S3HeadersSent);

    public override void BodyWritten()
    {
        Release();
        _faults.Reach(FaultPoint.S4BodySent);
    }

    public override void Answered() => _faults.Reach(FaultPoint.S5Accepted);

    public void Dispose()
    {
        _cap.Dispose();
        Release();
    }

    /// <summary>False when the gate is no longer held; else it is held anew from now, or by <paramref name="gate"/>.</summary>
    private bool Hold(IDisposable? gate = null)
    {
        lock (_lock)
        {
            _gate ??= gate;
            _cap.Change(Cap, Timeout.InfiniteTimeSpan);
            return _gate is not null;
        }
    }

    private void Release()
    {
        IDisposable? gate;
        lock (_lock)
        {
            (gate, _gate) = (_gate, null);
        }

        gate?.Dispose();
    }
}
