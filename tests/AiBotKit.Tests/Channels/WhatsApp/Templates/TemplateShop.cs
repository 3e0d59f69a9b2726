using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Channels;
using AiBotKit.Storage;
using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Simulator;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp.Templates;

/// <summary>A talking shop whose customer wrote more than a day ago, taken over, with its templates read from the provider.</summary>
internal sealed class TemplateShop : IAsyncDisposable
{
    private TemplateShop(TalkingShop shop, Guid connection, Guid conversation) => (Shop, Connection, Conversation) = (shop, connection, conversation);

    public TalkingShop Shop { get; }

    public Guid Connection { get; }

    public Guid Conversation { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<TemplateShop> StartAsync(bool closed = true, params string[] simulator)
    {
        var shop = await TalkingShop.StartAsync(0, simulator);
        await shop.AskAsync("Hello");
        await shop.SwitchAsync(false);
        Guid connection;
        await using (var db = shop.App.Get<ReadDb>().Open())
        {
            connection = db.Set<Connection>().Single().Id;
        }

        var one = new TemplateShop(shop, connection, (await shop.ConversationAsync()).GetProperty("id").GetGuid());
        await one.SyncAsync();
        if (closed)
        {
            await one.CloseAsync();
        }

        return one;
    }

    /// <summary>Both sides agree that the customer wrote more than a day ago.</summary>
    public async Task CloseAsync()
    {
        Shop.App.Sql("UPDATE conversations SET LastInboundAt = LastInboundAt - 900000000000, TakeoverUntil = NULL");
        await Shop.Simulator.ControlAsync("/sim/clock", new { jumpSeconds = 90_000 });
    }

    public async Task<JsonElement> SyncAsync() => await ReadAsync(await Shop.Api.PostAsync(new Uri($"/api/connections/{Connection}/templates/sync", UriKind.Relative), null, Stop), HttpStatusCode.OK);

    public async Task<Dictionary<string, JsonElement>> ListAsync() =>
        (await Shop.Api.GetFromJsonAsync<JsonElement>($"/api/connections/{Connection}/templates", Stop)).GetProperty("items").EnumerateArray().ToDictionary(t => t.GetProperty("name").GetString()!);

    public Task<JsonElement> SendAsync(object body, HttpStatusCode expected = HttpStatusCode.Created, string? key = null) => PostAsync("templates", body, expected, key);

    public Task<JsonElement> HoldAsync(object body, HttpStatusCode expected = HttpStatusCode.Created, string? key = null) => PostAsync("held", body, expected, key);

    public async Task<HttpStatusCode> CancelAsync(Guid held)
    {
        using var answer = await Shop.Api.DeleteAsync(new Uri($"/api/conversations/{Conversation}/held/{held}", UriKind.Relative), Stop);
        return answer.StatusCode;
    }

    /// <summary>What the customer's phone shows of the business, oldest first.</summary>
    public async Task<List<JsonElement>> PhoneAsync() =>
        [.. (await Shop.Simulator.GetAsync($"/sim/customers/{SimulatorFixture.Customer}/messages?from=business")).GetProperty("messages").EnumerateArray()];

    public async Task<List<string?>> TextsAsync() => [.. (await PhoneAsync()).Select(m => m.GetProperty("text").GetString())];

    /// <summary>Waits until the phone shows so many messages of the business.</summary>
    public async Task<List<string?>> TextsAsync(int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (true)
        {
            var texts = await TextsAsync();
            if (texts.Count >= count)
            {
                return texts;
            }

            patience.IsCancellationRequested.ShouldBeFalse("waited too long; last seen: " + string.Join(" | ", texts));
            await Task.Delay(50, Stop);
        }
    }

    /// <summary>The customer taps the button of that name under the latest message that has it.</summary>
    public async Task<JsonElement> TapAsync(string button)
    {
        var nudge = (await PhoneAsync()).Last(m => m.GetProperty("content").TryGetProperty("rendered", out var shown) && shown.TryGetProperty("buttons", out var buttons) && buttons.EnumerateArray().Any(b => b.GetProperty("text").GetString() == button));
        return await Shop.Simulator.SayAsync(new { type = "button", buttonId = button, title = button, replyTo = nudge.GetProperty("id").GetString() });
    }

    public async ValueTask DisposeAsync() => await Shop.DisposeAsync();

    private async Task<JsonElement> PostAsync(string what, object body, HttpStatusCode expected, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/conversations/{Conversation}/{what}") { Content = JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await ReadAsync(await Shop.Api.SendAsync(request, Stop), expected);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, HttpStatusCode expected)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync(Stop);
            answer.StatusCode.ShouldBe(expected, text);
            return JsonDocument.Parse(text).RootElement;
        }
    }
}
