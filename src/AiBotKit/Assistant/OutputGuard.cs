using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace AiBotKit.Assistant;

/// <summary>Makes a model's text harmless (S-L3). The model is untrusted: whatever it wrote, only plain text that names nothing foreign comes out.</summary>
internal static partial class OutputGuard
{
    private const int MaxText = 3500;
    private const int SecretWords = 12;

    /// <summary>About twelve words without their spaces and punctuation, for a prompt that is given away letter by letter.</summary>
    private const int SecretLetters = 60;

    /// <summary>Each pass that changes something only shortens; text nested deeper than this was made to get through.</summary>
    private const int MaxPasses = 50;

    /// <summary>The cleaned text ("" when nothing is left), or null when it gives away the prompt or a key and must not be used at all.</summary>
    /// <param name="owners">Passages and instructions: exactly the links, addresses and numbers that stand in them may be repeated.</param>
    /// <param name="customers">The question: its plain numbers (of an order, say) may be repeated; its links, addresses and written-out telephone numbers may not.</param>
    /// <param name="secret">The prompt without passages; twelve of its words in a row are a leak.</param>
    public static string? Clean(string text, string owners, string customers, string secret)
    {
        var known = OwnersWords.Of(owners, customers);
        for (var pass = 0; ; pass++)
        {
            var cleaned = CleanOnce(text, known);
            if (cleaned == text)
            {
                break;
            }

            if (pass == MaxPasses)
            {
                return null;
            }

            text = cleaned;
        }

        return Keys().IsMatch(text) || Leaks(text, secret) || LeaksLetters(text, owners, secret) ? null : TextRules.Cut(text, MaxText);
    }

    private static string CleanOnce(string text, OwnersWords known)
    {
        text = WebUtility.HtmlDecode(Characters(text));
        text = Thinking().Replace(text, "");
        text = ToolMarks().Replace(text, "");
        text = ActiveElements().Replace(text, "");
        text = AutoLinks().Replace(text, "$1");
        text = Tags().Replace(text, "");
        text = StrayBrackets().Replace(Images().Replace(text, ""), "");
        text = Links().Replace(text, "$1 $2");
        text = Urls().Replace(text, match => known.Links.Contains(Bare(match.Value)) ? match.Value : "");
        text = Emails().Replace(text, match => known.Links.Contains(Bare(match.Value)) ? match.Value : "");
        text = Hosts().Replace(text, match => Host(match, known));
        text = Phones().Replace(text, match => Digits(match.Value) is { Length: < 7 } || known.HasNumber(Digits(match.Value)) ? match.Value : "");
        text = Blobs().Replace(text, match => known.Text.Contains(match.Value, StringComparison.Ordinal) ? match.Value : "");
        text = RoleLines().Replace(text, "$1");
        return BlankLines().Replace(Spaces().Replace(text, " "), "\n\n").Trim();
    }

    /// <summary>A name that a phone would make a link of. "…at nine.It is" is a missing space and gets one, which unmakes the link as well; "eViL.TeSt" and a path are none.</summary>
    private static string Host(Match match, OwnersWords known)
    {
        if (known.Links.Contains(Bare(match.Value)))
        {
            return match.Value;
        }

        var last = match.Groups[1].ValueSpan;
        return char.IsLower(last[0]) || last[1..].ContainsAnyInRange('A', 'Z') || char.IsUpper(last[1]) || match.Value.AsSpan().ContainsAny('/', '?', '#')
            || match.Value.StartsWith("www.", StringComparison.OrdinalIgnoreCase)
            ? ""
            : match.Value.Replace(".", ". ", StringComparison.Ordinal);
    }

    private static string Characters(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var value = rune.Value;
            if (value is '\n' or '\t' || !(Rune.IsControl(rune) || IsHidden(value) || (value is 0x200C or 0x200D && (kept.Length == 0 || char.IsAscii(kept[^1])))))
            {
                kept.Append(value is >= 0xFF10 and <= 0xFF19 or >= 0xFF21 and <= 0xFF3A or >= 0xFF41 and <= 0xFF5A or 0xFF0E or 0xFF0F or 0xFF20 ? new Rune(value - 0xFEE0) : rune);
            }
        }

