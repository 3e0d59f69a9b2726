using System.Diagnostics;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using AiBotKit.Hosting;
using AiBotKit.Storage;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Faults;

/// <summary>Starts that must not succeed: a folder in use (F11), a damaged or truncated file (F12).</summary>
public sealed class StartFaultTests(ITestOutputHelper output) : IDisposable
{
    private const int Messages = 200;

    private readonly string _folder = Directory.CreateTempSubdirectory("aibotkit-start-").FullName;

    [Fact]
    public async Task A_second_server_on_the_same_folder_ends_with_the_reason_and_the_first_goes_on()
    {
        var folder = Path.Combine(_folder, "data");
        using var first = new RealServer(folder);
        first.Start();
        await first.ReadyAsync();
        using var second = new RealServer(folder);
        var watch = Stopwatch.StartNew();
        second.Start();
        (await second.ExitedAsync()).ShouldBe(2);
        output.WriteLine($"refused after {watch.ElapsedMilliseconds} ms");
        second.Said.ShouldContain(folder);
        second.Said.ShouldContain("in use by another AI Bot Kit server");
        (await first.PostAsync("wamid.STILL")).Status.ShouldBe(200);
        first.Stored().ShouldBe(["wamid.STILL"]);

        // A crash leaves no lock behind.
        await first.KillAsync();
        second.Start();
        await second.ReadyAsync();
    }

    [Theory]
    [InlineData("header")]
    [InlineData("page")]
    [InlineData("half")]
    [InlineData("empty")]
    [InlineData("missing")]
    public async Task The_real_binary_says_that_its_file_is_damaged_and_leaves_it_alone(string damage)
    {
        using var server = new RealServer(Path.Combine(_folder, "data"));
        server.Start();
        await server.ReadyAsync();
        (await server.PostAsync("wamid.BEFORE", 3000)).Status.ShouldBe(200);
        await server.KillAsync();
        if (damage is not "missing")
        {
            // The file alone, without what may still be in its log.
            Checkpoint(server.File);
        }

        var bytes = await File.ReadAllBytesAsync(server.File, TestContext.Current.CancellationToken);
        switch (damage)
        {
            case "header":
                bytes.AsSpan(0, 16).Fill(0x55);
                break;
            case "page":
                bytes.AsSpan(2 * 4096, 4096).Fill(0x55);
                break;
            default:
                bytes = damage == "half" ? bytes[..(bytes.Length / 2 / 4096 * 4096)] : [];
                break;
        }

        await File.WriteAllBytesAsync(server.File, bytes, TestContext.Current.CancellationToken);
        if (damage == "missing")
        {
            File.Delete(server.File);
        }

        server.Start();
        (await server.ExitedAsync()).ShouldBe(2);
        server.Said.ShouldContain("is damaged");
        server.Said.ShouldContain("Restore a backup");
        server.Said.ShouldNotContain("   at ");
        (File.Exists(server.File) ? await File.ReadAllBytesAsync(server.File, TestContext.Current.CancellationToken) : []).ShouldBe(bytes);
        File.Exists(server.File).ShouldBe(damage != "missing");
    }

    /// <summary>Larger than what is read before the start: the server is there at once, and says what it finds.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_file_is_checked_while_the_server_works_and_a_damaged_one_is_written_no_more(bool damaged)
    {
        using var server = new RealServer(Path.Combine(_folder, "data"));
        server.Start();
        await server.ReadyAsync();
        (await server.PostAsync("wamid.BEFORE")).Status.ShouldBe(200);
        await server.KillAsync();
        Enlarge(server.File, 70);
        if (damaged)
        {
            DamagePageOf(server.File, "raw_items");
        }

        server.Start();
        if (damaged)
        {
            await RealServer.UntilAsync(async stop => await server.ReadinessAsync(stop) == "not ready: database_damaged");
            (await server.PostAsync("wamid.AFTER")).ShouldBe((503, true));
            (await server.Http.GetAsync("healthz", TestContext.Current.CancellationToken)).IsSuccessStatusCode.ShouldBeTrue();
        }
        else
        {
            await server.ReadyAsync();
            await RealServer.UntilAsync(async stop => (await HealthAsync(server)).GetProperty("database").GetString() != "checking");
            (await server.PostAsync("wamid.AFTER")).Status.ShouldBe(200);
        }

        (await HealthAsync(server)).GetProperty("database").GetString().ShouldBe(damaged ? "damaged" : "sound");
        server.Said.Contains("is damaged", StringComparison.Ordinal).ShouldBe(damaged);
        server.Said.Contains("restore a backup", StringComparison.Ordinal).ShouldBe(damaged);
        server.Stored().ShouldBe(damaged ? ["wamid.BEFORE"] : ["wamid.BEFORE", "wamid.AFTER"]);
    }

