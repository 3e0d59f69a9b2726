using AiBotKit.Knowledge.Language;

namespace AiBotKit.Knowledge.Ranking;

/// <summary>A question as the index reads it: each distinct term once, with how common it is in the language at large.</summary>
internal sealed record Question(string Text, string Language, IReadOnlyList<Question.Word> Words)
{
    /// <summary>Longer questions are read up to here; a customer's message can be 4,096 characters.</summary>
    private const int MaxWords = 64;

    public static Question Read(string text, string language)
    {
        var folded = TextFolding.Fold(text);
        var words = new List<Word>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var range in folded.AsSpan().Split(' '))
        {
            var token = folded[range];
            if (token.Length > 0 && seen.Add(token) && words.Count < MaxWords)
            {
                words.Add(WordOf(token, language));
            }
        }

        return new Question(text, language, words);
    }

    public static Word WordOf(string folded, string language)
    {
        var terms = Terms.Of(folded);
        return new Word(folded, [.. terms.Words.Distinct()], [.. terms.Grams.Distinct()], RankingRules.Commonness(language, folded));
    }

    /// <summary>A run of the question between spaces.</summary>
    /// <param name="Folded">Its folded form.</param>
    /// <param name="Keys">Its word keys: one, or one per character pair.</param>
    /// <param name="Grams">Its character n-grams.</param>
    /// <param name="Commonness">0..1: share of texts of the language that hold it, as far as that can be told without a corpus.</param>
    /// <param name="Trust">1 as written; less when the word was read as a typo of a known one.</param>
    internal sealed record Word(string Folded, IReadOnlyList<ulong> Keys, IReadOnlyList<ulong> Grams, double Commonness, double Trust = 1);
}
