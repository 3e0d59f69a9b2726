using System.Text.RegularExpressions;

namespace AiBotKit.Dashboard.Editor;

/// <summary>The marks <c>[[1]]</c> in an answer that was not rendered for a channel.</summary>
internal static partial class CitationMarks
{
    private static readonly string[] Superscripts = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"];

    /// <summary>The text with small numbers instead.</summary>
    public static string Without(string markdown) =>
        Mark().Replace(markdown, match => string.Concat(match.Groups[1].Value.Select(digit => Superscripts[digit - '0'])));

    [GeneratedRegex(@"\s?\[\[([0-9]{1,2})\]\]")]
    private static partial Regex Mark();
}
