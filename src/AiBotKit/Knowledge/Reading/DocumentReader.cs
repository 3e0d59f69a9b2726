using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Markdig;

namespace AiBotKit.Knowledge.Reading;

/// <summary>
/// Reads .txt, .md and .html into blocks. Pairs are written as <c>Q: …</c> / <c>A: …</c> lines (also P:/R:, F:/A:, Question:/Answer:, س:/ج:, प्र:/उ:),
/// as a definition list, or as headings that end with a question mark; everything else is running text under its headings.
/// </summary>
internal static partial class DocumentReader
{
    private static readonly MarkdownPipeline Markdown = new MarkdownPipelineBuilder().UsePipeTables().UseAutoLinks().UseDefinitionLists().UseYamlFrontMatter().Build();

    /// <summary>The title (null when the text has none) and the blocks. Total: any text gives some blocks.</summary>
    public static (string? Title, IReadOnlyList<Block> Blocks) Read(string format, string content) => format switch
    {
        "md" => ReadMarkdown(content),
        "html" => ReadHtml(content),
        _ => (null, ReadLines(null, content)),
    };

    private static (string? Title, IReadOnlyList<Block> Blocks) ReadMarkdown(string content)
    {
        string html;
        try
        {
            html = Markdig.Markdown.ToHtml(content, Markdown);
        }
        catch (ArgumentException)
        {
            // The parser refuses lists and quotes nested beyond any sense; their lines can still be read.
            return (null, ReadLines(null, content));
        }

        return ReadHtml(html);
    }

    private static (string? Title, IReadOnlyList<Block> Blocks) ReadHtml(string html)
    {
        using var document = new HtmlParser().ParseDocument(html);
        foreach (var noise in document.QuerySelectorAll("script,style,noscript,template,svg,nav,iframe,form").ToList())
        {
            noise.Remove();
        }

        var walk = new Walk();
        if (document.Body is { } body)
        {
            walk.Children(body);
        }

        walk.Flush();
        var heading = document.QuerySelector("h1")?.TextContent.Trim();
        var title = string.IsNullOrWhiteSpace(document.Title) ? heading : document.Title.Trim();
        return (string.IsNullOrWhiteSpace(title) ? null : title, walk.Blocks);
    }

    private static List<Block> ReadLines(string? heading, string text)
    {
        var blocks = new List<Block>();
        var plain = new StringBuilder();
        string? question = null;
        var answer = new StringBuilder();
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            if (QuestionLine().Match(line) is { Success: true } asked)
            {
                EndPair();
                Flush();
                question = asked.Groups[1].Value.Trim();
            }
            else if (question is not null && answer.Length == 0 && AnswerLine().Match(line) is { Success: true } answered)
            {
                answer.Append(answered.Groups[1].Value.Trim());
            }
            else if (question is not null && answer.Length > 0 && string.IsNullOrWhiteSpace(line))
            {
                EndPair();
            }
            else
            {
                (question is null ? plain : answer).Append('\n').Append(line.TrimEnd());
            }
        }

        EndPair();
        Flush();
        return blocks;

        void EndPair()
        {
            if (question is null)
            {
                return;
            }

            var body = answer.ToString().Trim();
            blocks.Add(body.Length == 0 ? new Block(heading, null, question) : new Block(heading, question, body));
            question = null;
            answer.Clear();
        }

        void Flush()
        {
            var body = plain.ToString().Trim();
            if (body.Length > 0)
            {
                blocks.Add(new Block(heading, null, body));
            }

            plain.Clear();
        }
    }

    [GeneratedRegex(@"^\s*(?:\*\*)?(?:Q|P|F|Question|Pregunta|Pergunta|Frage|س|سؤال|प्र|प्रश्न|सवाल)\s*\d*\s*[:.](?:\*\*)?\s*(\S.*)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex QuestionLine();

    [GeneratedRegex(@"^\s*(?:\*\*)?(?:A|R|Answer|Respuesta|Resposta|Antwort|Réponse|ج|جواب|उ|उत्तर|जवाब)\s*\d*\s*[:.](?:\*\*)?\s*(\S.*)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AnswerLine();

    /// <summary>Walks a page in reading order and keeps the headings above.</summary>
    private sealed class Walk
    {
        /// <summary>Elements inside elements that are read; no page made by people comes near, and the walk must not exhaust the stack.</summary>
        private const int MaxDepth = 256;

        private readonly List<(int Level, string Text)> _headings = [];
        private readonly StringBuilder _text = new();
        private int _depth;

        public List<Block> Blocks { get; } = [];

        public void Children(INode parent)
        {
            if (_depth == MaxDepth)
            {
                return;
            }

            _depth++;
            foreach (var node in parent.ChildNodes)
            {
                Node(node);
            }

            _depth--;
        }

        public void Flush()
        {
            var text = _text.ToString().Trim();
            _text.Clear();
            if (text.Length == 0)
            {
                return;
            }

            var last = _headings.Count == 0 ? null : _headings[^1].Text;
            if (last is not null && (last.EndsWith('?') || last.EndsWith('？') || last.EndsWith('؟')))
            {
                Blocks.Add(new Block(Path(_headings.Count - 1), last, text));
                return;
            }

            Blocks.AddRange(ReadLines(Path(_headings.Count), text));
        }

        private void Node(INode node)
        {
            switch (node)
            {
                case IText text:
                    Append(text.Data);
                    break;
                case IElement { LocalName: "h1" or "h2" or "h3" or "h4" or "h5" or "h6" } heading:
                    Flush();
                    var level = heading.LocalName[1] - '0';
                    _headings.RemoveAll(h => h.Level >= level);
                    _headings.Add((level, Spaces().Replace(heading.TextContent, " ").Trim()));
                    break;
                case IElement { LocalName: "dl" } list:
                    Definitions(list);
                    break;
                case IElement { LocalName: "br" }:
                    _text.Append('\n');
                    break;
                case IElement { LocalName: "li" } item:
                    _text.Append("\n- ");
                    Children(item);
                    _text.Append('\n');
                    break;
                case IElement { LocalName: "td" or "th" } cell:
                    Children(cell);
                    _text.Append(" | ");
                    break;
                case IElement { LocalName: "p" or "div" or "section" or "article" or "tr" or "table" or "ul" or "ol" or "blockquote" or "pre" or "main" or "header" or "footer" } block:
                    _text.Append('\n');
                    Children(block);
                    _text.Append('\n');
                    break;
                case IElement element:
                    Children(element);
                    break;
            }
        }

        private void Definitions(IElement list)
        {
            Flush();
            string? term = null;
            foreach (var child in list.Children)
            {
                var text = Spaces().Replace(child.TextContent, " ").Trim();
                if (child.LocalName == "dt")
                {
                    term = text;
                }
                else if (term is { Length: > 0 } && text.Length > 0)
                {
                    Blocks.Add(new Block(Path(_headings.Count), term, text));
                    term = null;
                }
            }
        }

        private void Append(string text)
        {
            // Line ends inside a paragraph are Markdown's soft breaks; a Q: or A: line must stay a line.
            _text.Append(InlineSpaces().Replace(text, " "));
        }

        private string? Path(int count) => count == 0 ? null : string.Join(" › ", _headings.Take(count).Select(h => h.Text));
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"[ \t]+")]
    private static partial Regex InlineSpaces();
}
