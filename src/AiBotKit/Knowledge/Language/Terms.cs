using System.Text.RegularExpressions;

namespace AiBotKit.Knowledge.Language;

/// <summary>
/// What a text is indexed by. <see cref="Words"/>: folded words cut to five letters (a stemmer for every language with endings),
/// character pairs where words are not separated. <see cref="Grams"/>: character 4-grams that do not cross word borders, which
/// forgive typos, compounds and endings. Both are 64-bit keys; order and repetitions are kept.
/// </summary>
internal sealed partial class Terms
{
    /// <summary>Letters of a word that count. Five was best of 4-7 over four languages.</summary>
    public const int StemLength = 5;

    private Terms()
    {
    }

    public List<ulong> Words { get; } = [];

    public List<ulong> Grams { get; } = [];

    /// <summary>Folded whole words in the order of <see cref="Words"/>; a pair of characters for scripts without spaces.</summary>
    public List<string> Spelled { get; } = [];

    public static Terms Of(string text)
    {
        var terms = new Terms();
        terms.Add(TextFolding.Fold(text));
        if (text.Contains('-', StringComparison.Ordinal))
        {
            // "Wi-Fi" is also asked for as "wifi".
            foreach (Match compound in Compound().Matches(text))
            {
                terms.Add(TextFolding.Fold(compound.Value.Replace("-", "", StringComparison.Ordinal)));
            }
        }

        return terms;
    }

    /// <summary>The key of a folded word.</summary>
    public static ulong WordKey(ReadOnlySpan<char> folded)
    {
        var stem = Stem(folded);
        // FNV-1a over the letters: short input, no seed, the same in every process.
        var hash = 14695981039346656037UL;
        foreach (var c in stem)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        return hash;
    }

    private void Add(string folded)
    {
        foreach (var range in folded.AsSpan().Split(' '))
        {
            AddToken(folded.AsSpan(range));
        }
    }

    private void AddToken(ReadOnlySpan<char> token)
    {
        var start = 0;
        while (start < token.Length)
        {
            var spaceless = Script.IsSpaceless(token[start]);
            var end = start + 1;
            while (end < token.Length && Script.IsSpaceless(token[end]) == spaceless)
            {
                end++;
            }

            if (spaceless)
            {
                AddRun(token[start..end]);
            }
            else
            {
                AddWord(token[start..end]);
            }

            start = end;
        }
    }

    private void AddWord(ReadOnlySpan<char> word)
    {
        Words.Add(WordKey(word));
        Spelled.Add(word.ToString());
        Span<char> padded = stackalloc char[Math.Min(word.Length, 64) + 2];
        word[..(padded.Length - 2)].CopyTo(padded[1..]);
        padded[0] = padded[^1] = ' ';
        if (padded.Length <= 4)
        {
            Grams.Add(Pack(padded));
            return;
        }

        for (var i = 0; i + 4 <= padded.Length; i++)
        {
            Grams.Add(Pack(padded.Slice(i, 4)));
        }
    }

    private void AddRun(ReadOnlySpan<char> run)
    {
        for (var i = 0; i < run.Length; i++)
        {
            if (i + 2 <= run.Length || run.Length == 1)
            {
                var pair = run.Slice(i, Math.Min(2, run.Length));
                Words.Add(WordKey(pair));
                Spelled.Add(pair.ToString());
                Grams.Add(Pack(pair));
            }

            if (Script.IsHan(run[i]) && run.Length > 1)
            {
                Grams.Add(Pack(run.Slice(i, 1)));
            }
            else if (i + 3 <= run.Length && !Script.IsHan(run[i]))
            {
                Grams.Add(Pack(run.Slice(i, 3)));
            }
        }
    }

    private static ReadOnlySpan<char> Stem(ReadOnlySpan<char> word)
    {
        if (Script.IsArabic(word[0]))
        {
            word = ArabicStem(word);
        }
        else if (word.Length is 4 or 5 && word[^1] == 's' && word[^2] is not ('s' or 'u' or 'i'))
        {
            // "costs" and "cost", "euros" and "euro": longer words lose the ending to the cut anyway.
            word = word[..^1];
        }

        return word.Length <= StemLength ? word : word[..StemLength];
    }

    /// <summary>Takes the article and the particles written on it off, then the commonest endings, never below three letters.</summary>
    private static ReadOnlySpan<char> ArabicStem(ReadOnlySpan<char> word)
    {
        ReadOnlySpan<string> prefixes = ["وال", "بال", "كال", "فال", "لل", "ال", "و"];
        ReadOnlySpan<string> suffixes = ["ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي"];
        foreach (var prefix in prefixes)
        {
            if (word.StartsWith(prefix) && word.Length >= prefix.Length + 3)
            {
                word = word[prefix.Length..];
                break;
            }
        }

        foreach (var suffix in suffixes)
        {
            if (word.EndsWith(suffix) && word.Length >= suffix.Length + 3)
            {
                return word[..^suffix.Length];
            }
        }

        return word;
    }

    [GeneratedRegex(@"(?<![\p{L}\p{N}-])\p{L}{1,12}-\p{L}{1,12}(?![\p{L}\p{N}-])")]
    private static partial Regex Compound();

    private static ulong Pack(ReadOnlySpan<char> chars)
    {
        var packed = 0UL;
        foreach (var c in chars)
        {
            packed = (packed << 16) | c;
        }

        return packed;
    }
}
