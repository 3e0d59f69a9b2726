using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Assistant;
using AiBotKit.Channels;
using AiBotKit.Channels.WhatsApp;
using AiBotKit.Chatbots;
using AiBotKit.Hosting.Secrets;
using AiBotKit.Storage;
using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Fakes;
using AiBotKit.Tests.Simulator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace AiBotKit.Tests.Channels.WhatsApp;

/// <summary>A talking shop with a second chatbot that has no number yet, and two more numbers at the provider: one with a key of its own, and the same digits under another id.</summary>
internal sealed class ConnectShop : IAsyncDisposable
{
    public const string SecondNumber = "300000000000002";
    public const string SecondKey = "00000000-0000-1000-8000-00000000beef";
    public const string PartnerKey = "partner-key-of-this-server";
    public const string AppSecret = "secret-of-the-apps-own";
    public const string MovedNumber = "300000000000003";
    public const string MovedKey = "00000000-0000-1000-8000-00000000feed";

    private ConnectShop(TalkingShop shop, Guid chatbot) => (Shop, Chatbot) = (shop, chatbot);

    public TalkingShop Shop { get; }

    /// <summary>The chatbot without a number.</summary>
    public Guid Chatbot { get; }

    public static async Task<ConnectShop> StartAsync(IReadOnlyDictionary<string, string?>? settings = null, ILoggerProvider? log = null)
    {
        string[] numbers =
        [
            "Numbers:0:PhoneNumberId=300000000000001", "Numbers:0:DisplayPhoneNumber=15550100001", "Numbers:0:WabaId=200000000000001", "Numbers:0:Name=Shop",
            "Numbers:1:PhoneNumberId=" + SecondNumber, "Numbers:1:DisplayPhoneNumber=15550100002", "Numbers:1:WabaId=200000000000002", "Numbers:1:Name=Second", "Numbers:1:ApiKey=" + SecondKey, "Numbers:1:WebhookSecret=" + AppSecret, "PartnerKey=" + PartnerKey,
            "Numbers:2:PhoneNumberId=" + MovedNumber, "Numbers:2:DisplayPhoneNumber=15550100002", "Numbers:2:WabaId=200000000000003", "Numbers:2:Name=Moved", "Numbers:2:ApiKey=" + MovedKey,
        ];
        var shop = await TalkingShop.StartAsync(
            new Dictionary<string, string?>(settings ?? new Dictionary<string, string?>()) { ["Chatbots:1:Name"] = "Second" }, services =>
            {
                services.AddSingleton<IAnswerer>(new Repeater());
                if (log is not null)
                {
                    services.AddSingleton(log);
                }
            },
            0,
            numbers);
        using var db = shop.App.Get<ReadDb>().Open();
        return new ConnectShop(shop, db.Set<Chatbot>().Single(b => b.Name == "Second").Id);
    }

