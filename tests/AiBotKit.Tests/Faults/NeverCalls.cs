using System.Net.Http.Json;
using System.Text.Json;

namespace AiBotKit.Tests.Faults;

/// <summary>
/// Little is taught in the runs with real processes: the second fallback in a row would call a person, and what comes after it would rightly stay unanswered.
/// There every message must be answered, so the number of fallbacks that calls one is set to never.
/// </summary>
internal static class NeverCalls
{
    public static async Task SetAsync(HttpClient api, CancellationToken cancellationToken)
    {
        var bot = (await api.GetFromJsonAsync<JsonElement>("/api/chatbots", cancellationToken)).GetProperty("items")[0].GetProperty("id").GetGuid();
        using var set = await api.PutAsJsonAsync($"/api/chatbots/{bot}/handover", new { afterUnanswered = 0 }, cancellationToken);
        set.EnsureSuccessStatusCode();
    }
}
