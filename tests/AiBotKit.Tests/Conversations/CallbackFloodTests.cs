using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Assistant;
using AiBotKit.Durability;
using AiBotKit.Storage;
using AiBotKit.Tests.Fakes;
using AiBotKit.Tests.Simulator;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations;

/// <summary>Callbacks over HTTP many times, in large batches, and again later (fault matrix F29, F31, F32): two numbers, a provider that takes everything.</summary>
public sealed class CallbackFloodTests : IAsyncDisposable
{
    private static readonly string[] Numbers = ["300000000000001", "300000000000002"];

    private readonly Taker _provider = new();
    private readonly AppFixture _app;
    private readonly HttpClient _http;

    public CallbackFloodTests()
    {
        var settings = new Dictionary<string, string?> { ["WhatsApp:CallbackSecret"] = SimulatorFixture.Secret, ["Conversations:QuietWindowMs"] = "0" };
        for (var i = 0; i < 2; i++)
        {
            settings[$"Chatbots:{i}:Name"] = $"Shop {i}";
            settings[$"WhatsApp:Connections:{i}:Chatbot"] = $"Shop {i}";
            settings[$"WhatsApp:Connections:{i}:BaseUrl"] = "http://127.0.0.1:9";
            settings[$"WhatsApp:Connections:{i}:WabaId"] = $"20000000000000{i}";
            settings[$"WhatsApp:Connections:{i}:PhoneNumberId"] = Numbers[i];
            settings[$"WhatsApp:Connections:{i}:DisplayPhoneNumber"] = $"1555010000{i + 1}";
            settings[$"WhatsApp:Connections:{i}:ApiKey"] = "invented-key";
        }

        _app = new AppFixture(settings, services => services.AddSingleton<IAnswerer, Repeater>().AddSingleton<ISendChannel>(_provider));
        _http = _app.Anonymous();
    }

    [Fact]
    public async Task F29_fifty_copies_at_once_are_one_message_and_one_answer()
    {
        var ids = LongRun.Count(10, 2_000);
        var bodies = Enumerable.Range(0, ids).Select(i => Callback([Message(0, $"1555010{i:D5}", $"wamid.{i}", $"question {i}")])).ToList();
        foreach (var chunk in bodies.Chunk(20))
        {
            var answers = await Task.WhenAll(chunk.SelectMany(body => Enumerable.Range(0, 50).Select(_ => PostAsync(body))));
            answers.ShouldAllBe(status => status == 200);
        }

        await WaitAsync(() => _provider.Sent.Count == ids);
        (await CountAsync()).ShouldBe(ids);

        // F32: the same captured bodies once more.
        foreach (var body in bodies)
        {
            (await PostAsync(body)).ShouldBe(200);
        }

        await WaitAsync(async () => (await OpenAsync()) == 0);
        (await CountAsync()).ShouldBe(ids);
        _provider.Sent.Count.ShouldBe(ids);
    }

    [Fact]
    public async Task F31_a_thousand_items_of_two_numbers_with_one_bad_are_999_messages_and_one_dead_letter()
    {
        var items = Enumerable.Range(0, 999).Select(i => Message(i % 2, $"1555020{i:D5}", $"wamid.b.{i}", $"line {i}")).ToList();
        items.Insert(500, (1, new { from = "15550209999", id = "wamid.bad", timestamp = "1784000000", text = new { body = "no type" } }));
        (await PostAsync(Callback(items))).ShouldBe(200);
        (await CountAsync()).ShouldBe(999);
        using var api = _app.Api();
        var letters = await api.GetFromJsonAsync<JsonElement>("/api/dead-letters", TestContext.Current.CancellationToken);
        letters.GetProperty("items").GetArrayLength().ShouldBe(1);
        letters.GetProperty("items")[0].GetProperty("reason").GetString().ShouldBe("a message without type");
        await using var db = _app.Get<ReadDb>().Open();
        var perBot = await db.Set<AiBotKit.Conversations.Conversation>().GroupBy(c => c.ChatbotId).Select(g => g.Count()).OrderBy(n => n).ToListAsync(TestContext.Current.CancellationToken);
        perBot.ShouldBe([499, 500]);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    private static (int Number, object Message) Message(int number, string customer, string id, string text) =>
        (number, new { from = customer, id, timestamp = $"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}", type = "text", text = new { body = text } });

    private static byte[] Callback(IEnumerable<(int Number, object Message)> messages) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        @object = "whatsapp_business_account",
        entry = messages.GroupBy(m => m.Number).Select(number => new
        {
            id = $"20000000000000{number.Key}",
            changes = number.Select(m => new
            {
                field = "messages",
                value = new { messaging_product = "whatsapp", metadata = new { display_phone_number = $"1555010000{number.Key + 1}", phone_number_id = Numbers[number.Key] }, messages = new[] { m.Message } },
            }),
        }),
    });

    private static async Task WaitAsync(Func<bool> condition) => await WaitAsync(() => Task.FromResult(condition()));

    private static async Task WaitAsync(Func<Task<bool>> condition)
    {
        using var ceiling = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!await condition())
        {
            await Task.Delay(50, ceiling.Token);
        }
    }

    private async Task<int> PostAsync(byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/whatsapp/callback") { Content = new ByteArrayContent(body) };
        request.Headers.Add("X-Hub-Signature-256", TextCallback.Sign(body));
        using var response = await _http.SendAsync(request);
        return (int)response.StatusCode;
    }

    private async Task<int> CountAsync()
    {
        await using var db = _app.Get<ReadDb>().Open();
        return await db.Set<AiBotKit.Conversations.Message>().CountAsync(m => m.Role == MessageRole.Customer);
    }

    private async Task<int> OpenAsync()
    {
        await using var db = _app.Get<ReadDb>().Open();
        return await db.Set<AiBotKit.Conversations.Message>().CountAsync(m => m.Role == MessageRole.Customer && m.Outcome == null);
    }

    private sealed class Repeater : IAnswerer
    {
        public Task<Answer> AnswerAsync(Question question, CancellationToken cancellationToken) => Task.FromResult(new Answer(AnswerKind.Model, "re: " + question.Text, [], new AnswerTrace()));
    }

    private sealed class Taker : ISendChannel
    {
        public ConcurrentQueue<ClaimedSend> Sent { get; } = [];

        public async Task<SendOutcome> SendAsync(ClaimedSend send, SendProgress progress, CancellationToken cancellationToken)
        {
            await progress.BeginAsync();
            progress.BodyWritten();
            Sent.Enqueue(send);
            return new SendOutcome.Accepted("wamid.out." + send.Key);
        }
    }
}
