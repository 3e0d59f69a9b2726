using AiBotKit.Knowledge.Ranking;

namespace AiBotKit.Knowledge;

/// <summary>What the knowledge of one chatbot holds on one question, best first.</summary>
/// <param name="Language">ISO 639 code of the question, or "und" when it cannot be told.</param>
/// <param name="LanguageConfidence">0..1.</param>
/// <param name="Passages">Best first, at most the asked limit; empty when nothing shares a word with the question.</param>
/// <param name="Evidence">0..1: absolute evidence of the best passage (see docs/retrieval.md); 0 without passages.</param>
/// <param name="Floor">Evidence from which the chatbot may answer (see docs/retrieval.md for how it was set).</param>
/// <param name="AboveFloor">The best passage may be quoted as the answer.</param>
/// <param name="NearFloor">Not enough to answer, but enough to offer the nearest topics.</param>
internal sealed record RetrievalResult(
    string Language,
    double LanguageConfidence,
    IReadOnlyList<Passage> Passages,
    double Evidence,
    double Floor,
    bool AboveFloor,
    bool NearFloor)
{
    /// <summary>
    /// 0..1: how much of what the question (or only this part of it) is about the passage speaks of; null when there is nothing in it to compare.
    /// Made when asked for: it may need the sentence model.
    /// </summary>
    public Func<string?, Passage, double?> Support { get; init; } = static (_, _) => 1;

    /// <summary>A chatbot without knowledge, or a question without words.</summary>
    public static RetrievalResult Nothing { get; } = new("und", 0, [], 0, 1, false, false);

    /// <summary>The best passage decides whether there is an answer.</summary>
    public static RetrievalResult Of(KnowledgeSearch.Ranking ranking, IReadOnlyList<Passage> passages)
    {
        var evidence = passages.Count == 0 ? 0 : passages[0].Evidence;
        return new(
            ranking.Language.Language, ranking.Language.Confidence, passages, evidence, ranking.Floor,
            AboveFloor: evidence >= ranking.Floor, NearFloor: evidence < ranking.Floor && evidence >= RankingRules.NearFloor)
        {
            Support = ranking.Support,
        };
    }
}
