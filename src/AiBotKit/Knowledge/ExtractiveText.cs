namespace AiBotKit.Knowledge;

/// <summary>Quotes from a passage in the owner's words; nothing is rewritten.</summary>
internal static class ExtractiveText
{
    /// <summary>
    /// The sentences of <paramref name="passage"/> that say most about <paramref name="question"/>: at most <paramref name="max"/>,
    /// together at most <paramref name="maxChars"/> characters (a single longer sentence is cut at a word and ends with "…"), in the order of the text.
    /// For a pair use <see cref="Passage.AnswerText"/> instead.
    /// </summary>
    public static IReadOnlyList<string> BestSentences(string question, Passage passage, int max, int maxChars) => [];
}
