using System.Text.Json;

namespace AiBotKit.Tests.Channels.WhatsApp;

/// <summary>The wire payloads of <c>tests/fixtures/wire</c> and their index.</summary>
internal static class WireFixtures
{
    private static readonly Lazy<string> Root = new(FindRoot);

    internal sealed record Entry(string File, string Kind, string Expect, int? HttpStatus, int[]? AltHttpStatus);

    public static byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(Root.Value, "tests", "fixtures", "wire", file));

    public static string Text(string file) => File.ReadAllText(Path.Combine(Root.Value, "tests", "fixtures", "wire", file));

    public static string PathInTests(params string[] parts) => Path.Combine([Root.Value, "tests", "AiBotKit.Tests", .. parts]);

    public static IReadOnlyList<Entry> Index()
    {
        using var document = JsonDocument.Parse(Bytes("index.json"));
        return [.. document.RootElement.GetProperty("files").EnumerateArray().Select(file => new Entry(
            file.GetProperty("file").GetString()!,
            file.GetProperty("kind").GetString()!,
            file.GetProperty("expect").GetString()!,
            file.TryGetProperty("httpStatus", out var status) ? status.GetInt32() : null,
            file.TryGetProperty("altHttpStatus", out var alt) ? [.. alt.EnumerateArray().Select(value => value.GetInt32())] : null))];
    }

    /// <summary>Everything that can arrive at the callback.</summary>
    public static IEnumerable<Entry> Callbacks() => Index().Where(entry => entry.Kind is "webhook" or "hostile" or "hostile-raw");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AiBotKit.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("AiBotKit.slnx was not found above the test binaries");
    }
}
