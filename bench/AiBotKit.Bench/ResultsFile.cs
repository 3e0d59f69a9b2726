using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AiBotKit.Demo;

namespace AiBotKit.Bench;

/// <summary>The figures of every run, a line each, with the commit and the machine they were measured on.</summary>
internal static class ResultsFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static async Task AppendAsync(string scenario, object figures)
    {
        var root = RepositoryRoot.Find();
        var line = JsonSerializer.Serialize(
            new
            {
                at = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                commit = await GitAsync(root, "rev-parse", "--short", "HEAD") + (await GitAsync(root, "status", "--porcelain", "--", "src") == "" ? "" : "+"),
                machine = Machine.Describe(),
                load = Machine.Load(),
                scenario,
                figures,
            },
            Json);
        await File.AppendAllTextAsync(Path.Combine(root, "bench", "results.jsonl"), line + "\n");
    }

    private static async Task<string> GitAsync(string root, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true, WorkingDirectory = root })!;
        var said = await git.StandardOutput.ReadToEndAsync();
        await git.WaitForExitAsync();
        return said.Trim();
    }
}