    [Fact]
    public void Flipped_bytes_are_reported_or_harmless_and_never_silently_an_empty_store()
    {
        var sound = Path.Combine(_folder, "sound");
        Directory.CreateDirectory(sound);
        Fill(new SqliteDatabase(sound));
        var original = File.ReadAllBytes(Path.Combine(sound, "aibotkit.db"));
        var seed = LongRun.Seed();
        var random = new Random(seed);
        var (refused, harmless) = (0, 0);
        for (var copy = 0; copy < LongRun.Count(40, 200); copy++)
        {
            var database = new SqliteDatabase(Directory.CreateDirectory(Path.Combine(_folder, $"copy{copy}")).FullName);
            var bytes = original.ToArray();
            for (var flips = random.Next(1, 40); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }

            File.WriteAllBytes(database.FilePath, bytes);
            try
            {
                database.BringUp();
                Count(database.FilePath).ShouldBe(Messages, $"seed {seed}, copy {copy}");
                harmless++;
            }
            catch (StartupException reason)
            {
                reason.Message.ShouldContain(database.FilePath);
                SHA256.HashData(File.ReadAllBytes(database.FilePath)).ShouldBe(SHA256.HashData(bytes), $"seed {seed}, copy {copy}");
                refused++;
            }
        }

        output.WriteLine($"seed {seed}: {refused} copies refused and left as they were, {harmless} came up with every row");
        refused.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_file_of_no_bytes_before_the_first_start_has_ended_is_no_lost_store()
    {
        var database = new SqliteDatabase(_folder);
        File.WriteAllBytes(database.FilePath, []);
        database.BringUp();
        Count(database.FilePath).ShouldBe(0);
        Directory.CreateDirectory(Path.Combine(_folder, "keys"));
        database.BringUp();
    }

    public void Dispose() => Directory.Delete(_folder, true);

    private static void Fill(SqliteDatabase database)
    {
        database.BringUp();
        using (var connection = database.OpenForWriting())
        using (var command = connection.CreateCommand())
        {
            command.CommandText = """
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
                INSERT INTO messages (Id, AccountId, ConversationId, Role, Type, Text, At, CreatedAt, Status, StartsTurn, PossibleDuplicate)
                SELECT randomblob(16), zeroblob(16), zeroblob(16), 0, 'text', hex(randomblob(400)), i, i, 0, 1, 0 FROM n;
                """;
            command.ExecuteNonQuery();
        }

        Checkpoint(database.FilePath);
    }

    private static Task<JsonElement> HealthAsync(RealServer server) => server.Http.GetFromJsonAsync<JsonElement>("api/health", TestContext.Current.CancellationToken);

    /// <summary>Puts so many megabytes into the raw items.</summary>
    private static void Enlarge(string file, int megabytes)
    {
        using (var connection = Open(file))
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 999 + $count) INSERT INTO raw_items (MessageSeq, Json, ReceivedAt) SELECT i, randomblob(1048000), 9e17 FROM n";
            command.Parameters.AddWithValue("$count", megabytes);
            command.ExecuteNonQuery();
        }

        Checkpoint(file);
    }

    /// <summary>Overwrites the root of a table's tree: the page that SQLite itself names.</summary>
    private static void DamagePageOf(string file, string table)
    {
        long page;
        using (var connection = Open(file))
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT rootpage FROM sqlite_master WHERE name = $table";
            command.Parameters.AddWithValue("$table", table);
            page = (long)command.ExecuteScalar()!;
        }

        using var stream = new FileStream(file, FileMode.Open, FileAccess.Write);
        stream.Position = (page - 1) * 4096;
        stream.Write(Enumerable.Repeat((byte)0x55, 4096).ToArray());
    }

    private static void Checkpoint(string file)
    {
        using var connection = Open(file);
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE);";
        command.ExecuteNonQuery();
    }

    private static long Count(string file)
    {
        using var connection = Open(file);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM messages NOT INDEXED";
        return (long)command.ExecuteScalar()!;
    }

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        return connection;
    }
}
