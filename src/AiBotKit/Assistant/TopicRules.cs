using System.Globalization;
using System.Text.RegularExpressions;

namespace AiBotKit.Assistant;

/// <summary>The numbered list of topics that is offered instead of a poor answer, and the customer's reply to it.</summary>
internal static partial class TopicRules
{
    private const int MaxTitle = 80;

    public static string List(string lead, IEnumerable<string> titles) =>
        lead + "\n" + string.Join('\n', titles.Select((title, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1}. {Title(title)}")));

    /// <summary>As it is shown; compare shown titles with shown titles.</summary>
    public static string Title(string title) => TextRules.Cut(title.ReplaceLineEndings(" ").Trim(), MaxTitle);

    /// <summary>True when the last thing the assistant said is such a list: it is offered once, not again and again.</summary>
    public static bool WasOffered(IReadOnlyList<HistoryLine> history) => Offered(history).Count > 0;

    /// <summary>The title that a reply such as "2", "2." or the title itself picks from the list offered last; null when it picks none.</summary>
    public static string? Pick(string text, IReadOnlyList<HistoryLine> history)
    {
        var offered = Offered(history);
        var reply = Bare(Plain(text));
        return int.TryParse(reply, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number >= 1 && number <= offered.Count ? offered[number - 1] : null
            : offered.Find(title => string.Equals(Bare(title), reply, StringComparison.OrdinalIgnoreCase));
    }

    private static string Bare(string text) => text.Trim(' ', '\n', '.', ')', '(', '#', '*', '?', '!', '¿', '¡', '؟', '？', '。', '।');

    /// <summary>Digits of every script as 0-9, and 2️⃣ as 2: people answer with the keyboard they have.</summary>
    private static string Plain(string text) =>
        string.Concat(text.Where(c => c is not ('\uFE0F' or '\u20E3')).Select(c => char.IsDigit(c) ? (char)('0' + (int)char.GetNumericValue(c)) : c));

    private static List<string> Offered(IReadOnlyList<HistoryLine> history)
    {
        var last = history.LastOrDefault(line => line.Speaker != Speaker.Customer);
        return last is { Speaker: Speaker.Assistant } && FixedTexts.IsLead(last.Text)
            ? [.. NumberedLine().Matches(last.Text).Select(match => match.Groups[1].Value.Trim())]
            : [];
    }

    [GeneratedRegex(@"^[ \t]*\d{1,2}[.)][ \t]+(.+)$", RegexOptions.Multiline)]
    private static partial Regex NumberedLine();
}
