namespace AiBotKit.Knowledge.Ranking;

/// <summary>Reads an unknown word as the known one it was probably meant to be.</summary>
internal sealed class Typos
{
    private const int LongestWord = 32;

    private readonly string[] _words;
    private readonly uint[] _letters;

    public Typos(IEnumerable<string> words)
    {
        _words = [.. words.Where(word => word.Length <= LongestWord)];
        _letters = [.. _words.Select(LettersOf)];
    }

    /// <summary>
    /// The nearest known word: one edit (two from nine letters on), the same first letter, and below six letters no replaced letter,
    /// since "price" is not "prize". Null when there is none.
    /// </summary>
    public string? Read(string word)
    {
        if (word.Length is < 4 or > LongestWord || word.Any(c => !char.IsLetter(c)))
        {
            return null;
        }

        var allowed = word.Length >= 9 ? 2 : 1;
        var letters = LettersOf(word);
        string? best = null;
        var bestDistance = allowed + 1;
        for (var i = 0; i < _words.Length; i++)
        {
            var known = _words[i];
            if (known[0] != word[0] || Math.Abs(known.Length - word.Length) > allowed || uint.PopCount(_letters[i] ^ letters) > 2 * allowed)
            {
                continue;
            }

            if (word.Length < 6 && known.Length == word.Length && _letters[i] != letters)
            {
                continue;
            }

            var distance = Distance(word, known, bestDistance);
            if (distance < bestDistance || (distance == bestDistance && distance <= allowed && string.CompareOrdinal(known, best) < 0))
            {
                bestDistance = distance;
                best = known;
            }
        }

        return best;
    }

    /// <summary>Edits between two words, a swap of neighbours counting as one; anything above <paramref name="cap"/> is reported as above it.</summary>
    public static int Distance(ReadOnlySpan<char> a, ReadOnlySpan<char> b, int cap)
    {
        Span<int> before = stackalloc int[b.Length + 1];
        Span<int> last = stackalloc int[b.Length + 1];
        Span<int> now = stackalloc int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            last[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            now[0] = i;
            var least = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                var value = Math.Min(Math.Min(last[j] + 1, now[j - 1] + 1), last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    value = Math.Min(value, before[j - 2] + 1);
                }

                now[j] = value;
                least = Math.Min(least, value);
            }

            if (least > cap)
            {
                return cap + 1;
            }

            var spare = before;
            before = last;
            last = now;
            now = spare;
        }

        return last[b.Length];
    }

    private static uint LettersOf(string word)
    {
        var letters = 0u;
        foreach (var c in word)
        {
            letters |= 1u << (c % 32);
        }

        return letters;
    }
}
