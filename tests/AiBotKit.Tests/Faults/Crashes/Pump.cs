namespace AiBotKit.Tests.Faults.Crashes;

/// <summary>
/// Runs all product code of the simulation on one thread, one continuation at a time, in an order the seed decides. Dropping the pump is
/// the death of the process: what has not run never runs.
/// </summary>
internal sealed class Pump(Random random) : SynchronizationContext
{
    private readonly List<(SendOrPostCallback Callback, object? State)> _waiting = [];

    public int Waiting => _waiting.Count;

    public override void Post(SendOrPostCallback d, object? state) => _waiting.Add((d, state));

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing may block in the simulation.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs one waiting continuation; false when there is none. Mostly the oldest, sometimes another: that is the interleaving.</summary>
    public bool RunOne()
    {
        if (_waiting.Count == 0)
        {
            return false;
        }

        var index = random.Next(4) == 0 ? random.Next(_waiting.Count) : 0;
        var (callback, state) = _waiting[index];
        _waiting.RemoveAt(index);
        callback(state);
        return true;
    }
}
