using System.Diagnostics;
using System.Net;
using AiBotKit.Dashboard.Health;
using AiBotKit.Durability;
using AiBotKit.Tests.Fakes;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Faults;

/// <summary>The store cannot be written for a while: full disk (F04), a lock that another process holds (F06), a log that a reader holds (F08).</summary>
public sealed class DiskFaultTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aibotkit-disk-").FullName;

    [Fact]
    public async Task A_full_disk_means_503_and_nothing_half_written_and_heals_by_itself_unless_this_machine_forbids_mounts()
    {
        var disk = Directory.CreateDirectory(Path.Combine(_folder, "disk")).FullName;
        if (Run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk) != 0)
        {
            Assert.Skip("a small file system cannot be mounted here (root and CAP_SYS_ADMIN are needed)");
        }

        try
        {
            using var server = new RealServer(Path.Combine(disk, "data"));
            server.Start();
            await server.ReadyAsync();
            var acked = new List<string>();
            for (var i = 0; i < 20; i++)
            {
                acked.Add($"wamid.EARLY{i}");
                (await server.PostAsync(acked[^1], 4000)).Status.ShouldBe(200);
            }

            await FillAsync(server, acked);
            for (var i = 0; i < 20; i++)
            {
                (await server.PostAsync($"wamid.FULL{i}", 4000)).ShouldBe((503, true));
            }

            (await server.Http.GetAsync("readyz", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await server.Http.GetAsync("healthz", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);

            // Space returns, and nobody writes: it finds that out alone.
            File.Delete(Path.Combine(disk, "filler"));
            var watch = Stopwatch.StartNew();
            await RealServer.UntilAsync(async stop => (await server.Http.GetAsync("readyz", stop)).IsSuccessStatusCode);
            (await server.PostAsync("wamid.AFTER", 4000)).Status.ShouldBe(200);
            acked.Add("wamid.AFTER");
            output.WriteLine($"{acked.Count} messages acknowledged, ready again {watch.ElapsedMilliseconds} ms after space returned (meant: 10 s)");

            await server.KillAsync();
            var stored = server.Stored();
            acked.Except(stored).ShouldBeEmpty();
            stored.ShouldBeUnique();
            Scalar(server.File, "SELECT count(*) FROM raw_items").ShouldBe(stored.Count);
            Scalar(server.File, "SELECT count(*) FROM dedup_keys").ShouldBe(stored.Count);
            Text(server.File, "PRAGMA integrity_check").ShouldBe("ok");
        }
        finally
        {
            Run("umount", "-l", disk);
        }
    }

    [Fact]
    public async Task While_another_process_holds_the_write_lock_callbacks_are_answered_503_and_later_nothing_is_lost()
    {
        using var server = new RealServer(Path.Combine(_folder, "data"));
        server.Start();
        await server.ReadyAsync();
        var acked = new List<string>();
        var count = 0;

        // Held until every callback is answered: an answer that waited for the lock would never come. Then for longer.
        foreach (var hold in LongRun.Enabled ? (int[])[1, 5, 30] : [1, 5])
        {
            var watch = Stopwatch.StartNew();
            using (var other = Open(server.File))
            {
                Execute(other, "BEGIN EXCLUSIVE");
                do
                {
                    var from = watch.Elapsed;
                    var ids = Enumerable.Range(0, 12).Select(_ => $"wamid.LOCK{count++}").ToList();
                    var answers = await Task.WhenAll(ids.Select(id => server.PostAsync(id)));
                    answers.ShouldAllBe(one => one.Status == 503 && one.RetryAfter);
                    output.WriteLine($"12 callbacks answered 503 within {(watch.Elapsed - from).TotalMilliseconds:0} ms while the lock was held");
                }
                while (watch.Elapsed < TimeSpan.FromSeconds(hold));
                Execute(other, "ROLLBACK");
            }

            await RealServer.UntilAsync(async _ => (await server.PostAsync($"wamid.LOCK{count++}")).Status == 200);
            var took = new List<double>();
            for (var i = 0; i < 100; i++)
            {
                acked.Add($"wamid.LOCK{count}");
                var from = Stopwatch.GetTimestamp();
                (await server.PostAsync($"wamid.LOCK{count++}")).Status.ShouldBe(200);
                took.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
            }

            took.Sort();
            output.WriteLine($"after {hold} s of lock: the next 100 acknowledgements p50 {took[50]:0.0} ms, p99 {took[99]:0.0} ms (meant: 250 within 5 s)");
        }

        await server.KillAsync();
        var stored = server.Stored();
        acked.Except(stored).ShouldBeEmpty();
        stored.ShouldBeUnique();
    }

    /// <summary>Answers that need a thread which the writer waits on would come one by one, each after the patience of a commit, or never.</summary>
    [Fact]
    public async Task The_answers_of_a_locked_store_do_not_wait_for_the_writer_even_when_the_pool_has_one_thread()
    {
        using var server = new RealServer(Path.Combine(_folder, "data"));
        server.Start(new Dictionary<string, string> { ["DOTNET_ThreadPool_ForceMinWorkerThreads"] = "1", ["DOTNET_ThreadPool_ForceMaxWorkerThreads"] = "1" });
        await server.ReadyAsync();
        using (var other = Open(server.File))
        {
            Execute(other, "BEGIN EXCLUSIVE");
            var watch = Stopwatch.StartNew();
            var answers = await Task.WhenAll(Enumerable.Range(0, 36).Select(i => server.PostAsync($"wamid.ONE{i}")));
            answers.ShouldAllBe(one => one.Status == 503 && one.RetryAfter);
            output.WriteLine($"36 callbacks answered 503 by one thread within {watch.ElapsedMilliseconds} ms");
            Execute(other, "ROLLBACK");
        }

        await RealServer.UntilAsync(async _ => (await server.PostAsync("wamid.AFTER")).Status == 200);
    }

    [Fact]
    public async Task The_log_grows_while_a_reader_holds_it_the_health_page_shows_it_and_it_is_small_again_afterwards()
    {
        await using var app = new AppFixture();
        var writer = app.Get<GroupCommitWriter>();
        var file = Path.Combine(app.Folder, "aibotkit.db");
        using (var reader = Open(file))
        {
            Execute(reader, "BEGIN");
            Text(reader, "SELECT count(*) FROM settings");
            // More than half of the 64 MB at which it gives alarm.
            for (var i = 0; i < 55; i++)
            {
                var first = i * 1000;
                await writer.WriteAsync(session => session.Execute(
                    "WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM n WHERE i < $1 + 999) INSERT INTO raw_items (MessageSeq, Json, ReceivedAt) SELECT i, randomblob(600), 9e17 FROM n",
                    first));
            }

            var facts = await app.Get<ReadHealth>().RunAsync(app.Get<AiBotKit.Accounts.FirstAccount>().Id, true, TestContext.Current.CancellationToken);
            output.WriteLine($"log with a reader in the way: {facts.LogBytes >> 20} MB");
            facts.LogBytes.ShouldBeGreaterThan(32L << 20);
            HealthRules.Figures(facts, TimeProvider.System.GetUtcNow()).Single(f => f.Name == "Write-ahead log").Tone.ShouldNotBe("good");
            Execute(reader, "COMMIT");
        }

        var watch = Stopwatch.StartNew();
        await RealServer.UntilAsync(_ => Task.FromResult(new FileInfo(file + "-wal").Length <= 4 << 20));
        output.WriteLine($"small again after {watch.ElapsedMilliseconds} ms");
    }

    [Fact]
    public async Task A_log_of_a_few_megabytes_is_cut_as_well()
    {
        await using var app = new AppFixture();
        await app.Get<GroupCommitWriter>().WriteAsync(session => session.Execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) INSERT INTO raw_items (MessageSeq, Json, ReceivedAt) SELECT i, randomblob(600), 9e17 FROM n"));
        var log = new FileInfo(Path.Combine(app.Folder, "aibotkit.db-wal"));
        await RealServer.UntilAsync(_ =>
        {
            log.Refresh();
            return Task.FromResult(log.Length <= 4 << 20);
        });
    }

    public void Dispose() => Directory.Delete(_folder, true);

    /// <summary>Takes all room that is left, then lets messages take the rest, until one is refused.</summary>
    private static async Task FillAsync(RealServer server, List<string> acked)
    {
        using (var filler = new FileStream(Path.Combine(server.Folder, "..", "filler"), FileMode.Create, FileAccess.Write, FileShare.None, 0))
        {
            try
            {
                while (true)
                {
                    filler.Write(new byte[16 * 1024]);
                }
            }
            catch (IOException)
            {
                // No space left.
            }
        }

        for (var i = 0; ; i++)
        {
            var (status, _) = await server.PostAsync($"wamid.FILL{i}", 4000);
            status.ShouldBeOneOf(200, 503);
            if (status == 503)
            {
                return;
            }

            acked.Add($"wamid.FILL{i}");
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql) => Text(connection, sql);

    private static long Scalar(string file, string sql) => long.Parse(Text(file, sql), System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(string file, string sql)
    {
        using var connection = Open(file);
        return Text(connection, sql);
    }

    private static string Text(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constant texts of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar()?.ToString() ?? "";
    }
}
