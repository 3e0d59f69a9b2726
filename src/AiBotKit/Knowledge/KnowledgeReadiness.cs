using System.Collections.Concurrent;

namespace AiBotKit.Knowledge;

/// <summary>
/// Tells whether the first import of a chatbot's knowledge has ended since the process started. A turn waits for it
/// instead of saying that it does not know.
/// </summary>
internal sealed class KnowledgeReadiness(TimeProvider time)
{
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _importing = new();
    private readonly TaskCompletionSource _announced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True when a question to this chatbot would be answered from everything it has been given.</summary>
    public bool IsReady(Guid chatbotId) =>
        _announced.Task.IsCompleted && (!_importing.TryGetValue(chatbotId, out var import) || import.Task.IsCompleted);

    /// <summary>
    /// Returns when the first import of the chatbot has ended, successfully or not, or after <paramref name="cap"/> (60 s for a turn).
    /// At once when nothing is to be imported for it.
    /// </summary>
    public async Task WaitAsync(Guid chatbotId, TimeSpan cap, CancellationToken cancellationToken)
    {
        try
        {
            await WhenImportedAsync(chatbotId).WaitAsync(cap, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The cap: a late answer is worse than one from the part that is imported.
        }
    }

    /// <summary>The importer knows which chatbots it will import for; every other one is ready.</summary>
    public void Announce(IEnumerable<Guid> chatbotIds)
    {
        foreach (var id in chatbotIds)
        {
            _importing.TryAdd(id, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        _announced.TrySetResult();
    }

    /// <summary>The first import of this chatbot has ended.</summary>
    public void MarkImported(Guid chatbotId)
    {
        if (_importing.TryGetValue(chatbotId, out var import))
        {
            import.TrySetResult();
        }
    }

    private async Task WhenImportedAsync(Guid chatbotId)
    {
        await _announced.Task;
        if (_importing.TryGetValue(chatbotId, out var import))
        {
            await import.Task;
        }
    }
}
