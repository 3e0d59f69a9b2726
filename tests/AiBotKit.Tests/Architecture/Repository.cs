namespace AiBotKit.Tests.Architecture;

/// <summary>A text file of the repository: path from the root with slashes, and what it says.</summary>
internal sealed record RepositoryFile(string Path, string Text);

/// <summary>The checked-out tree that these tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = ["bin", "obj", ".git", ".cache", "data", "artifacts", "node_modules", "models", "TestResults", "Migrations"];
    private static readonly string[] Texts = [".cs", ".razor", ".csproj", ".props", ".slnx", ".md", ".json", ".js", ".ts", ".css", ".html", ".txt", ".jsonl", ""];
    private static readonly Lazy<IReadOnlyList<RepositoryFile>> Loaded = new(Load);

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<RepositoryFile> Files => Loaded.Value;

    public static bool Exists(string path) => File.Exists(Path.Combine(Root, path)) || Directory.Exists(Path.Combine(Root, path));

    private static IReadOnlyList<RepositoryFile> Load() => [.. Under(Root).Select(path => new RepositoryFile(Relative(path), File.ReadAllText(path)))];

    private static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static IEnumerable<string> Under(string folder) =>
        Directory.EnumerateFiles(folder).Where(file => Texts.Contains(Path.GetExtension(file)) && !Path.GetFileName(file).Equals(".git", StringComparison.Ordinal))
            .Concat(Directory.EnumerateDirectories(folder).Where(child => !NotOurs.Contains(Path.GetFileName(child))).SelectMany(Under));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AiBotKit.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("AiBotKit.slnx was not found above the test program.");
    }
}
