using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Durability.Backups;
using AiBotKit.Hosting;
using AiBotKit.Operations;
using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Fakes;
using AiBotKit.Tests.Simulator;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Faults;

/// <summary>Backups of the running server, and copies restored from them, which send nothing until an operator says so (F09).</summary>
public sealed class BackupTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aibotkit-backup-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Snapshots_at_random_moments_under_load_are_sound_hold_a_committed_prefix_and_send_nothing_when_restored()
    {
        await using var shop = await TalkingShop.StartAsync(0, "MessagesPerSecond=1000", "PairBurst=1000");
        var seed = LongRun.Seed();
        var random = new Random(seed);
        using var stopLoad = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var load = StartLoad(shop, stopLoad.Token);
        var taken = new List<(string File, int Acked)>();
        for (var i = 0; i < LongRun.Count(12, 200); i++)
        {
            await Task.Delay(random.Next(0, 120), Stop);
            var acked = load.Acked.Count;
            using var answer = await shop.Api.PostAsync("/api/backups", null, Stop);
            ((int)answer.StatusCode).ShouldBe(201);
            taken.Add((Path.Combine(shop.App.Folder, "backups", (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("name").GetString()!), acked));
        }

        await stopLoad.CancelAsync();
        await load.Running;
        var acks = load.Acked.ToList();
        var all = Messages(Path.Combine(shop.App.Folder, "aibotkit.db"));
        await shop.App.StopAsync();
        var (sends, mark) = await SendsAsync(shop);

        var unsent = 0;
        foreach (var (file, acked) in taken)
        {
            BackupFiles.Fault(file).ShouldBeNull();
            var held = Messages(file);
            held.ShouldBe([.. all.Take(held.Count)]);
            var ids = held.Select(m => m.ProviderId).ToHashSet();
            acks.Take(acked).ShouldAllBe(one => ids.Contains(one.Id));

            var restored = Path.Combine(_folder, Path.GetFileNameWithoutExtension(file));
            (await Commands.RunAsync(["restore", "--from", file, "--to", restored])).ShouldBe(0);
            CopyKeys(shop.App.Folder, restored);
            await using var copy = Product(shop, restored);
            var bodies = acks.Skip(Math.Max(0, acked - 5)).Take(10).ToList();
            foreach (var one in bodies)
            {
                (await PostAsync(copy, one.Body)).ShouldBe(200);
            }

            var after = Messages(Path.Combine(restored, "aibotkit.db"));
            after.Count(m => m.ProviderId?.StartsWith("wamid.LOAD", StringComparison.Ordinal) == true).ShouldBe(ids.Where(id => id?.StartsWith("wamid.LOAD", StringComparison.Ordinal) == true).Concat(bodies.Select(b => b.Id)).Distinct().Count());
            using var api = copy.Api();
            (await api.GetFromJsonAsync<JsonElement>("/api/quarantine", Stop)).GetProperty("quarantined").GetBoolean().ShouldBeTrue();
            (var more, mark) = await SendsAsync(shop, mark);
            more.ShouldBe(0, restored);
            unsent += (int)Scalar(Path.Combine(restored, "aibotkit.db"), "SELECT (SELECT count(*) FROM outbox WHERE State < 3) + (SELECT count(*) FROM work)");
        }

        (await SendsAsync(shop, mark)).Count.ShouldBe(0);
        output.WriteLine($"seed {seed}: {taken.Count} snapshots, {acks.Count} callbacks acknowledged, {unsent} answers or sends held back in quarantine, {sends} sends by the original");

        // Otherwise quarantine was never tried.
        unsent.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task After_the_release_what_was_unsent_goes_out_marked_and_what_was_unanswered_is_left_to_a_person()
    {
        await using var shop = await TalkingShop.StartAsync(quietMs: 0);
        await shop.AskAsync("Hello");
        await shop.SwitchAsync(false);
        await shop.SwitchAsync(true);
        var source = Path.Combine(_folder, "source.db");
        (await Commands.RunAsync(["backup", "--url", shop.App.Address.ToString(), "--key", AppFixture.ApiKey, "--to", source])).ShouldBe(0);
        await shop.App.StopAsync();
        // At the snapshot: the answer not sent yet, and a second question not answered yet.
        Scalar(source, "UPDATE outbox SET State = 0, Attempt = 0, ConversationEpoch = (SELECT Epoch FROM conversations); UPDATE messages SET Status = 1, ProviderMessageId = NULL WHERE Role = 1; DELETE FROM send_attempts");
        Scalar(source, "INSERT INTO messages (Id, AccountId, ConversationId, Role, Type, Text, At, CreatedAt, Status, StartsTurn, PossibleDuplicate) SELECT zeroblob(16), AccountId, ConversationId, 0, 'text', 'And now?', At, CreatedAt, 0, 1, 0 FROM messages WHERE Role = 0 LIMIT 1");
        Scalar(source, "INSERT INTO work (ConversationId, AccountId, Partition, DueAt, FirstUnansweredAt, Attempts, Alone, Redone) SELECT Id, AccountId, Partition, CreatedAt, CreatedAt, 0, 0, 0 FROM conversations");
        var restored = Path.Combine(_folder, "restored");
        (await Commands.RunAsync(["restore", "--from", source, "--to", restored])).ShouldBe(0);
        CopyKeys(shop.App.Folder, restored);
        var mark = (await SendsAsync(shop)).Mark;

        await using var copy = Product(shop, restored);
        using var api = copy.Api();
        // Stored and held back like the rest, but newer than the snapshot: it is answered after the release.
        (await PostAsync(copy, TextCallback.Body("wamid.LATER", "Are you open?", "15550100102"))).ShouldBe(200);
        (await SendsAsync(shop, mark)).Count.ShouldBe(0);
        (await api.PostAsync("/api/quarantine/release", null, Stop)).StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        (await api.PostAsync("/api/quarantine/release", null, Stop)).StatusCode.ShouldBe(System.Net.HttpStatusCode.Conflict);

        var file = Path.Combine(restored, "aibotkit.db");
        await Patience.UntilAsync(() => Scalar(file, "SELECT count(*) FROM outbox WHERE State = 3") == 2);
        (await SendsAsync(shop, mark)).Count.ShouldBe(2);
        Scalar(file, "SELECT count(*) FROM messages WHERE Role = 1 AND PossibleDuplicate = 1").ShouldBe(1);
        Scalar(file, "SELECT count(*) FROM messages WHERE Outcome = 'restored' AND Text = 'And now?'").ShouldBe(1);
        Scalar(file, "SELECT count(*) FROM conversations WHERE WaitingReason = 'restored'").ShouldBe(1);
        Scalar(file, "SELECT count(*) FROM messages WHERE Outcome = 'answered' AND ProviderMessageId = 'wamid.LATER'").ShouldBe(1);
        await copy.RestartAsync();
        using var again = copy.Api();
        (await again.GetFromJsonAsync<JsonElement>("/api/quarantine", Stop)).GetProperty("quarantined").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task The_command_line_fetches_a_backup_and_restores_only_what_is_sound_into_an_empty_folder()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        var file = Path.Combine(_folder, "fetched.db");
        (await Commands.RunAsync(["backup", "--url", shop.App.Address.ToString(), "--key", AppFixture.ApiKey, "--to", file])).ShouldBe(0);
        BackupFiles.Fault(file).ShouldBeNull();
        (await Should.ThrowAsync<StartupException>(() => Commands.RunAsync(["backup", "--url", shop.App.Address.ToString(), "--key", AppFixture.ApiKey, "--to", file]))).Message.ShouldContain("not overwritten");
        (await Should.ThrowAsync<StartupException>(() => Commands.RunAsync(["backup", "--url", shop.App.Address.ToString(), "--key", "wrong"]))).Message.ShouldContain("401");

        // The folder of the running server, then one that holds a database.
        (await Should.ThrowAsync<StartupException>(() => Commands.RunAsync(["restore", "--from", file, "--to", shop.App.Folder]))).Message.ShouldContain("in use");
        var restored = Path.Combine(_folder, "restored");
        (await Commands.RunAsync(["restore", "--from", file, "--to", restored])).ShouldBe(0);
        (await Should.ThrowAsync<StartupException>(() => Commands.RunAsync(["restore", "--from", file, "--to", restored]))).Message.ShouldContain("already holds");
        var bytes = await File.ReadAllBytesAsync(file, Stop);
        await File.WriteAllBytesAsync(file, bytes[..(bytes.Length / 2)], Stop);
        var other = Path.Combine(_folder, "other");
        (await Should.ThrowAsync<StartupException>(() => Commands.RunAsync(["restore", "--from", file, "--to", other]))).Message.ShouldContain("cannot be restored");
        Directory.EnumerateFiles(other, "*.db*").ShouldBeEmpty();
        (await Should.ThrowAsync<StartupException>(() => Commands.RunAsync(["backap"]))).Message.ShouldContain("no command");
        (await Commands.RunAsync(["--Urls=http://127.0.0.1:0"])).ShouldBeNull();
    }

    public void Dispose() => Directory.Delete(_folder, true);

    private static AppFixture Product(TalkingShop shop, string folder) => new(
        new Dictionary<string, string?>
        {
            ["Simulator:Enabled"] = "true",
            ["Conversations:QuietWindowMs"] = "0",
            ["Chatbots:0:Name"] = "Shop",
            ["WhatsApp:CallbackSecret"] = SimulatorFixture.Secret,
            ["WhatsApp:AmbiguousWaitSeconds"] = "2",
            ["WhatsApp:Connections:0:Chatbot"] = "Shop",
            ["WhatsApp:Connections:0:BaseUrl"] = shop.Simulator.Url + "/v3",
            ["WhatsApp:Connections:0:WabaId"] = "200000000000001",
            ["WhatsApp:Connections:0:PhoneNumberId"] = SimulatorFixture.Number,
            ["WhatsApp:Connections:0:DisplayPhoneNumber"] = "15550100001",
            ["WhatsApp:Connections:0:ApiKey"] = SimulatorFixture.Key,
        },
        folder: folder);

    private static void CopyKeys(string from, string to)
    {
        Directory.CreateDirectory(Path.Combine(to, "keys"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(from, "keys")))
        {
            File.Copy(file, Path.Combine(to, "keys", Path.GetFileName(file)));
        }
    }

    private static async Task<int> PostAsync(AppFixture app, byte[] body)
    {
        using var http = app.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/whatsapp/callback") { Content = new ByteArrayContent(body) };
        request.Headers.Add("X-Hub-Signature-256", TextCallback.Sign(body));
        using var response = await http.SendAsync(request, Stop);
        return (int)response.StatusCode;
    }

    /// <summary>Message calls that reached the provider after a mark, accepted or not, and the next mark: the log forgets its oldest lines.</summary>
    private static async Task<(int Count, long Mark)> SendsAsync(TalkingShop shop, long after = 0)
    {
        var count = 0;
        while (true)
        {
            var page = await shop.Simulator.GetAsync($"/sim/log?after={after}&direction=api&full=true&limit=1000");
            if (page.GetProperty("entries").GetArrayLength() == 0)
            {
                return (count, after);
            }

            after = page.GetProperty("cursor").GetInt64();
            count += page.GetProperty("entries").EnumerateArray().Count(e => e.GetProperty("body").GetString() is { } body && body.Contains("biz_opaque_callback_data", StringComparison.Ordinal));
        }
    }

    private static List<(long Seq, string? ProviderId)> Messages(string file)
    {
        var rows = new List<(long, string?)>();
        using var connection = Open(file);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT Seq, CASE Role WHEN 0 THEN ProviderMessageId END FROM messages ORDER BY Seq";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add((reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetString(1)));
        }

        return rows;
    }

    private static long Scalar(string file, string sql)
    {
        using var connection = Open(file);
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constant texts of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar() is long number ? number : 0;
    }

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        return connection;
    }

    /// <summary>Four senders at once, each with its own customers; every body is kept with its id once it is acknowledged.</summary>
    private static Load StartLoad(TalkingShop shop, CancellationToken stop)
    {
        var load = new Load();
        load.Running = Task.WhenAll(Enumerable.Range(0, 4).Select(async sender =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var id = $"wamid.LOAD{sender}.{i}";
                var body = TextCallback.Body(id, $"Question {i}?", $"1555020{sender}{i % 50:D3}");
                (await shop.PostSignedAsync(body)).ShouldBe(200);
                load.Acked.Enqueue((id, body));
            }
        }));
        return load;
    }

    private sealed class Load
    {
        public System.Collections.Concurrent.ConcurrentQueue<(string Id, byte[] Body)> Acked { get; } = new();

        public Task Running { get; set; } = Task.CompletedTask;
    }
}
