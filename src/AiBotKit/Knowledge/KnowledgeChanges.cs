namespace AiBotKit.Knowledge;

/// <summary>One change of the knowledge at a time, so that commits and changes of the index in memory happen in the same order.</summary>
internal sealed class KnowledgeChanges : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Held until disposed.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        return new Turn(_one);
    }

    public void Dispose() => _one.Dispose();

    private sealed class Turn(SemaphoreSlim one) : IDisposable
    {
        private SemaphoreSlim? _one = one;

        public void Dispose() => Interlocked.Exchange(ref _one, null)?.Release();
    }
}
