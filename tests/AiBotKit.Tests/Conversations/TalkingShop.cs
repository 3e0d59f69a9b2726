using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Assistant;
using AiBotKit.Chatbots;
using AiBotKit.Tests.Fakes;
using AiBotKit.Tests.Simulator;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace AiBotKit.Tests.Conversations;

/// <summary>The product and the simulator in one process, wired to each other, with a model that repeats the question.</summary>
internal sealed class TalkingShop : IAsyncDisposable
{
    public const string Disclosure = "You are talking to an AI assistant.";
    public const string VerifyToken = "invented-verify-token";

    private static readonly TimeSpan Ceiling = TimeSpan.FromMinutes(4);

    private HttpClient _anonymous;

    private TalkingShop(SimulatorFixture simulator, AppFixture app)
    {
        (Simulator, App, Api) = (simulator, app, app.Api());
        _anonymous = Anonymous(app);
    }

    public SimulatorFixture Simulator { get; }

    public AppFixture App { get; }

    public HttpClient Api { get; private set; }

    public static Task<TalkingShop> StartAsync(int quietMs = 0, params string[] simulatorSettings) => StartAsync(new Repeater(), quietMs, simulatorSettings);

    /// <summary>With a model of the test's own.</summary>
    public static Task<TalkingShop> StartAsync(IAnswerer answerer, int quietMs = 0, params string[] simulatorSettings) =>
        StartAsync(new Dictionary<string, string?>(), services => services.AddSingleton(answerer), quietMs, simulatorSettings);

    /// <summary>With settings of the product's own.</summary>
    public static Task<TalkingShop> StartAsync(IReadOnlyDictionary<string, string?> more) => StartAsync(more, services => services.AddSingleton<IAnswerer>(new Repeater()));

    /// <summary>With the product's own assistant asking a model at this address.</summary>
    public static Task<TalkingShop> StartAsync(ModelServer model, AnswerScope scope, Action<IServiceCollection>? services = null, int maxConcurrency = 16) => StartAsync(
        new Dictionary<string, string?>
        {
            ["Chatbots:0:AnswerScope"] = scope.ToString(),
            ["Assistant:Provider"] = "OpenAI",
            ["Assistant:BaseUrl"] = model.BaseUrl,
            ["Assistant:Model"] = "m",
            ["Assistant:MaxConcurrency"] = $"{maxConcurrency}",
        },
        services ?? (_ => { }));

    /// <summary>With the product's own assistant, and what else the test wants.</summary>
    public static async Task<TalkingShop> StartAsync(IReadOnlyDictionary<string, string?> settings, Action<IServiceCollection> services, int quietMs = 0, params string[] simulatorSettings)
    {
        var simulator = await SimulatorFixture.StartAsync(simulatorSettings);
        var app = new AppFixture(
            new Dictionary<string, string?>(settings)
            {
                ["Simulator:Enabled"] = "true",
                ["Simulator:Url"] = simulator.Url,
                ["Conversations:QuietWindowMs"] = $"{quietMs}",
                ["Chatbots:0:Name"] = "Shop",
                ["Chatbots:0:Disclosure"] = Disclosure,
                ["WhatsApp:CallbackSecret"] = SimulatorFixture.Secret,
                ["WhatsApp:VerifyToken"] = VerifyToken,
                ["WhatsApp:AmbiguousWaitSeconds"] = "2",
                ["WhatsApp:Connections:0:Chatbot"] = "Shop",
                ["WhatsApp:Connections:0:BaseUrl"] = simulator.Url + "/v3",
                ["WhatsApp:Connections:0:WabaId"] = "200000000000001",
                ["WhatsApp:Connections:0:PhoneNumberId"] = SimulatorFixture.Number,
                ["WhatsApp:Connections:0:DisplayPhoneNumber"] = "15550100001",
                ["WhatsApp:Connections:0:ApiKey"] = SimulatorFixture.Key,
            },
            services);
        var set = await simulator.CallAsync(
            $"/v3/{SimulatorFixture.Number}/setwebhook",
            JsonSerializer.Serialize(new { webhook_url = new Uri(app.Address, "/api/whatsapp/callback").ToString(), headers = new { } }));
        set.Status.ShouldBe(200);
        return new TalkingShop(simulator, app);
    }

    /// <summary>Stops the product in order and starts it again on the same data, on another port; the provider is not told.</summary>
    public async Task RestartAsync()
    {
        Api.Dispose();
        _anonymous.Dispose();
        await App.RestartAsync();
        (Api, _anonymous) = (App.Api(), Anonymous(App));
    }

    /// <summary>Posts raw bytes as a callback; a null signature leaves the header out.</summary>
    public async Task<int> PostAsync(byte[] body, string? signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/whatsapp/callback") { Content = new ByteArrayContent(body) };
        request.Headers.ExpectContinue = body.Length > 1 << 20;
        if (signature is not null)
        {
            request.Headers.Add("X-Hub-Signature-256", signature);
        }

        using var response = await _anonymous.SendAsync(request);
        return (int)response.StatusCode;
    }

