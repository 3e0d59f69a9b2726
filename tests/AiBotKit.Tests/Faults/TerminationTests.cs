using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using AiBotKit.Storage;
using AiBotKit.Tests.Channels.WhatsApp;
using AiBotKit.Tests.Fakes;
using AiBotKit.Tests.Simulator;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Faults;

/// <summary>SIGTERM on the real binary (F47): it finishes what it has begun, ends with 0, and the next start finds nothing lost.</summary>
public sealed class TerminationTests(ITestOutputHelper output)
{
    private const string ApiKey = "stop-test-key-0123456789";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stopped_under_load_it_ends_with_0_leaves_no_send_open_and_loses_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("aibotkit-stop-").FullName;
        var address = $"http://127.0.0.1:{Ports.Free()}";
        await using var simulator = await SimulatorFixture.StartAsync(
            $"WebhookUrl={address}/api/whatsapp/callback", "MessagesPerSecond=1000", "PairBurst=100000", "LogCapacity=200000", "DemoCustomers=false", "ClockFactor=1000", "ResponseMinMs=20", "ResponseMaxMs=80");
        using var http = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(1) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        using var load = new KillLoad(simulator, http);
        var evidence = new KillEvidenceReader(Path.Combine(folder, "data"), simulator);
        using (var first = Product.Start(folder, Settings(address, simulator.Url)))
        {
            await first.ReadyAsync(http);
            await NeverCalls.SetAsync(http, Stop);
            first.Terminate();
            await first.ExitAsync();
        }

        var running = load.RunAsync();
        for (var round = 0; round < LongRun.Count(3, 200); round++)
        {
            var written = load.Written.Count;
            using var product = Product.Start(folder, Settings(address, simulator.Url));
            await product.ReadyAsync(http);
            while (load.Written.Count < written + 15)
            {
                await Task.Delay(20, Stop);
            }

            var watch = Stopwatch.StartNew();
            product.Terminate();
            var (code, error) = await product.ExitAsync();
            output.WriteLine($"round {round}: exit {code} after {watch.ElapsedMilliseconds} ms");
            code.ShouldBe(0, error);
            OpenSends(folder).ShouldBe(0);
        }

        load.End();
        await running;
        using var last = Product.Start(folder, Settings(address, simulator.Url));
        await last.ReadyAsync(http);
        using var patience = new CancellationTokenSource(KillTests.QuietCeiling);
        while (evidence.Open(load.Written.Count) > 0)
        {
            await Task.Delay(100, patience.Token);
        }

        var seen = await evidence.ReadAsync(load.Written, load.Off);
        output.WriteLine($"{load.Written.Count} customer messages, {seen.Accepted.Count} sends");
        KillHistory.Faults(seen).ShouldBeEmpty();
        seen.Outbox.Count(row => row.Marked).ShouldBe(0);
        last.Dispose();
        Directory.Delete(folder, true);
    }

    [Fact]
    public async Task A_provider_and_a_caller_that_never_end_do_not_hold_the_stop()
    {
        var folder = Directory.CreateTempSubdirectory("aibotkit-stop-").FullName;
        var address = $"http://127.0.0.1:{Ports.Free()}";
        using var silent = new TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        using var product = Product.Start(folder, Settings(address, $"http://{silent.LocalEndpoint}"));
        await product.ReadyAsync(http);
        var body = System.Text.Encoding.UTF8.GetBytes(WireFixtures.Text("inbound-text.json").Replace("\"1784000000\"", $"\"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}\"", StringComparison.Ordinal));
        using (var signed = await RawCall.PostAsync(http.BaseAddress, body, $"Content-Length: {body.Length}", "X-Hub-Signature-256: " + TextCallback.Sign(body)))
        {
            (await signed.StatusAsync(Stop)).ShouldBe(200);
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (OpenSends(folder) == 0)
        {
            await Task.Delay(20, patience.Token);
        }

        using var slow = await RawCall.PostAsync(http.BaseAddress, "{"u8.ToArray(), "Content-Length: 2000");
        var watch = Stopwatch.StartNew();
        product.Terminate();
        var (code, error) = await product.ExitAsync();
        output.WriteLine($"exit {code} after {watch.ElapsedMilliseconds} ms (meant: 8000 ms)");
        code.ShouldBe(0, error);
        Directory.Delete(folder, true);
    }

    /// <summary>Rows of which nobody knows whether the provider took them.</summary>
    private static long OpenSends(string folder)
    {
        using var connection = new SqliteDatabase(Path.Combine(folder, "data")).OpenForReading();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM outbox WHERE State IN (1, 2)";
        return (long)command.ExecuteScalar()!;
    }

    private static string[] Settings(string address, string provider) =>
    [
        "--Urls=" + address, "--Data:Path=data", "--Logging:LogLevel:Default=Error", "--Api:Key=" + ApiKey, "--Conversations:QuietWindowMs=0", "--Conversations:LoopGuardTurns=0",
        "--WhatsApp:CallbackSecret=" + SimulatorFixture.Secret, "--Chatbots:0:Name=Shop", "--WhatsApp:Connections:0:BaseUrl=" + provider + "/v3", "--WhatsApp:Connections:0:PhoneNumberId=" + SimulatorFixture.Number,
        "--WhatsApp:Connections:0:ApiKey=" + SimulatorFixture.Key, "--WhatsApp:Connections:0:MessagesPerSecond=1000", "--WhatsApp:Connections:0:PairBurst=1000",
    ];
}
