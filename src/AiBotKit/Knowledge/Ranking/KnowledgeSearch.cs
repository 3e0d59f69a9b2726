using AiBotKit.Knowledge.Embedding;
using AiBotKit.Knowledge.Language;

namespace AiBotKit.Knowledge.Ranking;

/// <summary>From a question as typed to ranked chunks: language, typos, vector, index. The one path that the product and the evaluations share.</summary>
internal sealed class KnowledgeSearch(LanguageIdentifier languages, ChunkVectors vectors)
{
    /// <summary>How likely a question must be English before its vector is believed; other languages' vectors are noise to this model.</summary>
    private const double LeastEnglish = 0.35;

    public Ranking Search(ChatbotIndex index, string text, int limit)
    {
        var guess = languages.Identify(text, index.Language);
        var question = Question.Read(text, guess.Language);
        if (guess.Language == index.Language || guess.Confidence < 0.5)
        {
            // In another language than the knowledge's nearly every word is unknown, and would be "corrected" into nonsense.
            question = index.ReadTypos(question);
        }

        var vector = guess.English >= LeastEnglish && index.HasVectors ? vectors.OfQuestion(question.Text) : null;
        var chunks = index.Search(question, vector, limit);
        return new Ranking(guess, chunks, chunks.Count == 0 ? 0 : chunks[0].Evidence, RankingRules.Floor)
        {
            Support = (part, passage) => Support(index, part is null ? question : index.ReadTypos(Question.Read(part, guess.Language)), vector is not null, passage),
        };
    }

    /// <summary>The likeliest language of a document by its title and first paragraphs.</summary>
    public string LanguageOf(string text) => languages.Identify(text.Length > 2000 ? text[..2000] : text).Language;

    /// <summary>What <see cref="ChatbotIndex"/> needs of a chunk, with its language and vectors. One sentence alone rarely proves a language: <paramref name="expected"/> is the document's.</summary>
    public IndexEntry Read(Guid chunkId, Guid documentId, ChunkKind kind, string? heading, string? question, string body, string expected = "und")
    {
        var language = languages.Identify(question is null ? body : question + " " + body, expected).Language;
        return new IndexEntry(chunkId, documentId, kind, heading, question, body, language, language == "en" ? vectors.OfChunk(question, body) : null);
    }

    private double? Support(ChatbotIndex index, Question question, bool isEnglish, Passage passage)
    {
        var text = $"{passage.DocumentTitle}\n{passage.Heading}\n{passage.Text}";
        IReadOnlyList<string>? spelled = null;
        return SupportRules.Share(question, text, index.Weight, word => isEnglish && vectors.MeansOneOf(word.Folded, spelled ??= Spelled(text)))
            ?? (SupportRules.HoldsAll(question.Words, passage.Question ?? "") ? 1 : null);
    }

    /// <summary>The words of a text that may mean what a word of a question means.</summary>
    private static List<string> Spelled(string text) =>
        [.. Terms.Of(text).Spelled.Where(word => word.Length > 2 && !FunctionWords.Contains("en", word)).Distinct(StringComparer.Ordinal)];

    internal sealed record Ranking(LanguageGuess Language, IReadOnlyList<RankedChunk> Chunks, double Evidence, double Floor)
    {
        /// <summary>See <see cref="RetrievalResult.Support"/>.</summary>
        public required Func<string?, Passage, double?> Support { get; init; }
    }
}
