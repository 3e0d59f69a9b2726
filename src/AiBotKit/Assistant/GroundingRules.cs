using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AiBotKit.Knowledge;

namespace AiBotKit.Assistant;

/// <summary>Checks in code what a model claims: its citation marks, and every number, address and link in its text.</summary>
internal static partial class GroundingRules
{
    private const double MinSharedWords = 0.75;

    /// <summary>Removes marks of passages that were not given and numbers the others 1, 2, … in the order of the text.</summary>
    public static (string Text, IReadOnlyList<Passage> Cited) Cite(string text, IReadOnlyList<Passage> given)
    {
        var cited = new List<Passage>();
        text = UsualMarks().Replace(text, match => match.Groups["number"].Captures.All(number => int.Parse(number.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) is >= 1 and var n && n <= given.Count)
            ? $"[[{string.Join(", ", match.Groups["number"].Captures.Select(number => number.Value))}]]"
            : match.Value);
        text = ManyMarks().Replace(text, match => string.Concat(match.Groups["number"].Captures.Select(number => $"[[{number.Value}]]")));
        var marked = Mark().Replace(text, match =>
        {
            if (!int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1 || number > given.Count)
            {
                return "";
            }

            var passage = given[number - 1];
            if (!cited.Contains(passage))
            {
                cited.Add(passage);
            }

            return $"[[{cited.IndexOf(passage) + 1}]]";
        });
        return (marked.Trim(), cited);
    }

    /// <summary>The passage that holds at least three quarters of the text's longer words, for a model that forgot its marks; null when none does.</summary>
    public static Passage? Attribute(string text, IReadOnlyList<Passage> given)
    {
        var words = Stems(text);
        return words.Count == 0 ? null
            : given.Where(passage => Stems(passage.Text) is var held && words.Count(held.Contains) >= words.Count * MinSharedWords).FirstOrDefault();
    }

    /// <summary>
    /// The first number, e-mail address or link of the text that occurs neither in the owner's sources nor in the customer's message; null when all do.
    /// An amount of money or a percentage must be the owner's: "So it costs 5 euros?" is no price list.
    /// </summary>
    public static string? FirstUnsupported(string text, string sources, string customers)
    {
        var plain = Mark().Replace(ListNumber().Replace(text, ""), " ");
        var supported = Fact().Matches(sources).Select(match => Normal(match.Value)).ToHashSet(StringComparer.Ordinal);
        var repeated = Fact().Matches(customers).Select(match => Normal(match.Value)).ToHashSet(StringComparer.Ordinal);
        var amounts = Amount().Matches(plain).SelectMany(match => Fact().Matches(match.Value)).Select(match => Normal(match.Value)).ToHashSet(StringComparer.Ordinal);
        return Fact().Matches(plain).Select(match => match.Value)
            .FirstOrDefault(fact => Normal(fact) is var value && !supported.Contains(value) && (amounts.Contains(value) || !repeated.Contains(value)));
    }

    /// <summary>False for a text that is only marks, brackets and the like.</summary>
    public static bool SaysSomething(string text) =>
        Mark().Replace(text, "").EnumerateRunes().Any(rune => Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherSymbol);

    private static HashSet<string> Stems(string text) =>
        [.. TextRules.Words(Mark().Replace(text, " ")).Where(word => word.Length > 3).Select(word => word[..Math.Min(word.Length, 5)])];

    /// <summary>1,000 = 1.000 = 1000; 9:00 = 9.00 = 09 = 9; letters without case.</summary>
    private static string Normal(string fact)
    {
        if (!char.IsDigit(fact[0]))
        {
            return fact.ToLowerInvariant().TrimEnd('.', ',', ')', '!', '?');
        }

        var digits = string.Concat(fact.Select(c => char.IsDigit(c) ? ((int)char.GetNumericValue(c)).ToString(CultureInfo.InvariantCulture) : c.ToString()));
        var whole = EmptyFraction().Replace(digits, "");
        return string.Concat(whole.Where(char.IsDigit)).TrimStart('0') is { Length: > 0 } value ? value : "0";
    }

    /// <summary>As many models write their sources whatever they are told: <c>[1]</c>, <c>[1, 2]</c>, <c>【1】</c>, <c>【1†source】</c>. A link is none.</summary>
    [GeneratedRegex(@"(?<!\[)\[ *(?:(?<number>[0-9]{1,2}) *[,;] *)*(?<number>[0-9]{1,2}) *\](?![\](:])|【(?<number>[0-9]{1,2})(?:†[^】\n]{0,40})?】")]
    private static partial Regex UsualMarks();

    /// <summary>Several sources in one mark: <c>[[1, 2]]</c>.</summary>
    [GeneratedRegex(@"\[\[ *(?:(?<number>\d{1,4}) *, *)+(?<number>\d{1,4}) *\]\]")]
    private static partial Regex ManyMarks();

    [GeneratedRegex(@"\[\[\s*(\w*)\s*\]\]")]
    private static partial Regex Mark();

    [GeneratedRegex(@"^[ \t]*\d{1,2}[.)][ \t]", RegexOptions.Multiline)]
    private static partial Regex ListNumber();

    [GeneratedRegex(@"https?://\S+|[\w.+%-]+@[\w-]+(\.[\w-]+)+|\d+([.,:]\d+)*")]
    private static partial Regex Fact();

    [GeneratedRegex(
        @"(?:[€$£₹¥]|\b(?:EUR|USD|GBP|INR|AED|SAR|Rs\.?))\s*\d+(?:[.,]\d+)*"
        + @"|\d+(?:[.,]\d+)*\s*(?:[€$£₹¥%٪]|(?:EUR|USD|GBP|INR|AED|SAR|euros?|dollars?|pounds?|rupees?|cents?|percent|per cent|por ciento|por cento|pour cent|per cento|Prozent|dólares|ريال|ريالا|ريالًا|درهم|دولار|يورو|रुपये|रुपए|रुपया|प्रतिशत)(?![\p{L}\p{M}]))",
        RegexOptions.IgnoreCase)]
    private static partial Regex Amount();

    [GeneratedRegex(@"[.,:]00?$")]
    private static partial Regex EmptyFraction();
}
