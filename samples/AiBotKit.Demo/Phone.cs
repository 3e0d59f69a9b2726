using System.Net.Http.Json;
using System.Text.Json;

namespace AiBotKit.Demo;

/// <summary>The customer's phone, over the simulator's control calls.</summary>
internal sealed class Phone(HttpClient http, string simulator, string customer)
{
    private long cursor;

    public async Task SendAsync(Bubble bubble, CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsJsonAsync(Address("messages"), new { bubble.Type, bubble.Text, bubble.Caption }, JsonSerializerOptions.Web, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Business messages that arrived since the last call; waits for at least one.</summary>
    public async Task<IReadOnlyList<Received>> NextAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var view = await http.GetFromJsonAsync<JsonElement>(Address($"messages?from=business&after={cursor}&count=1&waitMs={(int)patience.TotalMilliseconds}"), cancellationToken);
        cursor = view.GetProperty("cursor").GetInt64();
        return [.. view.GetProperty("messages").EnumerateArray().Select(one => new Received(one.GetProperty("id").GetString()!, one.TryGetProperty("text", out var text) ? text.GetString() ?? "" : ""))];
    }

    private Uri Address(string rest) => new($"{simulator}/sim/customers/{customer}/{rest}");
}

/// <summary>A message on the phone: the provider's id and the text.</summary>
internal sealed record Received(string Id, string Text);
