using System.Text.Json;
using AiBotKit.Tests.Architecture;
using Microsoft.Playwright;

namespace AiBotKit.Tests.Browser;

/// <summary>axe-core on a page (<c>build/fetch-axe</c> brings it).</summary>
internal static class Axe
{
    private static readonly Lazy<string> Script = new(() => File.ReadAllText(Path.Combine(Repository.Root, "build", "axe", "axe.min.js")));

    /// <summary>One line for each serious or critical violation: its rule, and the elements.</summary>
    public static async Task<IReadOnlyList<string>> ProblemsAsync(IPage page)
    {
        await page.EvaluateAsync(Script.Value);
        var result = await page.EvaluateAsync<JsonElement>("async () => { const r = await axe.run(document, { resultTypes: ['violations'] }); return r.violations.map(v => ({ id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.map(n => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')) })); }");
        return
        [
            .. result.EnumerateArray()
                .Where(v => v.GetProperty("impact").GetString() is "serious" or "critical")
                .Select(v => $"{v.GetProperty("id")}: {v.GetProperty("help")}: {string.Join(" | ", v.GetProperty("nodes").EnumerateArray().Take(5).Select(n => n.GetString()))}"),
        ];
    }
}
