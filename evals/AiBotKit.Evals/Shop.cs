using AiBotKit.Assistant;
using AiBotKit.Chatbots;
using AiBotKit.Durability;
using AiBotKit.Knowledge;
using AiBotKit.Knowledge.Embedding;
using AiBotKit.Knowledge.Ranking;
using AiBotKit.Knowledge.Reading;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using AskedQuestion = AiBotKit.Assistant.Question;

namespace AiBotKit.Evals;

/// <summary>A chatbot over a folder of knowledge files, answering as the product does without a model: the same reader, index, rules and texts, with the passages kept in memory.</summary>
internal sealed class Shop
{
    private readonly Answerer _answerer;
    private readonly Chatbot _chatbot;
    private readonly ChatbotIndex _index;
    private readonly bool _careless;
    private readonly KnowledgeSearch _search;
    private readonly Dictionary<Guid, (IndexEntry Entry, string Title)> _chunks = [];

    /// <param name="folder">.txt, .md and .html files, read as the importer reads them.</param>
    /// <param name="files">The model files; none: by words alone.</param>
    /// <param name="embedder">Opened from the same files.</param>
    /// <param name="careless">Quotes whatever is above the relevance floor, as a planted fault.</param>
    public Shop(string folder, ModelFiles files, SentenceEmbedder embedder, bool careless = false)
    {
        _careless = careless;
        _search = new KnowledgeSearch(new LanguageIdentifier(files), new ChunkVectors(embedder));
        var entries = new List<IndexEntry>();
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            var (title, blocks) = DocumentReader.Read(KnowledgeFiles.FormatOf(path) ?? "txt", File.ReadAllText(path));
            var name = title ?? Path.GetFileName(path);
            var document = Guid.CreateVersion7();
            var language = _search.LanguageOf(string.Join('\n', blocks.SelectMany(b => new[] { b.Heading, b.Question, b.Text }).Where(t => t is not null).Take(20)));
            foreach (var chunk in Chunker.Cut(blocks))
            {
                var entry = _search.Read(Guid.CreateVersion7(), document, chunk.Kind, chunk.Heading, chunk.Question, chunk.Body, language);
                _chunks.Add(entry.ChunkId, (entry, name));
                entries.Add(entry with { Heading = IndexEntry.HeadingOf(name, chunk.Heading) });
            }
        }

        _index = ChatbotIndex.Build(entries);
        _chatbot = new Chatbot { Id = Guid.CreateVersion7(), AccountId = Guid.CreateVersion7(), Name = "Tidewick", CreatedAt = DateTimeOffset.UnixEpoch };
        var readiness = new KnowledgeReadiness(TimeProvider.System);
        readiness.Announce([]);
        var model = new ModelClient(new(null, null), Options.Create(new AssistantOptions()), TimeProvider.System, FaultPoints.None);
        _answerer = new Answerer(SearchAsync, (_, _, _) => Task.FromResult<Chatbot?>(_chatbot), readiness, model, TimeProvider.System, FaultPoints.None, NullLogger<Answerer>.Instance);
    }

    /// <summary>The answer to the last of these messages, each of which is answered in turn.</summary>
    public async Task<Answer> TalkAsync(IEnumerable<string> messages)
    {
        var history = new List<HistoryLine>();
        Answer? answer = null;
        foreach (var text in messages)
        {
            answer = await _answerer.AnswerAsync(new AskedQuestion(_chatbot.AccountId, _chatbot.Id, _chatbot.Id, text, [.. history.TakeLast(20)]), CancellationToken.None);
            history.Add(new(Speaker.Customer, text));
            history.Add(new(Speaker.Assistant, answer.Markdown.Replace("[[1]]", "", StringComparison.Ordinal)));
        }

        return answer ?? throw new ArgumentException("Nothing was said.", nameof(messages));
    }

    private Task<RetrievalResult> SearchAsync(Guid accountId, Guid chatbotId, string question, int limit, CancellationToken cancellationToken)
    {
        var ranking = _search.Search(_index, question, limit);
        var found = RetrievalResult.Of(ranking, [.. ranking.Chunks.Select(Passage)]);
        return Task.FromResult(_careless ? found with { Support = (_, _) => 1 } : found);
    }

    private Passage Passage(RankedChunk ranked)
    {
        var (entry, title) = _chunks[ranked.ChunkId];
        return AiBotKit.Knowledge.Passage.Of(ranked, entry.DocumentId, title, entry.Heading, entry.Kind, entry.Question, entry.Body);
    }
}
