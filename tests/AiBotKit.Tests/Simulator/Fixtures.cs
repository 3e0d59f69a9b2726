using System.Runtime.CompilerServices;
using System.Text.Json;

namespace AiBotKit.Tests.Simulator;

/// <summary>The wire fixtures.</summary>
internal static class Fixtures
{
    public static string Text(string file) => File.ReadAllText(Path.Combine(Folder(), file));

    public static JsonElement Json(string file) => JsonDocument.Parse(Text(file)).RootElement;

    public static IEnumerable<string> Files(string pattern) => Directory.EnumerateFiles(Folder(), pattern).Select(static path => Path.GetFileName(path)!).Order(StringComparer.Ordinal);

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "fixtures", "wire");
}
