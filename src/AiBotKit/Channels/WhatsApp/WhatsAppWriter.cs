using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>Writes a parsed page as WhatsApp text: markers hug the words, stand on word borders and do not span lines.</summary>
internal sealed partial class WhatsAppWriter
{
    private const int MaxDepth = 64;

    private readonly StringBuilder text = new();
    private bool afterHeading;

    public static string Write(IElement body)
    {
        var writer = new WhatsAppWriter();
        writer.Children(body, 0, "");
        return writer.text.ToString();
    }

    private static string Inside(INode node, int depth, string active)
    {
        var writer = new WhatsAppWriter();
        writer.Children(node, depth + 1, active);
        return writer.text.ToString();
    }

    private void Children(INode node, int depth, string active)
    {
        if (depth > MaxDepth)
        {
            Words(node.TextContent);
            return;
        }

        foreach (var child in node.ChildNodes)
        {
            if (child is IText words)
            {
                Words(words.Data);
            }
            else if (child is IElement element)
            {
                Element(element, depth, active);
            }
        }
    }

    private void Element(IElement element, int depth, string active)
    {
        switch (element.LocalName)
        {
            case "script" or "style" or "template" or "noscript" or "iframe" or "object" or "head" or "title" or "svg" or "math":
                break;
            case "br":
                text.Append('\n');
                break;
            case "hr":
                Break(2);
                break;
            case "b" or "strong":
                Marked(element, '*', depth, active);
                break;
            case "i" or "em":
                // Bold outside, italic inside, whichever way it was nested.
                if (element.ChildNodes is [IElement { LocalName: "strong" or "b" } strong])
                {
                    Marked(strong, '*', depth, active, inner: '_');
                }
                else
                {
                    Marked(element, '_', depth, active);
                }

                break;
            case "s" or "del" or "strike":
                Marked(element, '~', depth, active);
                break;
            case "code" or "kbd" or "samp" or "tt":
                Code(element.TextContent);
                break;
            case "pre":
                Break(2);
                text.Append("```\n").Append(element.TextContent.Replace("```", "'''", StringComparison.Ordinal).Trim('\n')).Append("\n```");
                Break(2);
                break;
            case "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                Break(2);
                Marked(element, '*', depth, active);
                Break(1);
                afterHeading = true;
                break;
            case "a":
                Link(Inside(element, depth, active).Trim(), element.GetAttribute("href"));
                break;
            case "img":
                Link(Line(element.GetAttribute("alt") ?? ""), element.GetAttribute("src"));
                break;
            case "ul" or "ol":
                List(element, depth, active);
                break;
            case "blockquote":
                Break(2);
                var quoted = Inside(element, depth, active).Trim('\n', ' ');
                text.Append(quoted.Length == 0 ? "" : "> " + Breaks().Replace(quoted, "\n> "));
                Break(2);
                break;
            case "table":
                Table(element, depth, active);
                break;
            case "p":
                Break(2);
                Children(element, depth + 1, active);
                Break(2);
                break;
            case "div" or "section" or "article" or "header" or "footer" or "main" or "li" or "dt" or "dd" or "tr" or "figure" or "figcaption" or "address":
                Break(1);
                Children(element, depth + 1, active);
                Break(1);
                break;
            default:
                Children(element, depth + 1, active);
                break;
        }
    }

    private void Words(string data)
    {
        var line = Spaces().Replace(data, " ");
        text.Append(AtLineStart() ? line.TrimStart(' ') : line);
        afterHeading = afterHeading && line.Trim(' ').Length == 0;
    }

