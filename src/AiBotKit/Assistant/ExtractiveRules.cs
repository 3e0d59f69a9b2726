using AiBotKit.Knowledge;

namespace AiBotKit.Assistant;

/// <summary>Answers in the owner's own words: a stored answer as written, or the best sentences of one passage with its source.</summary>
internal static class ExtractiveRules
{
    private const int MaxQuote = 400;

    /// <summary>Text ending with its citation mark and, for running text, a source line; null when the passage yields nothing.</summary>
    public static string? Text(string question, Passage passage, string sourceWord, string? followUp = null)
    {
        if (passage.AnswerText is { Length: > 0 } answer)
        {
            return answer.Trim() + "[[1]]";
        }

        var sentences = ExtractiveText.BestSentences(question, passage, 2, 350, followUp);
        return sentences.Count == 0 ? null : $"{Join(sentences)}[[1]]\n\n_{sourceWord}: {passage.DocumentTitle}_";
    }

    /// <summary>A heading or list item, which ends without a stop, stays a line of its own.</summary>
    private static string Join(IReadOnlyList<string> sentences) =>
        sentences.Aggregate((before, sentence) => before + (char.IsLetterOrDigit(before[^1]) ? '\n' : ' ') + sentence);

    public static Citation Cite(int number, Passage passage) =>
        new(number, passage.ChunkId, passage.DocumentId, passage.DocumentTitle, TextRules.Cut(passage.Text, MaxQuote), passage.Evidence);
}
