using AiBotKit.Knowledge.Language;
using AiBotKit.Knowledge.Ranking;

namespace AiBotKit.Knowledge;

/// <summary>Quotes from a passage in the owner's words; nothing is rewritten.</summary>
internal static class ExtractiveText
{
    /// <summary>
    /// The sentences of <paramref name="passage"/> that say most about <paramref name="question"/>: at most <paramref name="max"/>,
    /// together at most <paramref name="maxChars"/> characters (a single longer sentence is cut at a word and ends with "…"), in the order of the text.
    /// For a pair use <see cref="Passage.AnswerText"/> instead.
    /// </summary>
    /// <param name="emphasis">The part of the question that weighs double, such as the follow-up itself; null for none.</param>
    public static IReadOnlyList<string> BestSentences(string question, Passage passage, int max, int maxChars, string? emphasis = null)
    {
        var sentences = Sentences.Split(passage.AnswerText ?? passage.Text);
        if (sentences.Count == 0 || max < 1)
        {
            return [];
        }

        var asked = Question.Read(question, "en");
        var terms = sentences.Select(s => Terms.Of(s)).Select(t => (Words: t.Words.ToHashSet(), Grams: t.Grams.ToHashSet())).ToList();
        var more = emphasis is null ? [] : Question.Read(emphasis, "en").Words;
        var scores = terms.Select(sentence => asked.Words.Concat(more).Sum(word => Weigh(word, sentence.Words, sentence.Grams, terms.Count, terms))).ToList();
        if (NumberQuestions.IsOne(question))
        {
            // What is asked for is a number: a sentence that has one counts as if it held one more word that only few have.
            var bonus = RankingRules.Idf(sentences.Count, sentences.Count / 2, 0.01);
            scores = [.. scores.Select((score, i) => sentences[i].Any(char.IsDigit) ? score + bonus : score)];
        }

        var order = Enumerable.Range(0, sentences.Count).OrderByDescending(i => scores[i]).ThenBy(i => i).ToList();
        if (sentences[order[0]].Length > maxChars)
        {
            return [Cut(sentences[order[0]], maxChars)];
        }

        var chosen = new List<int>();
        var length = 0;
        foreach (var i in order.Take(max))
        {
            if (length + sentences[i].Length + 1 <= maxChars && (chosen.Count == 0 || scores[i] > 0))
            {
                chosen.Add(i);
                length += sentences[i].Length + 1;
            }
        }

        return [.. chosen.Order().Select(i => sentences[i])];
    }

    private static double Weigh(Question.Word word, HashSet<ulong> words, HashSet<ulong> grams, int count, List<(HashSet<ulong> Words, HashSet<ulong> Grams)> all)
    {
        var holding = all.Count(sentence => word.Keys.Any(sentence.Words.Contains));
        var idf = RankingRules.Idf(count, holding, word.Commonness);
        var exact = word.Keys.Count(words.Contains) / (double)Math.Max(1, word.Keys.Count);
        var similar = word.Grams.Count(grams.Contains) / (double)Math.Max(1, word.Grams.Count);
        return idf * (exact + similar) / 2;
    }

    private static string Cut(string sentence, int maxChars)
    {
        var end = sentence.LastIndexOf(' ', Math.Max(0, maxChars - 2));
        return sentence[..(end > maxChars / 2 ? end : Math.Max(0, maxChars - 1))] + "…";
    }
}
