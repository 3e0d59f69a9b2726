using AiBotKit.Knowledge;
using AiBotKit.Knowledge.Language;
using AiBotKit.Knowledge.Ranking;

namespace AiBotKit.Assistant;

/// <summary>What the knowledge holds on one reading of a message, and what of it may be quoted as the answer.</summary>
internal sealed record Finding(RetrievalResult Found, string Searched)
{
    private static readonly HashSet<string> YesOrNo = new(
        "yes no yep nope sure certainly sí si no claro sim não oui non ja nein sì نعم لا أجل हाँ हां नहीं जी да нет evet hayır tak nie".Split(' '), StringComparer.OrdinalIgnoreCase);

    /// <summary>The follow-up itself, of a reading that puts the earlier question before it: the earlier question's words prove nothing about it.</summary>
    public string? Own { get; init; }

    /// <summary>The earlier question and the follow-up together, in both readings of a follow-up; null for a message that stands by itself.</summary>
    public string? FollowUpTo { get; init; }

    /// <summary>The customer chose the passage from a list: it is the answer, whatever the words.</summary>
    public bool IsPicked { get; init; }

    /// <summary>The best passage above the floor that speaks of what was asked; null when none does. A model needs no such rule: it reads the passages and says so when they do not answer.</summary>
    public Passage? Quotable => IsPicked ? Found.Passages[0] : Found.AboveFloor ? Found.Passages.FirstOrDefault(p => p.Evidence >= Found.Floor && Speaks(p)) : null;

    /// <summary>The passage in the owner's words, with its source.</summary>
    public string? Quote(Passage passage, string sourceWord) => ExtractiveRules.Text(FollowUpTo ?? Searched, passage, sourceWord, Own ?? (FollowUpTo is null ? null : Searched));

    private bool Speaks(Passage passage)
    {
        var least = passage.AnswerText is { } answer && TextRules.Words(answer).FirstOrDefault() is { } first && YesOrNo.Contains(first) ? SupportRules.LeastForYesOrNo : SupportRules.Least;
        if (Own is null)
        {
            return passage.Cosine >= SupportRules.SameMeaning || Found.Support(null, passage) >= least;
        }

        // "How much?" has no word of its own; what it asks for is a number.
        return Found.Support(Own, passage) is { } share
            ? share >= least
            : !NumberQuestions.IsOne(Own) || (passage.AnswerText ?? passage.Text).Any(char.IsDigit);
    }
}
