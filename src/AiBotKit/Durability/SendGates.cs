namespace AiBotKit.Durability;

/// <summary>
/// One gate per conversation. An AI send holds it from its conditional commit to its last body byte; a human act holds it over its own
/// commit. So after the act has been answered no AI byte begins (I5).
/// </summary>
internal sealed class SendGates
{
    private readonly Dictionary<Guid, Gate> _gates = [];

    /// <summary>Waits for the gate; dispose what is returned to leave it.</summary>
    public async Task<IDisposable> EnterAsync(Guid conversationId, CancellationToken cancellationToken)
    {
        Gate gate;
        lock (_gates)
        {
            if (!_gates.TryGetValue(conversationId, out gate!))
            {
                gate = new Gate(this, conversationId);
                _gates.Add(conversationId, gate);
            }

            gate.Users++;
        }

        try
        {
            await gate.Semaphore.WaitAsync(cancellationToken);
            return new Entry(gate);
        }
        catch (OperationCanceledException)
        {
            gate.Leave();
            throw;
        }
    }

    /// <summary>Waits until every send that holds a gate now has left it: for an act over many conversations, after its commit.</summary>
    public async Task PassAllAsync(CancellationToken cancellationToken)
    {
        Guid[] held;
        lock (_gates)
        {
            held = [.. _gates.Keys];
        }

        foreach (var conversation in held)
        {
            (await EnterAsync(conversation, cancellationToken)).Dispose();
        }
    }

    private sealed class Gate(SendGates owner, Guid conversationId)
    {
        public SemaphoreSlim Semaphore { get; } = new(1, 1);

        public int Users { get; set; }

        public void Leave()
        {
            lock (owner._gates)
            {
                if (--Users == 0)
                {
                    owner._gates.Remove(conversationId);
                    Semaphore.Dispose();
                }
            }
        }
    }

    private sealed class Entry(Gate gate) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                gate.Semaphore.Release();
                gate.Leave();
            }
        }
    }
}
