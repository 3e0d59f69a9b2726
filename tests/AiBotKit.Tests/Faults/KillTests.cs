using System.Net.Http.Headers;
using AiBotKit.Tests.Fakes;
using AiBotKit.Tests.Simulator;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Faults;

/// <summary>
/// The real binary is killed with SIGKILL at every named point while customers write and an owner switches AI replies of one of them
/// (F01b, F43); afterwards every message is answered, in order, and no repeat goes unmarked.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const string ApiKey = "kill-test-key-0123456789";
    private const int MaxInFlight = 4;
    private static readonly TimeSpan PointCeiling = TimeSpan.FromMinutes(5);

    /// <summary>The simulated provider repeats a callback for seven days of its clock, ten minutes of ours, at last every 86 s.</summary>
    public static readonly TimeSpan QuietCeiling = TimeSpan.FromMinutes(11);

    /// <summary>
    /// Turn points never follow each other, and after every third kill the product lives until nobody waits to be answered alone: five crashes of one
    /// turn in a row are a dead letter by design, whoever was their cause.
    /// </summary>
    private static readonly string[] Points =
    [
        "W0BodyRead", "R0Claimed", "S0Picked", "W1SignatureOk", "R1Retrieved", "S1SendingCommitted", "W2Parsed", "R2PromptBuilt", "S2Connected",
        "W3BeforeBegin", "R3ModelConnected", "S3HeadersSent", "W4AfterOperation", "R4FirstToken", "S4BodySent", "W5BeforeCommit", "R5MidStream", "S5Accepted",
        "W6AfterCommit", "R6TextComplete", "S6AnswerRead", "W7Answered", "R7QuotaReserved", "S7BeforeCommit", "T0BeforeStatus", "R8OutboxInserted", "S8AfterCommit",
        "T1AfterStatus", "R9BeforeCommit", "S9Published", "H0BeforeTakeover", "R10AfterCommit", "H1AfterTakeover", "X0Draining",
    ];

    [Fact]
    public async Task Killed_at_every_point_under_load_nothing_is_lost_and_no_repeat_goes_unmarked()
    {
        var folder = Directory.CreateTempSubdirectory("aibotkit-kill-").FullName;
        var knowledge = Directory.CreateDirectory(Path.Combine(folder, "knowledge")).FullName;
        await File.WriteAllTextAsync(Path.Combine(knowledge, "questions.txt"), "Q: Do you sell green coffee?\nA: Yes, in bags of 1 kilogram.\n", TestContext.Current.CancellationToken);
        var address = $"http://127.0.0.1:{Ports.Free()}";
        await using var model = await LoopbackModel.StartAsync();
        await using var simulator = await SimulatorFixture.StartAsync(
            $"WebhookUrl={address}/api/whatsapp/callback", "MessagesPerSecond=1000", "PairBurst=100000", "LogCapacity=200000", "DemoCustomers=false", "ClockFactor=1000");
        using var http = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(1) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        using var product = new KilledProduct(Settings(folder, knowledge, address, simulator.Url), http);
        product.Start(null);
        await product.ReadyAsync(TestContext.Current.CancellationToken);
        await NeverCalls.SetAsync(http, TestContext.Current.CancellationToken);
        product.Dispose();
        using var load = new KillLoad(simulator, http);
        var evidence = new KillEvidenceReader(Path.Combine(folder, "data"), simulator);
        var seed = LongRun.Seed();
        var running = load.RunAsync();
        var (kills, missed) = await KillAsync(product, evidence, model, seed);
        load.End();
        await running;

        product.Start(null);
        var open = await QuietAsync(product, evidence, load.Written.Count);
        var seen = await evidence.ReadAsync(load.Written, load.Off);
        var faults = KillHistory.Faults(seen);
        output.WriteLine($"seed {seed}: {kills} kills at {Points.Length} points, not reached: [{string.Join(", ", missed)}], {load.Written.Count} customer messages, {load.Off.Count} times AI-off, "
            + $"{seen.Accepted.Count} sends accepted, {seen.Accepted.Count - seen.Accepted.DistinctBy(static one => one.Key).Count()} repeats, {seen.Outbox.Count(static row => row.Marked)} marked, {faults.Count} faults");
        open.ShouldBe(0, "inconclusive: the product did not become quiet");
        faults.ShouldBeEmpty();
        missed.ShouldBeEmpty();
        load.Off.Count.ShouldBeGreaterThan(0);
        product.Dispose();
        Directory.Delete(folder, true);
    }

    private static async Task<(int Kills, List<string> Missed)> KillAsync(KilledProduct product, KillEvidenceReader evidence, LoopbackModel model, int seed)
    {
        var random = new Random(seed);
        var (kills, wish, missed) = (0, LongRun.Count(Points.Length, 100), new List<string>());
        Dictionary<string, string> withModel = new()
        {
            ["Assistant:Provider"] = "OpenAI",
            ["Assistant:BaseUrl"] = model.Url,
            ["Assistant:Model"] = "loopback",
        };
        for (var i = 0; kills < wish && missed.Count < 5; i++)
        {
            var point = Points[i % Points.Length];
            product.Start($"{point}:{(point[0] is 'H' or 'X' ? 1 : random.Next(1, 6))}", NeedsModel(point) || i % 3 == 0 ? withModel : null);
            if (point[0] == 'X')
            {
                await product.TerminateAsync(TestContext.Current.CancellationToken);
            }

            if (!await product.WasKilledAsync(PointCeiling))
            {
                missed.Add(point);
                continue;
            }

            kills++;
            evidence.LeftSending().ShouldBeLessThanOrEqualTo(MaxInFlight, $"sends left ambiguous by the kill at {point}");
            if (kills % 3 == 0)
            {
                await BreatheAsync(product, evidence);
            }
        }

        return (kills, missed);
    }

    /// <summary>Ends with a kill of its own at no chosen point.</summary>
    private static async Task BreatheAsync(KilledProduct product, KillEvidenceReader evidence)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(PointCeiling);
        product.Start(null);
        await product.ReadyAsync(patience.Token);
        while (evidence.WaitingAlone() > 0)
        {
            await Task.Delay(50, patience.Token);
        }

        product.Dispose();
    }

    private static bool NeedsModel(string point) => point[0] == 'R' && point[1] is >= '2' and <= '6';

    /// <summary>What is still open at the ceiling; zero when the product has done everything.</summary>
    private static async Task<long> QuietAsync(KilledProduct product, KillEvidenceReader evidence, int written)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(QuietCeiling);
        var open = -1L;
        try
        {
            await product.ReadyAsync(patience.Token);
            while ((open = evidence.Open(written)) > 0)
            {
                await Task.Delay(200, patience.Token);
            }

            // Statuses of the last sends may still be under way; they change nothing that is looked at.
            return 0;
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return open;
        }
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
        ["WhatsApp:Connections:0:PairBurst"] = "100000",
        ["WhatsApp:Connections:0:MaxInFlightSends"] = MaxInFlight.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
