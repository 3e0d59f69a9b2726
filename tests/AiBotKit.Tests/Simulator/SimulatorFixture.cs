extern alias Simulator;

using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Simulator::AiBotKit.PinnacleSimulator;

namespace AiBotKit.Tests.Simulator;

/// <summary>The simulator in process on a port of its own, without latency, and a receiver for its callbacks.</summary>
internal sealed class SimulatorFixture : IAsyncDisposable
{
    public const string Key = "00000000-0000-1000-8000-00000000c0de";
    public const string Secret = "invented-app-secret-0123456789abcdef";
    public const string Number = "300000000000001";
    public const string Customer = "15550100101";

    private readonly WebApplication app;

    private SimulatorFixture(WebApplication app, Receiver receiver)
    {
        this.app = app;
        Receiver = receiver;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromSeconds(60) };
    }

    public Receiver Receiver { get; }

    public string Url => app.Urls.First();

    public IServiceProvider Services => app.Services;

    public HttpClient Http { get; }

    public static async Task<SimulatorFixture> StartAsync(params string[] settings)
    {
        var receiver = await Receiver.StartAsync(Secret);
        var app = SimulatorApp.Build([
            "--Urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None", $"--Simulator:ApiKey={Key}", $"--Simulator:WebhookSecret={Secret}", $"--Simulator:WebhookUrl={receiver.Url}",
            "--Simulator:ResponseMinMs=0", "--Simulator:ResponseMaxMs=0", "--Simulator:SentAfterMs=0", "--Simulator:DeliveredAfterMs=0", "--Simulator:ReadAfterMs=0",
            "--Simulator:ClockFactor=100", .. settings.Select(static one => one.StartsWith("--", StringComparison.Ordinal) ? one : "--Simulator:" + one)]);
        await app.StartAsync();
        return new SimulatorFixture(app, receiver);
    }

    /// <summary>Calls the provider API with the right key.</summary>
    public async Task<(int Status, JsonElement Body, HttpResponseMessage Response)> CallAsync(string path, string json, string? key = Key, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, path);
        if (key is not null)
        {
            request.Headers.Add("apikey", key);
        }

        if (request.Method != HttpMethod.Get)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.StartsWith('{') || text.StartsWith('[') ? JsonDocument.Parse(text).RootElement : default, response);
    }

    public Task<(int Status, JsonElement Body, HttpResponseMessage Response)> SendAsync(string json) => CallAsync($"/v3/{Number}/messages", json);

    public Task<(int Status, JsonElement Body, HttpResponseMessage Response)> SendTextAsync(string text = "Hello", string to = Customer, string? opaque = null) =>
        SendAsync(JsonSerializer.Serialize(new { messaging_product = "whatsapp", to, type = "text", text = new { body = text }, biz_opaque_callback_data = opaque }));

    /// <summary>A customer says something through the control API.</summary>
    public async Task<JsonElement> SayAsync(object message, string customer = Customer)
    {
        using var response = await Http.PostAsJsonAsync($"/sim/customers/{customer}/messages", message);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async Task<JsonElement> ControlAsync(string path, object body)
    {
        using var response = await Http.PostAsJsonAsync(path, body);
        response.EnsureSuccessStatusCode();
        var text = await response.Content.ReadAsStringAsync();
        return text.Length > 0 ? JsonDocument.Parse(text).RootElement : default;
    }

    /// <summary>Opens the window: the customer writes, and the callback has arrived.</summary>
    public async Task<string> OpenAsync(string customer = Customer)
    {
        var id = (await SayAsync(new { text = "Hi" }, customer)).GetProperty("id").GetString()!;
        await Receiver.WaitAsync(one => one.Messages.Any(message => message.GetProperty("id").GetString() == id));
        return id;
    }

    public Task<JsonElement> FaultAsync(string name, object how) => ControlAsync("/sim/faults/" + name, how);

    public Task<JsonElement> GetAsync(string path) => Http.GetFromJsonAsync<JsonElement>(path);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        await Receiver.DisposeAsync();
    }
}
