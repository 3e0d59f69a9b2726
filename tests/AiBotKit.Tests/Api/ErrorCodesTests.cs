using System.Text.RegularExpressions;
using AiBotKit.Tests.Architecture;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Api;

/// <summary>The table of error codes in the documentation against the source: a code without a row fails, and so does a row without a code.</summary>
public sealed partial class ErrorCodesTests
{
    private const string Table = "docs/api/errors.md";

    [Fact]
    public void Every_code_of_the_source_is_in_the_table_and_no_other()
    {
        var documented = Rows().Matches(File.ReadAllText(Path.Combine(Repository.Root, Table))).Select(row => row.Groups[1].Value).ToList();
        documented.ShouldBe(documented.Distinct(), ignoreOrder: true);
        var used = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "AiBotKit"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(path => CodesIn(File.ReadAllText(path))).Distinct().ToList();
        used.Count.ShouldBeGreaterThan(50);
        used.Except(documented).ShouldBeEmpty("codes without a row in " + Table);
        documented.Except(used).ShouldBeEmpty("rows without a code");
    }

    [Fact]
    public void A_code_is_found_in_every_way_that_the_source_names_one() =>
        CodesIn("""
            ErrorAnswers.Problem(context, StatusCodes.Status409Conflict, "one_code", "Text.");
            ErrorAnswers.WriteAsync(context, StatusCodes.Status403Forbidden, "two_codes", "Text.");
            StatusCodes.Status404NotFound => ("three", "Text."),
            new(StatusCodes.Status409Conflict, "FOUR_CODES", $"Text {x}.");
            public const string Required = "PLAN_FIVE";
            ReplayVerdict.Late => new("six", "Text."),
            Conflict(context, "seven", "Text.")
            ReplyVerdict.A or ReplyVerdict.B => "WA_EIGHT",
            """).ShouldBe(["one_code", "two_codes", "three", "FOUR_CODES", "PLAN_FIVE", "six", "seven", "WA_EIGHT"], ignoreOrder: true);

    private static IEnumerable<string> CodesIn(string source) => Codes().Matches(source).Select(match => match.Groups.Values.Skip(1).First(group => group.Success).Value);

    [GeneratedRegex(@"StatusCodes\.Status[45]\w+\s*(?:,|=>\s*\()\s*""([A-Za-z_]+)""|>= 500 => \(""([a-z]+)""|_ => \(""(refused)""|const string \w+ = ""((?:PLAN|QUOTA)_[A-Z_]+)""|ReplayVerdict\.\w+ => new\(""([a-z_]+)""|=> new\(""(unusable)""|(?:Conflict|Wrong)\(context, ""([a-z_]+)""|PausedVerdict\.\w+ \? ""([a-z_]+)""|ReplyVerdict\.\w+ => ""([A-Za-z_]+)""")]
    private static partial Regex Codes();

    [GeneratedRegex(@"^\| `([A-Za-z_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
