using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Dashboard;

/// <summary>A class has one style sheet: two that style the same bare class change screens they do not know, by the order of their links.</summary>
public sealed partial class StyleSheetTests
{
    [Fact]
    public void No_class_is_styled_by_two_sheets()
    {
        var sheets = Directory.GetFiles(Path.Combine(Repository.Root, "src/AiBotKit/wwwroot/css"), "*.css").ToDictionary(path => Path.GetFileName(path), File.ReadAllText);
        sheets.Count.ShouldBeGreaterThan(8);
        Twice(sheets).ShouldBeEmpty();
    }

    [Fact]
    public void A_class_of_two_sheets_is_found() =>
        Twice(new Dictionary<string, string>
        {
            ["a.css"] = "/* .c { } */ .tabs, .b { gap: 1px; } @media (max-width: 860px) { .d { gap: 1px; } } .x .y { gap: 1px; }",
            ["b.css"] = ".b:hover { gap: 1px; } .tabs { gap: 2px; } .c, .d, .y { gap: 2px; }",
        }).ShouldBe(["tabs: a.css, b.css"]);

    private static IEnumerable<string> Twice(IReadOnlyDictionary<string, string> sheets) =>
        sheets.SelectMany(sheet => BareClasses(sheet.Value).Select(name => (Name: name, Sheet: sheet.Key)))
            .Distinct().GroupBy(one => one.Name, one => one.Sheet).Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Order(StringComparer.Ordinal))}").Order(StringComparer.Ordinal);

    private static IEnumerable<string> BareClasses(string css) =>
        Rule().Matches(Media().Replace(Comment().Replace(css, ""), "")).SelectMany(rule => rule.Groups[1].Value.Split(','))
            .Select(selector => Bare().Match(selector.Trim())).Where(match => match.Success).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")]
    private static partial Regex Media();

    [GeneratedRegex(@"([^{}]+)\{[^{}]*\}")]
    private static partial Regex Rule();

    [GeneratedRegex(@"^\.([a-z0-9-]+)$")]
    private static partial Regex Bare();
}
