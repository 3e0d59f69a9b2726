using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Channels;
using AiBotKit.Hosting.Secrets;
using AiBotKit.Storage;
using AiBotKit.Tests.Fakes;
using AiBotKit.Tests.Simulator;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Faults;

/// <summary>F50 on the real binary: webhook secret and API key change under load, with kills between and in the middle.</summary>
public sealed class SecretRotationTests
{
    private const string Number = "300000000000002";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F50_secrets_change_under_load_and_over_kills_without_a_refused_or_lost_callback()
    {
        var folder = Directory.CreateTempSubdirectory("aibotkit-f50-").FullName;
        await using var simulator = await SimulatorFixture.StartAsync(
            "Numbers:0:PhoneNumberId=300000000000001", "Numbers:0:DisplayPhoneNumber=15550100001", "Numbers:0:WabaId=200000000000001",
            "Numbers:1:PhoneNumberId=" + Number, "Numbers:1:DisplayPhoneNumber=15550100002", "Numbers:1:WabaId=200000000000002", "Numbers:1:ApiKey=key-0");
        using var server = new RealServer(folder, new Dictionary<string, string> { ["Simulator:Enabled"] = "true", ["Simulator:Url"] = simulator.Url, ["Chatbots:1:Name"] = "Second", ["Secrets:MasterKey"] = new('7', 64) });
        server.Start();
        await server.ReadyAsync();
        var connection = await ConnectAsync(server, simulator);
        using var loadEnds = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        using var pause = new SemaphoreSlim(1);
        var said = LoadAsync(simulator, pause, loadEnds.Token);
        var rounds = LongRun.Count(4, 20);
        for (var round = 1; round <= rounds; round++)
        {
            // The provider takes both keys for a while, as when one is replaced there.
            await KeysAsync(simulator, $"key-{round - 1}", $"key-{round}");
            var change = ChangeAsync(server, connection, $"key-{round}");
            if (round % 2 == 0)
            {
                // In the middle: whatever was committed is continued below.
                await server.KillAsync();
                await change;
                server.Start();
                await server.ReadyAsync();
                change = ChangeAsync(server, connection, $"key-{round}");
            }

            (await change).ShouldBeTrue();
            await KeysAsync(simulator, $"key-{round}");
            await server.KillAsync();
            server.Start();
            await server.ReadyAsync();

            // Everything that was signed before is delivered; then the overlap may end. Nobody writes meanwhile: else one that waits for its next try could not be told from a new one.
            await pause.WaitAsync(Stop);
            await SettledAsync(simulator);
            Sql(folder, "UPDATE connections SET PreviousWebhookSecretUntil = 1 WHERE PreviousWebhookSecretUntil IS NOT NULL");
            pause.Release();
        }

        await loadEnds.CancelAsync();
        var count = await said;
        await SettledAsync(simulator);
        var answers = (await simulator.GetAsync("/sim/counters")).GetProperty("answers");
        answers.TryGetProperty("401", out _).ShouldBeFalse($"no valid callback may be refused: {answers}");
        count.ShouldBeGreaterThan(rounds * 5);
        server.Stored().Count.ShouldBe(count, "none is lost, none is stored twice");
        using (var doctor = await server.Http.GetAsync($"/api/connections/{connection}/doctor", Stop))
        {
            (await doctor.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("checks").EnumerateArray().Where(c => c.GetProperty("result").GetString() == "bad").ShouldBeEmpty();
        }

        // Every stored secret can be read with the same master key.
        await server.KillAsync();
        await using (var app = new AppFixture(new Dictionary<string, string?> { ["Chatbots:0:Name"] = "Shop", ["Chatbots:1:Name"] = "Second", ["Secrets:MasterKey"] = new('7', 64) }, folder: folder))
        {
            using var db = app.Get<ReadDb>().Open();
            var secrets = app.Get<SecretProtector>();
            foreach (var row in db.Set<Connection>())
            {
                foreach (var (kind, stored) in new[]
                {
                    (SecretProtector.ProviderKey, row.ApiKeyProtected), (SecretProtector.WebhookSecret, row.WebhookSecretProtected), (SecretProtector.WebhookSecret, row.PreviousWebhookSecretProtected),
                    (SecretProtector.CallbackHeader, row.CallbackHeaderProtected), (SecretProtector.VerifyToken, row.VerifyTokenProtected),
                })
                {
                    if (stored is not null)
                    {
                        secrets.Reveal(row.AccountId, kind, stored).ShouldNotBeNull($"{kind} of {row.PhoneNumberId}");
                    }
                }
            }
        }

        Directory.Delete(folder, true);
    }

    private static async Task<Guid> ConnectAsync(RealServer server, SimulatorFixture simulator)
    {
        var bots = Convert.ToHexString((byte[])Sql(server.Folder, "SELECT Id FROM chatbots WHERE Name = 'Second'")!);
        var bot = new Guid(Convert.FromHexString(bots), true);
        using var answer = await server.Http.PostAsJsonAsync($"/api/chatbots/{bot}/connections", new { provider = "Pinnacle", baseUrl = simulator.Url + "/v3", phoneNumberId = Number, apiKey = "key-0" }, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Stop));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("id").GetGuid();
    }

    /// <summary>Both changes; false when the server went away meanwhile.</summary>
    private static async Task<bool> ChangeAsync(RealServer server, Guid connection, string key)
    {
        try
        {
            using var secret = await server.Http.PostAsJsonAsync($"/api/connections/{connection}/secret", new { }, Stop);
            using var changed = await server.Http.PutAsJsonAsync($"/api/connections/{connection}/key", new { apiKey = key }, Stop);

            // What was committed before the kill and told to the provider stands: another change has to wait for its overlap.
            return (secret.IsSuccessStatusCode || secret.StatusCode == HttpStatusCode.Conflict) && changed.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Customers write until they are told to stop; how many messages.</summary>
    private static async Task<int> LoadAsync(SimulatorFixture simulator, SemaphoreSlim pause, CancellationToken ends)
    {
        for (var count = 0; ; count++)
        {
            if (ends.IsCancellationRequested)
            {
                return count;
            }

            await pause.WaitAsync(Stop);
            using (var answer = await simulator.Http.PostAsJsonAsync($"/sim/customers/1555020{count % 50:D4}/messages?number={Number}", new { text = $"message {count}" }, Stop))
            {
                answer.EnsureSuccessStatusCode();
            }

            pause.Release();
            await Task.Delay(20, Stop);
        }
    }

    private static async Task KeysAsync(SimulatorFixture simulator, params string[] keys)
    {
        using var answer = await simulator.Http.PutAsJsonAsync($"/sim/numbers/{Number}/keys", new { keys }, Stop);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Until every callback is delivered.</summary>
    private static Task SettledAsync(SimulatorFixture simulator) => RealServer.UntilAsync(async _ =>
    {
        var counters = await simulator.GetAsync("/sim/counters");
        return counters.GetProperty("webhooksAcknowledged").GetInt64() == counters.GetProperty("webhooks").GetInt64();
    });

    private static object? Sql(string folder, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "aibotkit.db")};Pooling=False;Default Timeout=30");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Written in a test.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
