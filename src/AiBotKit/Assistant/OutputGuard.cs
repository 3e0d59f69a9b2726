using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace AiBotKit.Assistant;

/// <summary>Makes a model's text harmless. The model is untrusted: whatever it wrote, only plain text that names nothing foreign comes out.</summary>
internal static partial class OutputGuard
{
    private const int MaxText = 3500;
    private const int SecretWords = 12;

    /// <summary>The cleaned text ("" when nothing is left), or null when it gives away the prompt or a key and must not be used at all.</summary>
    /// <param name="allowed">Passages, instructions and question: links, addresses and numbers that occur in them may be repeated.</param>
    /// <param name="secret">The prompt without passages; twelve of its words in a row are a leak.</param>
    public static string? Clean(string text, string allowed, string secret)
    {
        for (var pass = 0; pass < 5; pass++)
        {
            var cleaned = CleanOnce(text, allowed);
            if (cleaned == text)
            {
                break;
            }

            text = cleaned;
        }

        return Keys().IsMatch(text) || Leaks(text, secret) ? null : TextRules.Cut(text, MaxText);
    }

    private static string CleanOnce(string text, string allowed)
    {
        text = WebUtility.HtmlDecode(Characters(text));
        text = Thinking().Replace(text, "");
        text = ToolMarks().Replace(text, "");
        text = ActiveElements().Replace(text, "");
        text = Tags().Replace(text, "");
        text = Images().Replace(text, "");
        text = Links().Replace(text, "$1 $2");
        text = Urls().Replace(text, match => allowed.Contains(match.Value.TrimEnd('.', ',', ')', ';', '!', '?'), StringComparison.OrdinalIgnoreCase) ? match.Value : "");
        text = Hosts().Replace(text, match => allowed.Contains(match.Value, StringComparison.OrdinalIgnoreCase) ? match.Value : "");
        text = Emails().Replace(text, match => allowed.Contains(match.Value, StringComparison.OrdinalIgnoreCase) ? match.Value : "");
        var allowedDigits = Digits(allowed);
        text = Phones().Replace(text, match => Digits(match.Value) is { Length: < 7 } || allowedDigits.Contains(Digits(match.Value), StringComparison.Ordinal) ? match.Value : "");
        text = RoleLines().Replace(text, "");
        return BlankLines().Replace(Spaces().Replace(text, " "), "\n\n").Trim();
    }

    private static string Characters(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var value = rune.Value;
            if (value is '\n' or '\t' || !(Rune.IsControl(rune) || value == 0xFFFD || value is >= 0x202A and <= 0x202E or >= 0x2060 and <= 0x206F or 0x200B or 0xFEFF || value is >= 0xE0000 and <= 0xE007F))
            {
                kept.Append(rune);
            }
        }

        return kept.ToString();
    }

    private static string Digits(string text)
    {
        var digits = new StringBuilder();
        foreach (var c in text)
        {
            if (char.IsDigit(c))
            {
                digits.Append((int)char.GetNumericValue(c));
            }
            else if (char.IsLetter(c))
            {
                digits.Append('|');
            }
        }

        return digits.ToString();
    }

    private static bool Leaks(string text, string secret)
    {
        var words = TextRules.Words(text);
        var prompt = " " + string.Join(' ', TextRules.Words(secret)) + " ";
        return Enumerable.Range(0, Math.Max(0, words.Count - SecretWords + 1))
            .Any(i => prompt.Contains($" {string.Join(' ', words.Skip(i).Take(SecretWords))} ", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"<think(ing)?>.*?(</think(ing)?>|\z)", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Thinking();

    [GeneratedRegex(@"<\|[^|>]*\|>|\[\[\s*(tool|cite):[^\[\]]*\]\]|\[/?(INST|TOOL|TOOL_CALLS?|SYSTEM)[^\]\n]*\]|<tool_call>.*?(</tool_call>|\z)|```.*?(```|\z)|\{\s*""(name|tool|function|tool_calls?|arguments)""\s*:.*|\{\{[^}\n]*\}\}", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex ToolMarks();

    [GeneratedRegex(@"<(script|style|iframe|object|svg|math|template|textarea|noscript)\b.*?(</\1\s*>|\z)|<!--.*?(-->|\z)", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex ActiveElements();

    [GeneratedRegex(@"<[a-zA-Z/!?][^>]*(>|\z)")]
    private static partial Regex Tags();

    [GeneratedRegex(@"!\[[^\]\n]*\](\([^)\n]*\)?|\[[^\]\n]*\])?")]
    private static partial Regex Images();

    [GeneratedRegex(@"\[([^\[\]\n]*)\]\(([^)\n]*)\)")]
    private static partial Regex Links();

    [GeneratedRegex(@"\b([a-z][a-z0-9+.-]{1,20}://|javascript:|data:|vbscript:|file:|mailto:|tel:|whatsapp:)\S*", RegexOptions.IgnoreCase)]
    private static partial Regex Urls();

    [GeneratedRegex(@"\b(?<!@)([a-z0-9-]+\.)+(com|net|org|io|ai|app|dev|info|biz|xyz|top|click|link|shop|site|online|example|test|me|tv|co|uk|de|fr|es|it|pt|br|in|ru|cn|eu|us|zip|mov)\b(?!@)(/\S*)?")]
    private static partial Regex Hosts();

    [GeneratedRegex(@"[\w.+%-]+@[\w-]+(\.[\w-]+)+")]
    private static partial Regex Emails();

    [GeneratedRegex(@"\+?\d[\d \t().\-]{5,}\d")]
    private static partial Regex Phones();

    [GeneratedRegex(@"^[ \t]*(system|assistant|developer|tool|human|user)[ \t]*:[ \t]*", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex RoleLines();

    [GeneratedRegex(@"\b(sk|pk|rk)-[A-Za-z0-9_-]{16,}|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|xox[abp]-\S{10,}|-----BEGIN |eyJ[\w-]{8,}\.eyJ[\w-]+|Bearer [\w.-]{16,}")]
    private static partial Regex Keys();

    [GeneratedRegex(@"[ \t]{2,}|\t")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"[ \t]*\n([ \t]*\n)+")]
    private static partial Regex BlankLines();
}
