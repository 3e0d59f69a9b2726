using AiBotKit.Knowledge.Language;

namespace AiBotKit.Knowledge.Ranking;

/// <summary>
/// How much of what a question is about a text speaks of. Evidence tells the topic; this tells "Do you sell tea?" from "Do you sell coffee?"
/// when the topic is the same.
/// </summary>
internal static class SupportRules
{
    /// <summary>Share from which a text may be quoted as an answer.</summary>
    public const double Least = 0.5;

    /// <summary>The same for an answer that begins with yes or no: it must not be said to a question that was not asked.</summary>
    public const double LeastForYesOrNo = 0.7;

    /// <summary>From this similarity on the whole question says the same as the text, in whatever words.</summary>
    public const double SameMeaning = 0.8;

    /// <summary>From here on a word says how something is asked, not what.</summary>
    private const double Common = 0.3;

    /// <summary>
    /// 0..1: the weight of the question's content words that the text holds, as a share of the weight of all of them. Null: it has no content word.
    /// 1 where words are not separated by spaces: there it cannot be told what is a word.
    /// </summary>
    /// <param name="weigh">What a word of the question weighs (its idf).</param>
    /// <param name="isMeant">True when the text says this word in another one of the same meaning; asked only when the words as written are too few.</param>
    public static double? Share(Question question, string text, Func<Question.Word, double> weigh, Func<Question.Word, bool> isMeant)
    {
        if (question.Words.Any(word => Script.IsSpaceless(word.Folded[0])))
        {
            return 1;
        }

        // "How long?" and "the price" are answered by a number, and are no subject of their own.
        var answered = text.Any(char.IsDigit) ? NumberQuestions.WordsOf(question.Text) : [];
        var content = question.Words.Where(word => word.Commonness < Common && !answered.Contains(word.Folded)).ToList();
        if (content.Count == 0)
        {
            return null;
        }

        var terms = Terms.Of(text);
        var held = terms.Words.ToHashSet();
        var grams = terms.Grams.ToHashSet();
        var parts = content.Select(word => (Word: word, Weight: weigh(word), Held: HeldShare(word, held, grams))).ToList();
        var all = parts.Sum(part => part.Weight);
        var covered = parts.Sum(part => part.Weight * part.Held);
        foreach (var part in parts.Where(part => part.Held < 1))
        {
            if (covered < LeastForYesOrNo * all && isMeant(part.Word))
            {
                covered += part.Weight * (1 - part.Held);
            }
        }

        return all == 0 ? null : covered / all;
    }

    /// <summary>True when the text holds every one of the words, common ones too.</summary>
    public static bool HoldsAll(IReadOnlyList<Question.Word> words, string text)
    {
        var held = Terms.Of(text).Words.ToHashSet();
        return words.Count > 0 && words.All(word => word.Keys.All(held.Contains));
    }

    private static double HeldShare(Question.Word word, HashSet<ulong> words, HashSet<ulong> grams) =>
        word.Keys.Any(words.Contains) ? 1 : word.Grams.Count(grams.Contains) / (double)Math.Max(1, word.Grams.Count);
}