    /// <summary>A text of the simulator's customer to this number, as the provider would write it.</summary>
    public static byte[] Callback(string phoneNumberId, string wabaId, string text, string? id = null) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        @object = "whatsapp_business_account",
        entry = new[]
        {
            new
            {
                id = wabaId,
                changes = new[]
                {
                    new
                    {
                        value = new
                        {
                            messaging_product = "whatsapp",
                            metadata = new { display_phone_number = "15550100002", phone_number_id = phoneNumberId },
                            messages = new[] { new { from = SimulatorFixture.Customer, id = id ?? "wamid." + Guid.NewGuid().ToString("N"), timestamp = $"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}", type = "text", text = new { body = text } } },
                        },
                        field = "messages",
                    },
                },
            },
        },
    });

    public async Task<JsonElement> ConnectAsync(HttpStatusCode expected, string key = SecondKey, string phoneNumberId = SecondNumber, string? baseUrl = null, Guid? chatbot = null, string provider = "Pinnacle")
    {
        using var answer = await Shop.Api.PostAsJsonAsync($"/api/chatbots/{chatbot ?? Chatbot}/connections", new
        {
            provider,
            baseUrl = baseUrl ?? Shop.Simulator.Url + "/v3",
            wabaId = provider == "Pinnacle" ? "" : "200000000000002",
            phoneNumberId,
            displayPhoneNumber = "+1 555 010 0002",
            apiKey = key,
        });
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(expected, text);
        return text.Length > 0 ? JsonDocument.Parse(text).RootElement : JsonDocument.Parse("{}").RootElement;
    }

    /// <summary>The second number, of Meta directly: the simulator is that as well.</summary>
    public async Task<JsonElement> ConnectMetaAsync(string? verifyToken = null)
    {
        using var answer = await Shop.Api.PostAsJsonAsync($"/api/chatbots/{Chatbot}/connections", new
        {
            provider = "MetaCloud",
            baseUrl = Shop.Simulator.Url,
            wabaId = "200000000000002",
            phoneNumberId = SecondNumber,
            apiKey = SecondKey,
            appSecret = AppSecret,
            verifyToken,
        });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async Task<JsonElement> SwitchAsync(JsonElement connection, bool enabled)
    {
        using var answer = await Shop.Api.PatchAsJsonAsync($"/api/connections/{connection.GetProperty("id").GetGuid()}", new { enabled });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async Task<JsonElement> PutKeyAsync(JsonElement connection, string apiKey, HttpStatusCode expected)
    {
        using var answer = await Shop.Api.PutAsJsonAsync($"/api/connections/{connection.GetProperty("id").GetGuid()}/key", new { apiKey });
        answer.StatusCode.ShouldBe(expected, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>The keys that the provider takes for the second number from now on.</summary>
    public async Task KeysAsync(params string[] keys)
    {
        using var set = await Shop.Simulator.Http.PutAsJsonAsync($"/sim/numbers/{SecondNumber}/keys", new { keys });
        set.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    public Task<JsonElement> ReadAsync(JsonElement connection) => Shop.Api.GetFromJsonAsync<JsonElement>($"/api/connections/{connection.GetProperty("id").GetGuid()}");

    public async Task<List<JsonElement>> ListAsync() => [.. (await Shop.Api.GetFromJsonAsync<JsonElement>("/api/connections")).GetProperty("items").EnumerateArray()];

    public async Task<string> SayAsync(string text) =>
        (await Shop.Simulator.ControlAsync($"/sim/customers/{SimulatorFixture.Customer}/messages?number={SecondNumber}", new { text })).GetProperty("id").GetString()!;

    public Task<JsonElement> ThreadAsync() => Shop.ConversationAsync();

    public Task<List<JsonElement>> MessagesAsync() => Shop.MessagesAsync();

    public Task<List<JsonElement>> WaitAsync(Func<List<JsonElement>, bool> condition) => Shop.WaitAsync(condition);

    public static Task WaitForAsync(Func<Task<bool>> condition) => Patience.UntilAsync(condition);

    public Task WaitAsync(Func<Task<bool>> condition) => WaitForAsync(condition);

    /// <summary>Until the simulator has no callback left to deliver.</summary>
    public Task SettledAsync() => WaitForAsync(async () =>
    {
        var counters = await Shop.Simulator.GetAsync("/sim/counters");
        return counters.GetProperty("webhooks").GetInt64() == counters.GetProperty("webhooksAcknowledged").GetInt64() + counters.GetProperty("webhooksGivenUp").GetInt64();
    });

    public Task RestartAsync() => Shop.RestartAsync();

    /// <summary>The secret that the second number's callbacks are signed with, as it is stored.</summary>
    public string StoredSecret()
    {
        using var db = Shop.App.Get<ReadDb>().Open();
        var row = db.Set<Connection>().Single(c => c.PhoneNumberId == SecondNumber && c.DisconnectedAt == null);
        return Shop.App.Get<SecretProtector>().Reveal(row.AccountId, SecretProtector.WebhookSecret, row.WebhookSecretProtected!)!;
    }

    public Task<int> PostAsync(byte[] body, string secret) => Shop.PostAsync(body, WebhookSignature.Sign(secret, body));

    public ValueTask DisposeAsync() => Shop.DisposeAsync();

    private sealed class Repeater : IAnswerer
    {
        public Task<Answer> AnswerAsync(Question question, CancellationToken cancellationToken) =>
            Task.FromResult(new Answer(AnswerKind.Model, "re: " + question.Text.Replace('\n', '|'), [], new AnswerTrace()));
    }
}
