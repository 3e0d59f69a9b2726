using AiBotKit.Knowledge.Language;

namespace AiBotKit.Knowledge.Ranking;

/// <summary>
/// The arithmetic of retrieval. Every score is a share of what the question could have scored, never a z-score: it means the same with
/// one chunk as with 100,000. docs/retrieval.md tells how each number was found.
/// </summary>
internal static class RankingRules
{
    /// <summary>A question weighs this many times its answer when a pair is found by words.</summary>
    public const int QuestionWeight = 3;

    /// <summary>Share of the vector in the score of a pair: its question and the customer's are the same kind of sentence.</summary>
    public const double PairCosineShare = 0.8;

    /// <summary>Share of the vector in the score of running text.</summary>
    public const double PassageCosineShare = 0.5;

    /// <summary>Texts of an imagined collection beside the chatbot's own, so that the idf of a word exists before there are texts.</summary>
    private const double BackgroundRows = 40;

    /// <summary>Inverse document frequency over the chatbot's rows and the imagined ones.</summary>
    public static double Idf(int rows, int rowsWithTerm, double commonness)
    {
        var all = rows + BackgroundRows;
        var with = rowsWithTerm + (BackgroundRows * commonness);
        return Math.Log(1 + ((all - with + 0.5) / (with + 0.5)));
    }

    /// <summary>How common a word is in its language: a function word, or by its length (short words are common in every language with spaces).</summary>
    public static double Commonness(string language, string folded)
    {
        if (FunctionWords.Contains(language, folded))
        {
            return 0.6;
        }

        if (Script.IsSpaceless(folded[0]) || char.IsDigit(folded[0]))
        {
            return 0.01;
        }

        return folded.Length switch
        {
            1 => 0.4,
            2 => FunctionWords.Knows(language) ? 0.1 : 0.3,
            3 => FunctionWords.Knows(language) ? 0.03 : 0.15,
            4 => FunctionWords.Knows(language) ? 0.01 : 0.05,
            _ => 0.01,
        };
    }

    /// <summary>The order of passages: lexical share and cosine in the proportion that suits the kind of chunk.</summary>
    public static double Score(ChunkKind kind, double lexical, double? cosine)
    {
        if (cosine is not { } value)
        {
            return lexical;
        }

        var share = kind == ChunkKind.QuestionAnswer ? PairCosineShare : PassageCosineShare;
        return ((1 - share) * lexical) + (share * value);
    }

    /// <summary>
    /// 0..1: how likely the chunk speaks of what was asked. A logistic curve over lexical share and cosine; its middle lies where about
    /// one question in twenty without an answer in the knowledge would pass (measured with the gold article removed).
    /// </summary>
    public static double Evidence(ChunkKind kind, double lexical, double? cosine)
    {
        if (cosine is not { } value)
        {
            return Logistic(lexical, 0.27);
        }

        return kind == ChunkKind.QuestionAnswer
            ? Logistic(((2 * lexical) + (4 * value)) / 6, 0.52)
            : Logistic(((2 * lexical) + (1.25 * value)) / 3.25, 0.31);
    }

    /// <summary>Evidence from which the best passage may be quoted; the same for every chatbot, since evidence is absolute.</summary>
    public const double Floor = 0.5;

    /// <summary>Evidence from which the nearest topics are worth offering.</summary>
    public const double NearFloor = 0.15;

    private static double Logistic(double value, double middle) => 1 / (1 + Math.Exp(-18 * (value - middle)));
}
