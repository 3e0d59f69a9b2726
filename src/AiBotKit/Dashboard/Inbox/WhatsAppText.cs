using System.Text.RegularExpressions;

namespace AiBotKit.Dashboard.Inbox;

/// <summary>
/// Reads WhatsApp's own markup (<c>*bold*</c>, <c>_italic_</c>, <c>~strike~</c>, <c>`code`</c>, <c>```mono```</c>, lists and quotes)
/// and links into blocks of runs, which the page turns into elements one by one. Never makes markup: all text stays text (S-X1).
/// A mark formats only as WhatsApp does: tight on the inside, no letter or digit on the outside, within one line.
/// </summary>
internal static partial class WhatsAppText
{
    private const string Fence = "```";

    /// <summary>The blocks of <paramref name="text"/>, with citation numbers after the characters at <paramref name="citations"/> (ascending).</summary>
    public static IReadOnlyList<TextBlock> Parse(string text, IReadOnlyList<CitationMark>? citations = null)
    {
        var reader = new Reader(text, citations ?? []);
        var at = 0;
        while (at < text.Length)
        {
            var open = text.IndexOf(Fence, at, StringComparison.Ordinal);
            var close = open < 0 ? -1 : text.IndexOf(Fence, open + Fence.Length, StringComparison.Ordinal);
            if (close < 0 || close == open + Fence.Length)
            {
                break;
            }

            reader.Lines(at, open);
            reader.Mono(open + Fence.Length, close);
            at = close + Fence.Length;
        }

        reader.Lines(at, text.Length);
        reader.RestOfCitations();
        return reader.Blocks;
    }

    [GeneratedRegex(@"(?<![\p{L}\p{N}@.+_-])(?:https?://[^\s<>""]{1,2000}|mailto:[^\s<>""]{3,254}|tel:\+?[0-9().-]{3,30}|[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5})", RegexOptions.IgnoreCase)]
    private static partial Regex LinkPattern();

    /// <summary>Only what cannot run code or leave for somewhere unexpected: http, https, mailto, tel.</summary>
    private static string? SafeHref(string found)
    {
        var address = found.Contains(':', StringComparison.Ordinal) ? found : "mailto:" + found;
        return Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "mailto" or "tel" ? address : null;
    }

    private sealed class Reader(string text, IReadOnlyList<CitationMark> citations)
    {
        private readonly List<(int Start, int End, string Href)> _links = [];
        private List<TextRun> _runs = [];
        private int _nextCitation;
        private int _nextLink;

        public List<TextBlock> Blocks { get; } = [];

        public void Mono(int start, int end)
        {
            Blocks.Add(new MonoBlock(text[start..end].Trim('\n', '\r')));
        }

        public void Lines(int start, int end)
        {
            while (start < end)
            {
                var stop = text.IndexOf('\n', start, end - start);
                var lineEnd = stop < 0 ? end : stop;
                if (lineEnd > start || (stop >= 0 && Blocks.Count > 0))
                {
                    Line(start, lineEnd);
                }

                start = lineEnd + 1;
            }
        }

        public void RestOfCitations()
        {
            if (_nextCitation == citations.Count)
            {
                return;
            }

            if (Blocks is not [.., ParagraphBlock last])
            {
                last = new ParagraphBlock(ParagraphKind.Plain, []);
                Blocks.Add(last);
            }

            Blocks[^1] = last with { Runs = [.. last.Runs, .. citations.Skip(_nextCitation).Select(c => new TextRun("", RunStyle.None, Citation: c.Number))] };
            _nextCitation = citations.Count;
        }

        private void Line(int start, int end)
        {
            while (end > start && text[end - 1] == '\r')
            {
                end--;
            }

            var kind = ParagraphKind.Plain;
            if (end - start > 2 && text[start + 1] == ' ' && text[start] is '>' or '-' or '*' or '•')
            {
                kind = text[start] == '>' ? ParagraphKind.Quote : ParagraphKind.Bullet;
                start += 2;
            }

            _runs = [];
            _links.Clear();
            _nextLink = 0;
            foreach (var match in LinkPattern().EnumerateMatches(text.AsSpan(start, end - start)))
            {
                var found = text.Substring(start + match.Index, match.Length).TrimEnd('.', ',', ';', ':', '!', '?', '\'', '*', '_', '~', '`', '”', '’', '»');
                if (found.EndsWith(')') && !found.Contains('(', StringComparison.Ordinal))
                {
                    found = found.TrimEnd(')');
                }

                if (SafeHref(found) is { } href)
                {
                    _links.Add((start + match.Index, start + match.Index + found.Length, href));
                }
            }

            Inline(start, end, RunStyle.None);
            Blocks.Add(new ParagraphBlock(kind, _runs));
        }

