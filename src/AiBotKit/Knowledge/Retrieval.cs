using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using AiBotKit.Knowledge.Ranking;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Knowledge;

/// <summary>Finds what a chatbot's knowledge holds on a question.</summary>
internal sealed class Retrieval(ReadDb reads, KnowledgeSearch search) : IDisposable
{
    private readonly ConcurrentDictionary<(Guid Account, Guid Chatbot), ChatbotIndex> _indexes = new();
    private readonly ConcurrentDictionary<(Guid Account, Guid Chatbot), int> _versions = new();
    private readonly SemaphoreSlim _reading = new(1);
    private readonly Lock _changing = new();

    /// <summary>
    /// The <paramref name="limit"/> best passages of this chatbot only: filtered by account and chatbot before anything is ranked.
    /// The first question to a chatbot since the process started, or since its knowledge changed, waits for its index to be read.
    /// </summary>
    public async Task<RetrievalResult> SearchAsync(Guid accountId, Guid chatbotId, string question, int limit, CancellationToken cancellationToken)
    {
        var index = await IndexAsync(accountId, chatbotId, cancellationToken);
        var ranking = search.Search(index, question, limit);
        var ids = ranking.Chunks.Select(c => c.ChunkId).ToList();
        await using var db = reads.Open();
        // By key and account: with the chatbot among the conditions SQLite reads all of its chunks (70 ms with 100,000). The ids are of its index.
        var texts = await db.Set<Chunk>().Where(c => c.AccountId == accountId && ids.Contains(c.Id))
            .Join(db.Set<Document>(), c => c.DocumentId, d => d.Id, (c, d) => new { c.Id, c.ChatbotId, c.DocumentId, d.Title, c.Heading, c.Kind, c.Question, c.Body })
            .ToDictionaryAsync(c => c.Id, cancellationToken);
        var passages = new List<Passage>(ids.Count);
        foreach (var ranked in ranking.Chunks)
        {
            // A chunk that was removed since the index was read is no longer the owner's word.
            if (texts.TryGetValue(ranked.ChunkId, out var text) && text.ChatbotId == chatbotId)
            {
                passages.Add(Passage.Of(ranked, text.DocumentId, text.Title, text.Heading, text.Kind, text.Question, text.Body));
            }
        }

        return RetrievalResult.Of(ranking, passages);
    }

    /// <summary>Reads the chatbot's index into memory, so that the first question does not wait for it.</summary>
    public async Task WarmAsync(Guid accountId, Guid chatbotId, CancellationToken cancellationToken) => await IndexAsync(accountId, chatbotId, cancellationToken);

    /// <summary>
    /// After a committed change, in the order of the commits: these documents are gone or replaced, these chunks are new. Running searches keep
    /// the index they began with; an index that nobody has asked for yet is not read.
    /// </summary>
    public void Apply(Guid accountId, Guid chatbotId, IReadOnlySet<Guid> removedDocuments, IReadOnlyList<IndexEntry> added)
    {
        var key = (accountId, chatbotId);
        lock (_changing)
        {
            _versions.AddOrUpdate(key, 1, (_, version) => version + 1);
            if (_indexes.TryGetValue(key, out var index))
            {
                index = index.With(removedDocuments, added);
                if (index.IsFragmented)
                {
                    _indexes.TryRemove(key, out _);
                }
                else
                {
                    _indexes[key] = index;
                }
            }
        }
    }

    private async Task<ChatbotIndex> IndexAsync(Guid accountId, Guid chatbotId, CancellationToken cancellationToken)
    {
        var key = (accountId, chatbotId);
        if (_indexes.TryGetValue(key, out var index))
        {
            return index;
        }

        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_indexes.TryGetValue(key, out index))
            {
                return index;
            }

            var version = _versions.GetValueOrDefault(key);
            index = await ReadAsync(accountId, chatbotId, cancellationToken);
            lock (_changing)
            {
                if (_versions.GetValueOrDefault(key) == version)
                {
                    // Not kept when the knowledge changed meanwhile: the next question reads it again.
                    _indexes[key] = index;
                }
            }

            return index;
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    private async Task<ChatbotIndex> ReadAsync(Guid accountId, Guid chatbotId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var entries = new List<IndexEntry>();
        var chunks = db.Set<Chunk>().Where(c => c.AccountId == accountId && c.ChatbotId == chatbotId)
            .Join(db.Set<Document>(), c => c.DocumentId, d => d.Id, (c, d) => new { Chunk = c, d.Title });
        await foreach (var row in chunks.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            var chunk = row.Chunk;
            entries.Add(new IndexEntry(
                chunk.Id, chunk.DocumentId, chunk.Kind, IndexEntry.HeadingOf(row.Title, chunk.Heading), chunk.Question, chunk.Body, chunk.Language,
                chunk.Vectors is null ? null : MemoryMarshal.Cast<byte, sbyte>(chunk.Vectors).ToArray()));
        }

        return ChatbotIndex.Build(entries);
    }
}
