using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace AiBotKit.Demo;

/// <summary>What the owner's side says about the conversation, over the REST API.</summary>
internal sealed class ProductApi(HttpClient http, string product, string key)
{
    /// <summary>The messages of the conversation with this public id; empty while there is none.</summary>
    public async Task<IReadOnlyList<JsonElement>> MessagesAsync(string sessionId, CancellationToken cancellationToken)
    {
        var conversation = (await ItemsAsync("/api/conversations", cancellationToken)).FirstOrDefault(one => one.GetProperty("sessionId").GetString() == sessionId);
        return conversation.ValueKind == JsonValueKind.Undefined ? [] : await ItemsAsync($"/api/conversations/{conversation.GetProperty("id").GetGuid()}/messages", cancellationToken);
    }

    public async Task<bool> HasGapAsync(string question, CancellationToken cancellationToken) =>
        (await ItemsAsync("/api/gaps", cancellationToken)).Any(one => one.GetRawText().Contains(question, StringComparison.OrdinalIgnoreCase));

    /// <summary>Titles of the documents that a message cites.</summary>
    public static IReadOnlyList<string> Citations(JsonElement message) =>
        message.TryGetProperty("citations", out var all) && all.ValueKind == JsonValueKind.Array
            ? [.. all.EnumerateArray().Select(Title).OfType<string>()]
            : [];

    private static string? Title(JsonElement citation) =>
        citation.EnumerateObject().Where(one => one.Name.Equals("title", StringComparison.OrdinalIgnoreCase)).Select(one => one.Value.GetString()).FirstOrDefault();

    private async Task<IReadOnlyList<JsonElement>> ItemsAsync(string path, CancellationToken cancellationToken)
    {
        using var ask = new HttpRequestMessage(HttpMethod.Get, $"{product}{path}?limit=200");
        ask.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await http.SendAsync(ask, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw new LaunchException($"GET {path} answered {(int)answer.StatusCode}.");
        }

        var page = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return [.. page.GetProperty("items").EnumerateArray()];
    }
}
