namespace AiBotKit.Assistant;

/// <summary>Completes "and on Sundays?" with what the customer had asked before.</summary>
internal static class FollowUpRules
{
    private const int MaxWords = 7;

    /// <summary>"On Sundays?" after the opening hours: so short a message is taken for a follow-up when it is not answered by itself.</summary>
    private const int MaxFragment = 4;

    private static readonly HashSet<string> Openers = new(StringComparer.OrdinalIgnoreCase)
    {
        "and", "but", "or", "also", "what about", "how about", "y", "pero", "o", "e", "mas", "ma", "et", "mais", "und", "aber", "oder", "और", "و", "لكن",
    };

    private static readonly HashSet<string> References = new(StringComparer.OrdinalIgnoreCase)
    {
        "it", "that", "this", "they", "them", "those", "these", "one", "there", "eso", "esto", "ese", "esa", "ellos", "lo", "ça", "cela", "il", "ils", "elle",
        "das", "es", "davon", "dafür", "sie", "isso", "isto", "ele", "ela", "questo", "quello", "यह", "वह", "इसे", "उसका", "هذا", "هذه", "ذلك",
    };

    private static readonly HashSet<string> Bare = new(StringComparer.OrdinalIgnoreCase)
    {
        "how much", "how long", "how", "why", "when", "where", "what time", "cuánto", "cuánto cuesta", "cuanto cuesta", "por qué", "cuándo", "dónde",
        "combien", "pourquoi", "quand", "wie viel", "warum", "wann", "wo", "quanto", "quanto custa", "quando", "onde", "quanto costa", "perché", "dove", "कितना", "क्यों", "كم", "لماذا", "متى",
    };

    /// <summary>The earlier question and this one together, or null when this one stands by itself.</summary>
    /// <param name="isKnown">True when the knowledge answers the text by itself.</param>
    public static string? Complete(string text, IReadOnlyList<HistoryLine> history, bool isKnown)
    {
        if (!LeansOnEarlier(text) && (isKnown || TextRules.Words(text).Count is 0 or > MaxFragment))
        {
            return null;
        }

        for (var i = history.Count - 1; i >= 0; i--)
        {
            if (history[i].Speaker != Speaker.Customer || SmallTalkRules.Classify(history[i].Text) is not null)
            {
                continue;
            }

            var earlier = TopicRules.Pick(history[i].Text, [.. history.Take(i)]) ?? history[i].Text;
            if (!LeansOnEarlier(earlier))
            {
                return $"{earlier.Trim()} {text.Trim()}";
            }
        }

        return null;
    }

    /// <summary>Short, and it begins with "and", refers to something by a pronoun, or is a bare question word.</summary>
    public static bool LeansOnEarlier(string text)
    {
        var words = TextRules.Words(text);
        if (words.Count is 0 or > MaxWords)
        {
            return false;
        }

        return Openers.Contains(words[0]) || (words.Count > 1 && Openers.Contains($"{words[0]} {words[1]}"))
            || Bare.Contains(string.Join(' ', words)) || words.Any(References.Contains);
    }
}
