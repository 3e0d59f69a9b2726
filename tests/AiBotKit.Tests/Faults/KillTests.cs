using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using AiBotKit.Tests.Simulator;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Faults;

/// <summary>The real binary is killed with SIGKILL at named points while customers write; afterwards every message is answered.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const string ApiKey = "kill-test-key-0123456789";
    private static readonly TimeSpan PointCeiling = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Ceiling = TimeSpan.FromSeconds(100);
    private static readonly string[] Points =
    [
        "W3BeforeBegin", "S4BodySent", "W4AfterOperation", "R0Claimed", "W5BeforeCommit", "S6AnswerRead", "W6AfterCommit", "R7QuotaReserved", "W7Answered",
        "S7BeforeCommit", "R8OutboxInserted", "S0Picked", "R9BeforeCommit", "S8AfterCommit", "R10AfterCommit", "S1SendingCommitted",
    ];

    [Fact]
    public async Task Killed_at_every_point_under_load_nothing_is_lost_and_no_repeat_goes_unmarked()
    {
        Assert.SkipUnless(LongRun.Enabled, "the kills of the real binary run with ./test --long until they have passed often enough to gate every change");
        var folder = Directory.CreateTempSubdirectory("aibotkit-kill-").FullName;
        var knowledge = Directory.CreateDirectory(Path.Combine(folder, "knowledge")).FullName;
        await File.WriteAllTextAsync(Path.Combine(knowledge, "questions.txt"), "Q: Do you sell green coffee?\nA: Yes, in bags of 1 kilogram.\n", TestContext.Current.CancellationToken);
        var address = $"http://127.0.0.1:{FreePort()}";
        await using var simulator = await SimulatorFixture.StartAsync(
            $"WebhookUrl={address}/api/whatsapp/callback", "MessagesPerSecond=1000", "PairBurst=1000", "LogCapacity=200000", "DemoCustomers=false");
        using var http = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(10) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        using var product = new KilledProduct(Settings(folder, knowledge, address, simulator.Url), http);
        using var stopWriting = new CancellationTokenSource();
        var writing = WriteAsync(simulator, stopWriting.Token);
        var seed = LongRun.Seed();
        var random = new Random(seed);
        var (kills, wish, missed) = (0, LongRun.Count(30, 100), new List<string>());
        for (var i = 0; kills < wish && missed.Count < 5; i++)
        {
            var point = $"{Points[i % Points.Length]}:{random.Next(1, 6)}";
            product.Start(point);
            if (await product.WasKilledAsync(PointCeiling))
            {
                kills++;
            }
            else
            {
                missed.Add(point);
            }
        }

        await stopWriting.CancelAsync();
        var written = await writing;
        product.Start(null);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Ceiling);
        IReadOnlyList<string> faults = ["the product was not ready"];
        var sends = new List<AcceptedSend>();
        var marked = new HashSet<string>();
        try
        {
            await product.ReadyAsync(patience.Token);
            while (faults.Count > 0)
            {
                await Task.Delay(500, patience.Token);
                (var stored, marked) = await StoredAsync(http, patience.Token);
                sends = await SendsAsync(simulator);
                faults = KillHistory.Faults(written, stored, sends, marked);
            }
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            // Time is up: the faults of the last look are the result.
        }

        output.WriteLine($"seed {seed}: {kills} kills, not reached: [{string.Join(", ", missed)}], {written.Count} customer messages, {sends.Count} sends accepted, "
            + $"{sends.Count - sends.DistinctBy(static one => one.OpaqueKey).Count()} repeats, {marked.Count} marked, {faults.Count} faults");
        faults.ShouldBeEmpty();
        missed.ShouldBeEmpty();
        kills.ShouldBe(wish);
        product.Dispose();
        Directory.Delete(folder, true);
    }

    [Fact]
    public void The_checker_sees_a_loss_a_double_an_open_message_and_an_unmarked_repeat()
    {
        AcceptedSend[] repeat = [new("k1", "w1"), new("k1", "w2")];
        KillHistory.Faults(["a"], [new("a", "answered")], repeat, new HashSet<string> { "w2" }).ShouldBeEmpty();
        KillHistory.Faults(["a"], [new("a", "answered")], repeat, new HashSet<string>()).ShouldBe(["sent 2 times without a mark: k1"]);
        KillHistory.Faults(["a", "b"], [new("a", "answered")], [], new HashSet<string>()).ShouldBe(["lost: b"]);
        KillHistory.Faults(["a"], [new("a", "answered"), new("a", "answered")], [], new HashSet<string>()).ShouldBe(["stored 2 times: a"]);
        KillHistory.Faults(["a"], [new("a", null)], [], new HashSet<string>()).ShouldBe(["outcome none: a"]);
    }

    private static Dictionary<string, string> Settings(string folder, string knowledge, string address, string simulator) => new()
    {
        ["Urls"] = address,
        ["Data:Path"] = Path.Combine(folder, "data"),
        ["Knowledge:Folder"] = knowledge,
        ["Logging:LogLevel:Default"] = "Error",
        ["Api:Key"] = ApiKey,
        ["Conversations:QuietWindowMs"] = "0",
        ["Conversations:LoopGuardTurns"] = "0",
        ["WhatsApp:AmbiguousWaitSeconds"] = "5",
        ["WhatsApp:CallbackSecret"] = SimulatorFixture.Secret,
        ["Chatbots:0:Name"] = "Shop",
        ["WhatsApp:Connections:0:Chatbot"] = "Shop",
        ["WhatsApp:Connections:0:Provider"] = "Pinnacle",
        ["WhatsApp:Connections:0:BaseUrl"] = simulator + "/v3",
        ["WhatsApp:Connections:0:WabaId"] = "200000000000001",
        ["WhatsApp:Connections:0:PhoneNumberId"] = SimulatorFixture.Number,
        ["WhatsApp:Connections:0:DisplayPhoneNumber"] = "15550100001",
        ["WhatsApp:Connections:0:ApiKey"] = SimulatorFixture.Key,
        ["WhatsApp:Connections:0:MessagesPerSecond"] = "80",
        ["WhatsApp:Connections:0:PairBurst"] = "1000",
    };

    /// <summary>Eight customers, six messages a second; the ids of what was written.</summary>
    private static async Task<List<string>> WriteAsync(SimulatorFixture simulator, CancellationToken stop)
    {
        var written = new List<string>();
        while (!stop.IsCancellationRequested)
        {
            var said = await simulator.SayAsync(new { text = $"Do you sell green coffee? {written.Count}" }, $"1555010020{written.Count % 8}");
            written.Add(said.GetProperty("id").GetString()!);
            await Task.Delay(160, CancellationToken.None);
        }

        return written;
    }

    private static async Task<(List<StoredMessage> Stored, HashSet<string> Marked)> StoredAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var stored = new List<StoredMessage>();
        var marked = new HashSet<string>();
        foreach (var conversation in await AllAsync(http, "api/conversations", cancellationToken))
        {
            foreach (var message in await AllAsync(http, $"api/conversations/{conversation.GetProperty("id").GetString()}/messages", cancellationToken))
            {
                var id = message.GetProperty("providerMessageId").GetString();
                if (message.GetProperty("role").GetString() == "customer")
                {
                    stored.Add(new StoredMessage(id!, message.GetProperty("outcome").GetString()));
                }
                else if (id is not null && message.GetProperty("possibleDuplicate").GetBoolean())
                {
                    marked.Add(id);
                }
            }
        }

        return (stored, marked);
    }

    private static async Task<List<JsonElement>> AllAsync(HttpClient http, string path, CancellationToken cancellationToken)
    {
        var all = new List<JsonElement>();
        for (string? next = ""; next is not null;)
        {
            var page = await http.GetFromJsonAsync<JsonElement>($"{path}?limit=200" + (next.Length > 0 ? "&cursor=" + Uri.EscapeDataString(next) : ""), cancellationToken);
            all.AddRange(page.GetProperty("items").EnumerateArray());
            next = page.GetProperty("next").GetString();
        }

        return all;
    }

    /// <summary>From the simulator's wire log: every message call that was answered with 200 and carries our key.</summary>
    private static async Task<List<AcceptedSend>> SendsAsync(SimulatorFixture simulator)
    {
        var sends = new List<AcceptedSend>();
        for (var after = 0L; ;)
        {
            var page = await simulator.GetAsync($"/sim/log?after={after}&direction=api&status=200&full=true&limit=1000");
            if (page.GetProperty("entries").GetArrayLength() == 0)
            {
                return sends;
            }

            after = page.GetProperty("cursor").GetInt64();
            foreach (var entry in page.GetProperty("entries").EnumerateArray())
            {
                if (entry.GetProperty("body").GetString() is { Length: > 0 } body && body.Contains("biz_opaque_callback_data", StringComparison.Ordinal))
                {
                    var key = JsonDocument.Parse(body).RootElement.GetProperty("biz_opaque_callback_data").GetString()!;
                    var answer = JsonDocument.Parse(entry.GetProperty("answer").GetString()!).RootElement;
                    sends.Add(new AcceptedSend(key, answer.GetProperty("messages")[0].GetProperty("id").GetString()!));
                }
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