    public Task<int> PostSignedAsync(byte[] body) => PostAsync(body, TextCallback.Sign(body));

    /// <summary>GET of the callback address.</summary>
    public Task<HttpResponseMessage> HandshakeAsync(string query) => _anonymous.GetAsync("/api/whatsapp/callback?" + query);

    public async Task<List<JsonElement>> ConversationsAsync() => await ItemsAsync("/api/conversations?limit=200");

    public Task<List<JsonElement>> DeadLettersAsync() => ItemsAsync("/api/dead-letters?limit=200");

    public async Task<JsonElement> ConversationAsync(string customer = SimulatorFixture.Customer) =>
        (await ConversationsAsync()).Single(c => c.GetProperty("sessionId").GetString() == "wa_" + customer);

    public async Task<List<JsonElement>> MessagesAsync(string customer = SimulatorFixture.Customer) =>
        (await ConversationsAsync()).FirstOrDefault(c => c.GetProperty("sessionId").GetString() == "wa_" + customer) is { ValueKind: JsonValueKind.Object } found
            ? await ItemsAsync($"/api/conversations/{found.GetProperty("id").GetGuid()}/messages?limit=200")
            : [];

    public async Task<List<JsonElement>> WaitAsync(Func<List<JsonElement>, bool> condition, string customer = SimulatorFixture.Customer)
    {
        using var timeout = new CancellationTokenSource(Ceiling);
        while (true)
        {
            var messages = await MessagesAsync(customer);
            if (condition(messages))
            {
                return messages;
            }

            timeout.IsCancellationRequested.ShouldBeFalse("waited too long; last seen: " + string.Join('\n', messages));
            await Task.Delay(50);
        }
    }

    /// <summary>The customer writes; returns when the message has its outcome.</summary>
    public async Task<JsonElement> SayAsync(object message)
    {
        var id = (await Simulator.SayAsync(message)).GetProperty("id").GetString();
        return Of(await WaitAsync(all => all.Any(m => Is(m, id) && m.GetProperty("outcome").ValueKind == JsonValueKind.String)), id);
    }

    /// <summary>The customer asks; returns the answer once it is accepted or given up.</summary>
    public async Task<JsonElement> AskAsync(string text)
    {
        var before = Replies(await MessagesAsync()).Count;
        await Simulator.SayAsync(new { text });
        return Replies(await WaitAsync(all => Replies(all).Count > before && Status(Replies(all)[^1]) is not ("new" or "sending" or "unconfirmed")))[^1];
    }

    public async Task<JsonElement> SwitchAsync(bool aiReplies)
    {
        var id = (await ConversationAsync()).GetProperty("id").GetGuid();
        using var response = await Api.PatchAsJsonAsync($"/api/conversations/{id}", new { aiReplies });
        ((int)response.StatusCode).ShouldBe(200);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    public static List<JsonElement> Replies(List<JsonElement> messages) => [.. messages.Where(m => Role(m) == "assistant")];

    public static string Role(JsonElement message) => message.GetProperty("role").GetString()!;

    public static string Text(JsonElement message) => message.GetProperty("text").GetString()!;

    public static string Status(JsonElement message) => message.GetProperty("status").GetString()!;

    public static string? Outcome(JsonElement message) => message.GetProperty("outcome").GetString();

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        _anonymous.Dispose();
        await App.DisposeAsync();
        await Simulator.DisposeAsync();
    }

    /// <summary>A refusal by size comes before the body is read: the client must wait for it instead of writing into a closed connection.</summary>
    private static HttpClient Anonymous(AppFixture app) => new(new SocketsHttpHandler { Expect100ContinueTimeout = Ceiling }) { BaseAddress = app.Address };

    private static bool Is(JsonElement message, string? id) => message.GetProperty("providerMessageId").GetString() == id;

    private static JsonElement Of(List<JsonElement> messages, string? id) => messages.Single(m => Is(m, id));

    /// <summary>All pages, in the order they come.</summary>
    private async Task<List<JsonElement>> ItemsAsync(string path)
    {
        var items = new List<JsonElement>();
        var cursor = "";
        do
        {
            var page = await Api.GetFromJsonAsync<JsonElement>(path + cursor);
            items.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("next").GetString() is { } next ? "&cursor=" + next : null;
        }
        while (cursor is not null);
        return items;
    }

    private sealed class Repeater : IAnswerer
    {
        public Task<Answer> AnswerAsync(Question question, CancellationToken cancellationToken) =>
            Task.FromResult(new Answer(AnswerKind.Model, "re: " + question.Text.Replace('\n', '|'), [], new AnswerTrace()));
    }
}
