using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;
using Markdig;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>Turns what an assistant writes (Markdown, HTML or both) into WhatsApp's own markup, and cuts it into messages (wire facts 7).</summary>
internal static partial class WhatsAppText
{
    /// <summary>The provider's limit of one text, in UTF-16 units.</summary>
    public const int Limit = 4096;

    private const string Fence = "```";
    private const int MaxInput = 65_536;

    private static readonly MarkdownPipeline Markdown = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseEmphasisExtras(Markdig.Extensions.EmphasisExtras.EmphasisExtraOptions.Strikethrough)
        .UseSoftlineBreakAsHardlineBreak()
        .Build();

    /// <summary>
    /// WhatsApp text; empty when nothing is left, and then the caller sends its fallback. Not to be applied to its own result,
    /// where <c>*</c> means bold and no longer italic; <see cref="Strip(string)"/> is what may run any number of times.
    /// </summary>
    public static string Render(string markdownOrHtml)
    {
        // Markers go first, because brackets mean something in Markdown, and again at the end, because entities may spell them.
        var source = Strip(markdownOrHtml.Length > MaxInput ? markdownOrHtml[..MaxInput] : markdownOrHtml, keepIndent: true);
        try
        {
            var document = new HtmlParser().ParseDocument(Markdig.Markdown.ToHtml(source, Markdown));
            return Strip(document.Body is { } body ? WhatsAppWriter.Write(body) : "");
        }
        catch (ArgumentException)
        {
            // Markdig's answer to absurdly deep nesting; nobody writes that to be formatted.
            return Strip(source);
        }
    }

    /// <summary>Removes what must never be sent: tool and citation markers, control and bidirectional characters, half surrogates. Idempotent on every string.</summary>
    public static string Strip(string text) => Strip(text, keepIndent: false);

    /// <summary>One message when it fits; else parts cut at a paragraph, a line, a sentence, a word or a grapheme, in that order. Code blocks are closed and reopened.</summary>
    public static IReadOnlyList<string> Split(string text, int limit = Limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 64);
        List<string> parts = [];
        var rest = text.Trim();
        var reopen = "";
        while (rest.Length > 0)
        {
            if (reopen.Length + rest.Length <= limit)
            {
                parts.Add(reopen + rest);
                break;
            }

            // Room for a closing fence, whether needed or not.
            var cut = Cut(rest, limit - reopen.Length - Fence.Length - 1);
            var part = reopen + rest[..cut].TrimEnd();
            rest = rest[SkipSpaces(rest, cut)..];
            var open = Count(part, Fence) % 2 == 1;
            if (part.Length > reopen.Length)
            {
                parts.Add(open ? $"{part}\n{Fence}" : part);
            }

            reopen = open ? $"{Fence}\n" : "";
            if (open && rest == Fence)
            {
                break;
            }
        }

        return parts;
    }

    private static string Strip(string text, bool keepIndent)
    {
        // Removing one thing may complete another, so all steps repeat until nothing changes; each step only shortens.
        for (string before; ;)
        {
            before = text;
            text = Marker().Replace(Characters(text), "");
            text = ManyLines().Replace(TrailingSpace().Replace(text, ""), "\n\n");
            text = keepIndent ? text : text.Trim();
            if (text == before)
            {
                return text;
            }
        }
    }

    private static string Characters(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                result.Append(c).Append(text[++i]);
            }
            else if (c == '\t')
            {
                result.Append(' ');
            }
            else if (c is '\n' || !(char.IsSurrogate(c) || char.IsControl(c) || WireText.IsBidiControl(c) || c is '\u200E' or '\u200F' or '\u061C' or '\uFEFF'))
            {
                result.Append(c);
            }
        }

        return result.ToString();
    }

    private static int Cut(string text, int limit)
    {
        // A cut in the first third would make a stump; then the next finer border is better.
        var floor = limit / 3;
        var window = text[..limit];
        var paragraph = window.LastIndexOf("\n\n", StringComparison.Ordinal);
        var line = window.LastIndexOf('\n');
        var sentence = SentenceEnd().Matches(window).Select(end => end.Index).LastOrDefault(at => StandsAlone(text, at), -1) + 1;
        var word = Enumerable.Range(0, limit - floor).Select(back => limit - 1 - back).FirstOrDefault(at => text[at] == ' ' && StandsAlone(text, at));
        return paragraph > floor ? paragraph
            : line > floor ? line
            : sentence > floor ? sentence
            : word > floor ? word
            : Grapheme(text, limit);
    }

    /// <summary>False for a sign that carries an accent: they are one character to a person and are not parted.</summary>
    private static bool StandsAlone(string text, int at) => StringInfo.GetNextTextElementLength(text, at) == 1;

    private static int SkipSpaces(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]) && StandsAlone(text, at))
        {
            at++;
        }

        return at;
    }

    private static int Grapheme(string text, int limit)
    {
        var position = 0;
        for (int next; position < limit; position += next)
        {
            next = StringInfo.GetNextTextElementLength(text, position);
            if (position + next > limit)
            {
                break;
            }
        }

        // One grapheme longer than a message: only its surrogate pairs are kept whole.
        return position > 0 ? position : char.IsHighSurrogate(text[limit - 1]) ? limit - 1 : limit;
    }

    private static int Count(string text, string part)
    {
        var count = 0;
        for (var at = 0; (at = text.IndexOf(part, at, StringComparison.Ordinal)) >= 0; at += part.Length)
        {
            count++;
        }

        return count;
    }

    /// <summary>The assistant's <c>[[tool:…]]</c>, and its citations <c>[[1]]</c>, <c>[[1, 2]]</c> and <c>[[cite:1]]</c>.</summary>
    [GeneratedRegex(@"[ ]*\[\[\s*[0-9]{1,4}(?:\s*,\s*[0-9]{1,4})*\s*\]\]|[ ]*\[\[\s*cite:[^\[\]]*\]\]|\[\[\s*tool:[^\[\]]*\]\]", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Marker();

    [GeneratedRegex(@" +(?=\n)", RegexOptions.CultureInvariant)]
    private static partial Regex TrailingSpace();

    [GeneratedRegex(@"\n{3,}", RegexOptions.CultureInvariant)]
    private static partial Regex ManyLines();

    [GeneratedRegex(@"[.!?…](?=\s)|[。！？।]", RegexOptions.CultureInvariant)]
    private static partial Regex SentenceEnd();
}
