using AiBotKit.Knowledge.Embedding;

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
        return new Ranking(guess, chunks, chunks.Count == 0 ? 0 : chunks[0].Evidence, RankingRules.Floor);
    }

    /// <summary>The likeliest language of a document by its title and first paragraphs.</summary>
    public string LanguageOf(string text) => languages.Identify(text.Length > 2000 ? text[..2000] : text).Language;

    /// <summary>What <see cref="ChatbotIndex"/> needs of a chunk, with its language and vectors. One sentence alone rarely proves a language: <paramref name="expected"/> is the document's.</summary>
    public IndexEntry Read(Guid chunkId, Guid documentId, ChunkKind kind, string? heading, string? question, string body, string expected = "und")
    {
        var language = languages.Identify(question is null ? body : question + " " + body, expected).Language;
        return new IndexEntry(chunkId, documentId, kind, heading, question, body, language, language == "en" ? vectors.OfChunk(question, body) : null);
    }

    internal sealed record Ranking(LanguageGuess Language, IReadOnlyList<RankedChunk> Chunks, double Evidence, double Floor);
}