        return kept.ToString();
    }

    /// <summary>Half surrogates, bidirectional controls, and what has no width of its own: it hides text from people or splits words for filters. Joiners stay inside other scripts, which need them.</summary>
    private static bool IsHidden(int value) =>
        value is 0xFFFD or 0x00AD or 0x034F or 0x061C or 0x115F or 0x1160 or 0x180E or 0x200B or 0x200E or 0x200F or 0x3164 or 0xFEFF or 0xFFA0
            or >= 0x202A and <= 0x202E or >= 0x2060 and <= 0x206F or >= 0xFFF9 and <= 0xFFFB or >= 0xE0000 and <= 0xE01EF;

    private static string Digits(string text)
    {
        var digits = new StringBuilder();
        foreach (var c in text)
        {
            if (char.IsDigit(c))
            {
                digits.Append((int)char.GetNumericValue(c));
            }
        }

        return digits.ToString();
    }

    private static string Bare(string link) => link.ToLowerInvariant().TrimEnd('.', ',', ')', ';', '!', '?', ':', '/', '"', '\'', '*', '_', '~', '`');

    private static bool Leaks(string text, string secret)
    {
        var words = TextRules.Words(text);
        var prompt = " " + string.Join(' ', TextRules.Words(secret)) + " ";
        return Enumerable.Range(0, Math.Max(0, words.Count - SecretWords + 1))
            .Any(i => prompt.Contains($" {string.Join(' ', words.Skip(i).Take(SecretWords))} ", StringComparison.Ordinal));
    }

    /// <summary>Windows that overlap enough that no run of 72 letters of the prompt passes, forwards or backwards; what the knowledge says too is no secret.</summary>
    private static bool LeaksLetters(string text, string owners, string secret)
    {
        const int Step = 12;
        var said = string.Concat(TextRules.Words(text));
        var prompt = string.Concat(TextRules.Words(secret));
        var reversed = new string([.. prompt.Reverse()]);
        var open = string.Concat(TextRules.Words(owners));
        for (var at = 0; at + SecretLetters <= said.Length; at += Step)
        {
            var window = said.AsSpan(at, SecretLetters);
            if ((prompt.AsSpan().IndexOf(window, StringComparison.Ordinal) >= 0 || reversed.AsSpan().IndexOf(window, StringComparison.Ordinal) >= 0)
                && open.AsSpan().IndexOf(window, StringComparison.Ordinal) < 0)
            {
                return true;
            }
        }

        return false;
    }

    [GeneratedRegex(@"<think(ing)?>.*?(</think(ing)?>|\z)", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Thinking();

    [GeneratedRegex(@"<\|[^|>]*\|>|\[\[\s*(tool|cite):[^\[\]]*\]\]|\[/?(INST|TOOL|TOOL_CALLS?|SYSTEM)[^\]\n]*\]|<tool_call>.*?(</tool_call>|\z)|```.*?(```|\z)|\{\s*""(name|tool|function|tool_calls?|arguments)""\s*:.*|\{\{[^}\n]*\}\}", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex ToolMarks();

    [GeneratedRegex(@"<(script|style|iframe|object|svg|math|template|textarea|noscript)\b.*?(</\1\s*>|\z)|<!--.*?(-->|\z)", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex ActiveElements();

    [GeneratedRegex(@"<(https?://[^<>\s]+)>", RegexOptions.IgnoreCase)]
    private static partial Regex AutoLinks();

    [GeneratedRegex(@"<[a-zA-Z/!?][^>]*(>|\z)")]
    private static partial Regex Tags();

    [GeneratedRegex(@"!\[[^\]\n]*\](\([^)\n]*\)?|\[[^\]\n]*\])?")]
    private static partial Regex Images();

    /// <summary>The beginning of an image or of a mark that is none.</summary>
    [GeneratedRegex(@"!\[|\[\[(?![\w, ]{1,20}\]\])")]
    private static partial Regex StrayBrackets();

    [GeneratedRegex(@"\[([^\[\]\n]*)\]\(([^)\n]*)\)")]
    private static partial Regex Links();

    [GeneratedRegex(
        @"(?<![a-z0-9])([a-z][a-z0-9+.-]{1,20}://|javascript:|data:|vbscript:|file:|mailto:|tel:|sms:|whatsapp:|intent:|market:|upi:|bitcoin:|magnet:|blob:|about:|view-source:|facetime:|skype:|geo:)\S*",
        RegexOptions.IgnoreCase)]
    private static partial Regex Urls();

    [GeneratedRegex(@"(?<![\p{L}\p{N}@.-])(?:[\p{L}\p{M}\p{N}-]{1,63}\.){1,8}(\p{L}[\p{L}\p{M}]{1,23})(?![\p{L}\p{N}@])(?:(?::\d{1,5})?[/?#]\S*)?")]
    private static partial Regex Hosts();

    [GeneratedRegex(@"[\w.+%-]{1,64}@[\w-]{1,63}(\.[\w-]{1,63}){1,8}")]
    private static partial Regex Emails();

    [GeneratedRegex(@"\+?\d[\d \t().\-]{5,}\d")]
    private static partial Regex Phones();

    /// <summary>What no person writes: from 24 characters on with figures among the letters, as hexadecimal and base64 have.</summary>
    [GeneratedRegex(@"[A-Za-z0-9+/_=-]{40,}|(?<![A-Za-z0-9+/_=])(?=[A-Za-z+/_=]*\d)(?=[\d+/_=]*[A-Za-z])[A-Za-z0-9+/_=]{24,}")]
    private static partial Regex Blobs();

    [GeneratedRegex(@"^((?:[ \t*_#>-]*\[\[[^\[\]\n]*\]\])*)[ \t*_#>-]*(?:system|assistant|developer|tool|human|user)[ \t*_]*:[ \t]*", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex RoleLines();

    [GeneratedRegex(@"(?<![A-Za-z])(sk|pk|rk)-[A-Za-z0-9_-]{16,}|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|xox[abp]-\S{10,}|-----BEGIN |eyJ[\w-]{8,}\.eyJ[\w-]+|Bearer [\w.-]{16,}")]
    private static partial Regex Keys();

    [GeneratedRegex(@"[ \t]{2,}|\t")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"[ \t]*\n([ \t]*\n)+")]
    private static partial Regex BlankLines();

    /// <summary>What may be repeated.</summary>
    /// <param name="Links">Links, hosts and e-mail addresses of the owner, lower case, without closing punctuation; of a link also its host.</param>
    /// <param name="Numbers">Runs of digits of the owner and the customer.</param>
    private sealed record OwnersWords(string Text, IReadOnlySet<string> Links, IReadOnlyList<string> Numbers)
    {
        public static OwnersWords Of(string owners, string customers)
        {
            var links = new HashSet<string>(StringComparer.Ordinal);
            foreach (var link in Urls().Matches(owners).Concat(Emails().Matches(owners)).Concat(Hosts().Matches(owners)).Select(match => Bare(match.Value)))
            {
                links.Add(link);
                if (Uri.TryCreate(link, UriKind.Absolute, out var uri) && uri.Host.Length > 0)
                {
                    links.Add(uri.Host);
                    links.Add($"{uri.Scheme}://{uri.Authority}");
                }
            }

            return new(owners, links, [.. Phones().Matches(owners).Concat(Phones().Matches(customers).Where(match => match.Value.All(char.IsDigit))).Select(match => Digits(match.Value))]);
        }

        /// <summary>Part of a known number, or a known one behind a country code.</summary>
        public bool HasNumber(string digits) =>
            Numbers.Any(known => known.Contains(digits, StringComparison.Ordinal) || (known.TrimStart('0') is { Length: >= 7 } local && digits.EndsWith(local, StringComparison.Ordinal)));
    }
}
