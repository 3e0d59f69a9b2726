using System.Text.RegularExpressions;

namespace AiBotKit.Tests.Architecture;

/// <summary>The conventions that neither the compiler nor its analyzers check.</summary>
internal static partial class SourceRules
{
    private const int LongestFile = 400;
    private const int LongestProgram = 80;
    private const string Product = "src/AiBotKit/";
    private const string Simulator = "src/AiBotKit.PinnacleSimulator/";

    // Written in pieces so that this file does not break its own rules.
    private const string Machine = "(?<![\\w.:])/(wo" + "rk|fa" + "rm)/|/ro" + "ot/|/ho" + "me/";
    private const string Registries = "(api\\.)?nuget\\.or" + "g|npmjs\\.(or" + "g|com)|deb\\.deb" + "ian|debian\\.or" + "g|crates\\.i" + "o";
    private const string Unfinished = "\\b(TO" + "DO|FIX" + "ME|HA" + "CK|XX" + "X)\\b|NotImplemented" + "Exception";
    private const string Boasts = "(?i)\\b(seam" + "less(ly)?|blaz" + "ing(ly)?|world-" + "class|enterprise-" + "grade|bullet" + "proof|military-" + "grade)\\b";

    private static readonly string[] Folders = ["Services", "Models", "Helpers", "Common", "Utils", "Managers", "Utilities"];

    public static IReadOnlyList<SourceRule> All { get; } =
    [
        SourceRule.Line("fire and forget", @"(^|\s)_\s*=\s*[\w.]*\w+Async\(", Ours),
        SourceRule.Line("region", @"^\s*#region", Ours),
        SourceRule.Line("Task.Run", @"\bTask\.Run\(", path => Source(path) && path.EndsWith(".cs", StringComparison.Ordinal)),
        SourceRule.Line("MarkupString", @"\bMarkupString\b|\bAddMarkupContent\b", Source),
        // A value that is set beside a handler of its own is written back over what was typed meanwhile: only a binding is spared that.
        SourceRule.Line("unbound input", @"<(input|textarea)\b(?=[^\n]*?\svalue=""@)(?=[^\n]*?@oninput=)", path => path.EndsWith(".razor", StringComparison.Ordinal)),
        // The circuit ends when one message is too large for it, and all that was typed on the page with it.
        SourceRule.Line("unbounded textarea", @"<textarea\b(?=[^\n]*?@bind=)(?![^\n>]*\smaxlength=)", path => path.EndsWith(".razor", StringComparison.Ordinal)),
        SourceRule.Line("SaveChanges outside the writer", @"\.SaveChanges(Async)?\(", path => Source(path) && path != Product + "Durability/GroupCommitWriter.cs"),
        SourceRule.Line(
            "audit trail changed", @"(?i)\b(UPDATE|DELETE\s+FROM|INSERT\s+OR\s+\w+\s+INTO)\s+""?audit\b|Set<AuditEntry>\(\).*\.(ExecuteUpdate|ExecuteDelete|AsTracking)",
            path => Source(path) && path is not (Product + "Durability/ApplyRetention.cs" or Product + "Storage/SqliteDatabase.cs")),
        SourceRule.Line("database driver", @"\bMicrosoft\.Data\.Sqlite\b|\bNpgsql\b", path => Code(path) && !In(path, "Storage", "Durability")),
        SourceRule.Line("model SDK", @"\bMicrosoft\.Extensions\.AI\b|^using (OpenAI|Anthropic)\b", path => Code(path) && !In(path, "Assistant", "Knowledge")),
        SourceRule.Line("simulator knows the product", @"\bAiBotKit\.(?!PinnacleSimulator)[A-Z]|src/AiBotKit/", path => path.StartsWith(Simulator, StringComparison.Ordinal) && Ours(path)),
        SourceRule.Line("machine path", Machine, Everywhere),
        SourceRule.Line("registry host", Registries, Everywhere),
        SourceRule.Line("unfinished", Unfinished, Ours),
        SourceRule.Line("boast", Boasts, path => path.EndsWith(".md", StringComparison.Ordinal) || path.EndsWith(".razor", StringComparison.Ordinal)),
        new("feature arrow", Code, Arrows),
        new("long file", Ours, file => Lines(file) > LongestFile ? [$"{file.Path} has {Lines(file)} lines; {LongestFile} are allowed"] : []),
        new("long Program.cs", path => path == Product + "Program.cs", file => Lines(file) >= LongestProgram ? [$"{file.Path} has {Lines(file)} lines"] : []),
        new("forbidden folder", Ours, file => file.Path.Split('/').SkipLast(1).Where(Folders.Contains).Select(folder => $"{file.Path}: no {folder} folder")),
        new("Constants.cs", Ours, file => file.Path.EndsWith("/Constants.cs", StringComparison.Ordinal) ? [file.Path] : []),
        new("path in docs", path => path.EndsWith(".md", StringComparison.Ordinal) && !path.StartsWith("samples/", StringComparison.Ordinal), DeadPaths),
    ];

    private static bool Everywhere(string path) => !path.StartsWith("tests/fixtures/", StringComparison.Ordinal);

    private static bool Ours(string path) =>
        (path.EndsWith(".cs", StringComparison.Ordinal) || path.EndsWith(".razor", StringComparison.Ordinal)) && (Source(path) || path.Split('/')[0] is "tests" or "evals" or "bench" or "samples");

    private static bool Source(string path) => path.StartsWith("src/", StringComparison.Ordinal);

    private static bool Code(string path) => path.StartsWith(Product, StringComparison.Ordinal) && Ours(path);

    private static bool In(string path, params ReadOnlySpan<string> folders)
    {
        foreach (var folder in folders)
        {
            if (path.StartsWith($"{Product}{folder}/", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static int Lines(RepositoryFile file) => file.Text.AsSpan().Count('\n');

    /// <summary>What the compiled program does not show: constants, nameof, and components.</summary>
    private static IEnumerable<string> Arrows(RepositoryFile file)
    {
        var folder = file.Path[Product.Length..].Split('/').SkipLast(1);
        if (FeatureMap.Of(string.Join('.', folder)) is not { } from)
        {
            return [];
        }

        return OurName().Matches(file.Text).Select(match => FeatureMap.Of(match.Groups[1].Value)).OfType<string>().Distinct()
            .Where(to => !FeatureMap.Allows(from, to)).Select(to => $"{file.Path}: {from} -> {to}");
    }

    private static IEnumerable<string> DeadPaths(RepositoryFile file)
    {
        var folder = Path.GetDirectoryName(file.Path) ?? "";
        var named = CodePath().Matches(file.Text).Select(match => match.Groups[1].Value);
        var linked = Link().Matches(file.Text).Select(match => Path.Combine(folder, match.Groups[1].Value));
        return named.Concat(linked).Distinct().Where(path => !Repository.Exists(path)).Select(path => $"{file.Path}: {path} does not exist");
    }

    [GeneratedRegex(@"(?:using |@using |[\s(<,!=])AiBotKit\.([A-Z]\w*(?:\.[A-Z]\w*)?)")]
    private static partial Regex OurName();

    [GeneratedRegex(@"`((?:src|docs|tests|samples|evals|bench|build)/[\w./-]+)`")]
    private static partial Regex CodePath();

    [GeneratedRegex(@"\]\((?!https?:|mailto:|#)([\w./-]+)(?:#[\w-]*)?\)")]
    private static partial Regex Link();
}
