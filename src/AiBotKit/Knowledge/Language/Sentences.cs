namespace AiBotKit.Knowledge.Language;

/// <summary>Cuts text into sentences at stops of every script; list items and lines of their own are sentences too.</summary>
internal static class Sentences
{
    private static readonly HashSet<string> Abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        "mr", "mrs", "ms", "dr", "prof", "st", "no", "nr", "vs", "etc", "e.g", "i.e", "eg", "ie", "inc", "ltd", "co", "jr", "sr", "approx", "dept", "tel", "fig", "sra", "srta", "av", "núm", "z.b", "bzw", "ca", "str", "p.ej", "ud", "uds", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    };

    public static IReadOnlyList<string> Split(string text)
    {
        var sentences = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (!EndsSentence(text, start, i))
            {
                continue;
            }

            var end = i + 1;
            while (end < text.Length && text[end] is '"' or '\'' or '”' or '’' or ')' or ']' or '»' or '.' or '!' or '?')
            {
                end++;
            }

            Take(end);
            i = end - 1;
        }

        Take(text.Length);
        return sentences;

        void Take(int end)
        {
            var sentence = text[start..end].Trim();
            if (sentence.Length > 0)
            {
                sentences.Add(sentence);
            }

            start = end;
        }
    }

    private static bool EndsSentence(string text, int start, int at)
    {
        switch (text[at])
        {
            case '\n':
                return true;
            case '。' or '！' or '？' or '।' or '॥' or '؟' or '۔' or '…':
                return true;
            case '!' or '?':
                return at + 1 >= text.Length || !char.IsLetterOrDigit(text[at + 1]);
            case '.':
                return IsFullStop(text, start, at);
            default:
                return false;
        }
    }

    private static bool IsFullStop(string text, int start, int at)
    {
        if (at + 1 < text.Length && !char.IsWhiteSpace(text[at + 1]) && text[at + 1] is not ('"' or '”' or '’' or ')' or '»' or '['))
        {
            return false;
        }

        var wordStart = at;
        while (wordStart > start && !char.IsWhiteSpace(text[wordStart - 1]) && text[wordStart - 1] != '(')
        {
            wordStart--;
        }

        var word = text[wordStart..at];
        if (Abbreviations.Contains(word) || (word.Length == 1 && char.IsUpper(word[0])))
        {
            return false;
        }

        // "3. Choose a size" is a list number; "in 1998. Then" is an end.
        if (word.Length is > 0 and <= 2 && word.All(char.IsDigit) && wordStart == start + CountLeadingSpaces(text, start))
        {
            return false;
        }

        var next = at + 1;
        while (next < text.Length && (char.IsWhiteSpace(text[next]) || text[next] is '"' or '“' or '(' or '«' or '”' or ')' or '»'))
        {
            next++;
        }

        return next >= text.Length || !char.IsLower(text[next]);
    }

    private static int CountLeadingSpaces(string text, int start)
    {
        var count = 0;
        while (start + count < text.Length && char.IsWhiteSpace(text[start + count]))
        {
            count++;
        }

        return count;
    }
}
