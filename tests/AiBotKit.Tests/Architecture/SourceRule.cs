using System.Text.RegularExpressions;

namespace AiBotKit.Tests.Architecture;

/// <summary>One rule about the text of the repository's files: where it holds, and what it finds in a file.</summary>
internal sealed record SourceRule(string Name, Func<string, bool> Applies, Func<RepositoryFile, IEnumerable<string>> Find)
{
    public IEnumerable<string> Check(RepositoryFile file) => Applies(file.Path) ? Find(file) : [];

    /// <summary>A rule that reports every line which matches.</summary>
    public static SourceRule Line(string name, string pattern, Func<string, bool> applies)
    {
        // Without a time limit: on a busy machine that would decide the test, and the patterns are ours.
        var forbidden = new Regex(pattern, RegexOptions.CultureInvariant, Regex.InfiniteMatchTimeout);
        return new SourceRule(name, applies, file => file.Text.Split('\n')
            .Select((text, index) => (text, index))
            .Where(line => forbidden.IsMatch(line.text))
            .Select(line => $"{file.Path}:{line.index + 1} {line.text.Trim()}"));
    }
}