        private void Inline(int start, int end, RunStyle style)
        {
            Span<int> hopeless = [-1, -1, -1, -1];
            var plain = start;
            var at = start;
            while (at < end)
            {
                while (_nextLink < _links.Count && _links[_nextLink].Start < at)
                {
                    _nextLink++;
                }

                if (_nextLink < _links.Count && _links[_nextLink].Start == at && _links[_nextLink].End <= end)
                {
                    var link = _links[_nextLink++];
                    Emit(plain, at, style);
                    _runs.Add(new TextRun(text[link.Start..link.End], style, link.Href));
                    plain = at = link.End;
                    continue;
                }

                var mark = "*_~`".IndexOf(text[at], StringComparison.Ordinal);
                var flag = mark < 0 ? RunStyle.None : (RunStyle)(1 << mark);
                if (mark >= 0 && !style.HasFlag(flag) && hopeless[mark] != end && Opens(at, start, end))
                {
                    var close = Close(text[at], at, end);
                    if (close > 0)
                    {
                        Emit(plain, at, style);
                        if (flag == RunStyle.Code)
                        {
                            Emit(at + 1, close, style | flag);
                        }
                        else
                        {
                            Inline(at + 1, close, style | flag);
                        }

                        plain = at = close + 1;
                        continue;
                    }

                    // No later opener of this line can find an end either: keeps the whole reading linear.
                    hopeless[mark] = end;
                }

                at++;
            }

            Emit(plain, end, style);
        }

        private bool Opens(int at, int start, int end) =>
            at + 2 < end && !char.IsWhiteSpace(text[at + 1]) && text[at + 1] != text[at] && (at == start || !char.IsLetterOrDigit(text[at - 1]));

        private int Close(char mark, int open, int end)
        {
            for (var i = open + 2; i < end; i++)
            {
                if (text[i] == mark && !char.IsWhiteSpace(text[i - 1]) && (i + 1 == end || !char.IsLetterOrDigit(text[i + 1])) && !InsideLink(i))
                {
                    return i;
                }
            }

            return -1;
        }

        private bool InsideLink(int at)
        {
            for (var i = _nextLink; i < _links.Count && _links[i].Start <= at; i++)
            {
                if (at < _links[i].End)
                {
                    return true;
                }
            }

            return false;
        }

        private void Emit(int start, int end, RunStyle style)
        {
            while (_nextCitation < citations.Count && citations[_nextCitation].At <= end)
            {
                var cut = Math.Max(start, citations[_nextCitation].At);
                Add(start, cut, style);
                _runs.Add(new TextRun("", RunStyle.None, Citation: citations[_nextCitation++].Number));
                start = cut;
            }

            Add(start, end, style);
        }

        private void Add(int start, int end, RunStyle style)
        {
            if (end > start)
            {
                _runs.Add(new TextRun(text[start..end], style));
            }
        }
    }
}

/// <summary>A citation number that belongs after the first <paramref name="At"/> characters of a text.</summary>
public sealed record CitationMark(int At, int Number);

/// <summary>A paragraph or a block of fixed-width text.</summary>
public abstract record TextBlock;

/// <summary>One line of text.</summary>
public sealed record ParagraphBlock(ParagraphKind Kind, IReadOnlyList<TextRun> Runs) : TextBlock;

/// <summary>Text between triple backticks, as it stands.</summary>
public sealed record MonoBlock(string Text) : TextBlock;

public enum ParagraphKind
{
    Plain,
    Bullet,
    Quote,
}

/// <summary>A piece of one line: text in a style, a link (with an address of an allowed scheme), or a citation number.</summary>
public sealed record TextRun(string Text, RunStyle Style, string? Href = null, int? Citation = null);

/// <summary>In the order of the marks <c>* _ ~ `</c>.</summary>
[Flags]
public enum RunStyle
{
    None = 0,
    Bold = 1,
    Italic = 2,
    Strike = 4,
    Code = 8,
}