    private void Marked(IElement element, char marker, int depth, string active, char? inner = null)
    {
        var isNested = active.Contains(marker, StringComparison.Ordinal);
        var content = Inside(element, depth, active + marker + inner);
        var before = text.Length > 0 ? text[^1] : ' ';
        var after = Line(element.NextSibling is IText next ? next.Data : "") is [var first, ..] && element.NextSibling!.TextContent[0] == first ? first : ' ';
        var standsAlone = !char.IsLetterOrDigit(before) && !char.IsLetterOrDigit(after);
        if (isNested || !standsAlone || content.Contains(marker, StringComparison.Ordinal) || content.Contains('`', StringComparison.Ordinal))
        {
            text.Append(content);
            return;
        }

        var lines = content.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var words = lines[i].Trim(' ');
            if (words.Length == 0)
            {
                text.Append(lines[i]);
            }
            else
            {
                var start = lines[i].IndexOf(words, StringComparison.Ordinal);
                var open = inner is { } second && !active.Contains(second, StringComparison.Ordinal) ? $"{marker}{second}" : $"{marker}";
                text.Append(lines[i].AsSpan(0, start)).Append(open).Append(words);
                text.Append(open.Length == 2 ? $"{inner}{marker}" : open).Append(lines[i].AsSpan(start + words.Length));
            }

            text.Append(i + 1 < lines.Length ? "\n" : "");
        }
    }

    private void Code(string code)
    {
        var line = Line(code);
        text.Append(line.Length == 0 || line.Contains('`', StringComparison.Ordinal) ? line : $"`{line}`");
    }

    /// <summary>WhatsApp links addresses by itself; only addresses a person may safely open are shown.</summary>
    private void Link(string words, string? address)
    {
        var url = Line(address ?? "");
        var isSafe = Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "mailto" or "tel";
        var shown = !isSafe ? words
            : uri!.Scheme is "mailto" or "tel" && words.Length > 0 ? words
            : words.Length == 0 || words == url || words + "/" == url ? url
            : $"{words} ({url})";
        text.Append(shown);
    }

    private void List(IElement list, int depth, string active)
    {
        var isNested = list.ParentElement?.LocalName == "li";
        Break(isNested ? 1 : 2);
        var number = int.TryParse(list.GetAttribute("start"), NumberStyles.None, CultureInfo.InvariantCulture, out var start) ? start : 1;
        foreach (var item in list.Children)
        {
            var content = Breaks().Replace(Inside(item, depth, active).Trim('\n', ' '), "\n  ");
            if (content.Length > 0)
            {
                text.Append(list.LocalName == "ol" ? $"{number++.ToString(CultureInfo.InvariantCulture)}. " : "- ").Append(content);
                Break(1);
            }
        }

        Break(isNested ? 1 : 2);
    }

    private void Table(IElement table, int depth, string active)
    {
        Break(2);
        string[] header = [];
        foreach (var row in table.QuerySelectorAll("tr"))
        {
            var cells = row.Children.Select(cell => Line(Inside(cell, depth, active))).ToArray();
            if (header.Length == 0 && row.Children.Any(cell => cell.LocalName == "th"))
            {
                header = cells;
                continue;
            }

            for (var i = 0; i < cells.Length; i++)
            {
                if (cells[i].Length > 0)
                {
                    text.Append(i < header.Length && header[i].Length > 0 ? $"{header[i]}: {cells[i]}" : cells[i]);
                    Break(1);
                }
            }

            Break(2);
        }
    }

    /// <summary>Ends the line; two make a new paragraph, except directly under a heading.</summary>
    private void Break(int lines)
    {
        while (text.Length > 0 && text[^1] == ' ')
        {
            text.Length--;
        }

        if (text.Length == 0)
        {
            return;
        }

        var wanted = afterHeading ? 1 : lines;
        var has = 0;
        while (has < text.Length && text[text.Length - 1 - has] == '\n')
        {
            has++;
        }

        text.Append('\n', Math.Max(0, wanted - has));
    }

    private bool AtLineStart() => text.Length == 0 || text[^1] is '\n' or ' ';

    private static string Line(string data) => Spaces().Replace(data, " ").Trim(' ');

    [GeneratedRegex(@"[ \t\r\n\f]+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\n+", RegexOptions.CultureInvariant)]
    private static partial Regex Breaks();
}
