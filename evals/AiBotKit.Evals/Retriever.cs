using AiBotKit.Knowledge;
using AiBotKit.Knowledge.Embedding;
using AiBotKit.Knowledge.Ranking;

namespace AiBotKit.Evals;

/// <summary>What is evaluated: the product's search, or a bad one that must fail.</summary>
internal interface IRetriever
{
    /// <summary>Ranked document ids and the evidence of the first.</summary>
    (IReadOnlyList<string> Ranked, double Evidence) Search(string question, int limit, string? withoutArticle);
}

/// <summary>The product's own index and search over one set: each document is one chunk, as the importer would store it.</summary>
internal sealed class ProductRetriever : IRetriever
{
    private readonly KnowledgeSearch _search;
    private readonly Dictionary<Guid, EvalSet.Document> _documents = [];
    private readonly List<(IndexEntry Entry, string Article)> _entries = [];
    private readonly Dictionary<string, ChatbotIndex> _indexes = [];

    public ProductRetriever(EvalSet set, ModelFiles files, SentenceEmbedder embedder)
    {
        _search = new KnowledgeSearch(new LanguageIdentifier(files), new ChunkVectors(embedder));
        foreach (var document in set.Documents)
        {
            var id = Guid.CreateVersion7();
            _documents.Add(id, document);
            // A titled document of StackFAQ is a question with its answer; the other sets are running text without headings.
            var isPair = set.Name == "stackfaq";
            _entries.Add((_search.Read(id, id, isPair ? ChunkKind.QuestionAnswer : ChunkKind.Passage, isPair ? null : document.Title, isPair ? document.Title : null, document.Text), document.Article));
        }
    }

    public (IReadOnlyList<string> Ranked, double Evidence) Search(string question, int limit, string? withoutArticle)
    {
        var key = withoutArticle ?? "";
        if (!_indexes.TryGetValue(key, out var index))
        {
            index = ChatbotIndex.Build([.. _entries.Where(e => e.Article != withoutArticle).Select(e => e.Entry)]);
            _indexes[key] = index;
        }

        var ranking = _search.Search(index, question, limit);
        return ([.. ranking.Chunks.Select(c => _documents[c.ChunkId].Id)], ranking.Evidence);
    }
}

/// <summary>Returns the documents in the order of a hash: what the floors must refuse.</summary>
internal sealed class BadRetriever(EvalSet set) : IRetriever
{
    public (IReadOnlyList<string> Ranked, double Evidence) Search(string question, int limit, string? withoutArticle)
    {
        var seed = question.Aggregate(17u, (hash, c) => (hash * 31) + c);
        var ranked = set.Documents.Where(d => d.Article != withoutArticle)
            .OrderBy(d => d.Id.Aggregate(seed, (hash, c) => (hash ^ c) * 16777619)).Select(d => d.Id).Take(limit).ToList();
        return (ranked, seed % 100 / 100.0);
    }
}
