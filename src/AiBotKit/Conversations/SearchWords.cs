using System.Globalization;
using System.Text;

namespace AiBotKit.Conversations;

/// <summary>A stretch of a found text.</summary>
/// <param name="Hit">It is what was looked for.</param>
public readonly record struct TextPart(string Text, bool Hit);

/// <summary>
/// What somebody looks for, as words: all must be there, the last one may be the beginning of a longer one. Whatever is typed stays data: every word becomes a quoted
/// string of the query language, so that no operator, column or quote of it means anything.
/// </summary>
internal sealed class SearchWords
{
    /// <summary>Longest text that is looked for, in characters; the rest is left out.</summary>
    public const int MaxLength = 120;

    private const int MaxWords = 8;
    private const int FewestDigits = 3;
    private const int Before = 40;

    private readonly List<string> _words;
    private readonly List<string> _folded;
    private readonly string? _digits;

    private SearchWords(List<string> words, string? digits)
    {
        (_words, _digits) = (words, digits);
        _folded = [.. words.SelectMany(Tokens).Select(token => token.Folded)];
    }

    /// <summary>Null when there is nothing to look for: no letter and no digit.</summary>
    public static SearchWords? Parse(string? typed)
    {
        var text = new StringBuilder();
        foreach (var c in typed.AsSpan(0, Math.Min(typed?.Length ?? 0, MaxLength)))
        {
            text.Append(char.IsControl(c) ? ' ' : c);
        }

        var words = text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(word => Tokens(word).Any()).Take(MaxWords).ToList();
        return words.Count == 0 ? null : new SearchWords(words, DigitsOf(text.ToString()));
    }

    /// <summary>The query over messages of one account, in FTS5's language.</summary>
    public string Messages(Guid accountId) => $"{Scope(accountId)} AND Text : ({All()})";

    /// <summary>The query over names and numbers of one account. A typed number is one, however it is grouped.</summary>
    public string Contacts(Guid accountId) => $"{Scope(accountId)} AND ({{Name Number}} : ({All()}){(_digits is null ? "" : $" OR Number : (\"{_digits}\" *)")})";

    /// <summary>The text around the first hit, at most about <paramref name="length"/> characters, cut into what was looked for and the rest.</summary>
    public IReadOnlyList<TextPart> Snippet(string text, int length)
    {
        var hits = Hits(text);
        var start = 0;
        if (hits.Count > 0 && hits[0].Start > Before)
        {
            start = text.LastIndexOf(' ', hits[0].Start - 1, Before) is > 0 and var space ? space + 1 : hits[0].Start;
        }

        var end = Math.Min(text.Length, start + length);
        start -= start > 0 && char.IsLowSurrogate(text[start]) ? 1 : 0;
        end += end < text.Length && char.IsLowSurrogate(text[end]) ? 1 : 0;
        var parts = new List<TextPart>();
        Add(start > 0 ? "…" : "", false);
        var at = start;
        foreach (var (from, to) in hits.Where(hit => hit.Start >= start && hit.End <= end))
        {
            Add(text[at..from], false);
            Add(text[from..to], true);
            at = to;
        }

        Add(text[at..end], false);
        Add(end < text.Length ? "…" : "", false);
        return parts;

        void Add(string part, bool hit)
        {
            if (part.Length > 0)
            {
                parts.Add(new TextPart(part, hit));
            }
        }
    }

    private static string Scope(Guid accountId) => $"Scope : \"a{accountId:N}\"";

    private string All() => string.Join(" AND ", _words.Select((word, i) => $"\"{word.Replace("\"", "\"\"", StringComparison.Ordinal)}\"{(i == _words.Count - 1 ? " *" : "")}"));

    private List<(int Start, int End)> Hits(string text)
    {
        var hits = new List<(int, int)>();
        foreach (var (start, end, folded) in Tokens(text))
        {
            for (var i = 0; i < _folded.Count; i++)
            {
                if (i == _folded.Count - 1 ? folded.StartsWith(_folded[i], StringComparison.Ordinal) : folded == _folded[i])
                {
                    hits.Add((start, end));
                    break;
                }
            }
        }

        return hits;
    }

    /// <summary>Words as the index has them: runs of letters and digits, without case and accents.</summary>
    private static IEnumerable<(int Start, int End, string Folded)> Tokens(string text)
    {
        for (var i = 0; i < text.Length;)
        {
            var start = i;
            while (i < text.Length && IsOfWord(text, i, i > start, out var length))
            {
                i += length;
            }

            if (i == start)
            {
                i += char.IsSurrogatePair(text, i) ? 2 : 1;
                continue;
            }

            yield return (start, i, Fold(text[start..i]));
        }
    }

    private static bool IsOfWord(string text, int i, bool inside, out int length)
    {
        length = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]) ? 2 : 1;
        return CharUnicodeInfo.GetUnicodeCategory(text, i) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => true,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber or UnicodeCategory.PrivateUse => true,
            UnicodeCategory.NonSpacingMark => inside,
            _ => false,
        };
    }

    private static string Fold(string word)
    {
        var folded = new StringBuilder(word.Length);
        foreach (var c in word)
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
            {
                folded.Append(Unaccented.Of(char.ToLowerInvariant(c)));
            }
        }

        return folded.ToString();
    }

    /// <summary>The digits of what was typed when it is a number and nothing else.</summary>
    private static string? DigitsOf(string text)
    {
        var digits = new string([.. text.Where(char.IsAsciiDigit)]);
        return digits.Length >= FewestDigits && text.All(c => char.IsAsciiDigit(c) || c is ' ' or '+' or '-' or '(' or ')' or '.' or '/') ? digits : null;
    }
}
