using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Faults;

/// <summary>What the kernel saw of the real binary, by strace: no 200 without a sync behind it (F03), none after a sync that failed (F05).</summary>
public sealed class FsyncTests(ITestOutputHelper output) : IDisposable
{
    private const string Calls = "trace=fdatasync,fsync,pwrite64,close,recvfrom,recvmsg,sendto,sendmsg";

    private readonly string _folder = Directory.CreateTempSubdirectory("aibotkit-sync-").FullName;

    [Fact]
    public async Task Every_200_stands_behind_an_fdatasync_of_the_log_that_began_after_its_message_was_written()
    {
        var trace = await TraceAsync(LongRun.Count(120, 1000), null);
        output.WriteLine($"{trace.Answers} answers checked");
        trace.Faults.ShouldBeEmpty();
        trace.Answers.ShouldBe(LongRun.Count(120, 1000));
    }

    [Fact]
    public async Task The_mutant_without_fsync_is_found_by_the_same_check()
    {
        var trace = await TraceAsync(16, new Dictionary<string, string> { ["DOTNET_STARTUP_HOOKS"] = typeof(FsyncTests).Assembly.Location });
        trace.Answers.ShouldBe(16);
        trace.Faults.Count.ShouldBe(16);
    }

    [Fact]
    public async Task After_a_sync_that_failed_nothing_is_acknowledged_the_log_is_reopened_and_all_that_was_acknowledged_is_there_unless_strace_may_not_attach()
    {
        using var server = new RealServer(Path.Combine(_folder, "data"));
        server.Start();
        await server.ReadyAsync();
        var acked = new List<string>();
        await PostAsync(server, acked, 0, 5);
        acked.Count.ShouldBe(5);

        // Every sync fails while strace is attached.
        var log = Path.Combine(_folder, "fails.log");
        using (var strace = await Strace.AttachAsync(server.ProcessId, log, Calls, "inject=fdatasync,fsync:error=EIO"))
        {
            await RealServer.UntilAsync(async _ => (await server.PostAsync($"wamid.SYNC.{Random.Shared.Next(1_000_000, 2_000_000)}.E")).Status == 503);
            for (var i = 10; i < 30; i++)
            {
                (await server.PostAsync($"wamid.SYNC.{i}.E")).ShouldBe((503, true));
            }

            (await server.Http.GetAsync("readyz", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(System.Net.HttpStatusCode.ServiceUnavailable);
        }

        await RealServer.UntilAsync(async stop => (await server.Http.GetAsync("readyz", stop)).IsSuccessStatusCode);
        await PostAsync(server, acked, 40, 45);
        acked.Count.ShouldBe(10);

        // Only the first sync of each thread fails.
        var once = Path.Combine(_folder, "once.log");
        using (var strace = await Strace.AttachAsync(server.ProcessId, once, Calls, "inject=fdatasync,fsync:error=EIO:when=1"))
        {
            await PostAsync(server, acked, 50, 80);
        }

        await server.KillAsync();
        var (all, first) = (SyncTrace.OfFile(log), SyncTrace.OfFile(once));
        output.WriteLine($"{all.FailedSyncs} and {first.FailedSyncs} syncs failed; {acked.Count} messages acknowledged");
        (all.FailedSyncs > 0 && first.FailedSyncs > 0).ShouldBeTrue();
        all.Answers.ShouldBe(0);
        all.Faults.ShouldBeEmpty();
        first.Faults.ShouldBeEmpty();
        server.Start();
        await server.ReadyAsync();
        acked.Except(server.Stored()).ShouldBeEmpty();
    }

    [Fact]
    public void The_check_finds_an_early_answer_an_unsynced_answer_and_the_use_of_a_log_after_a_failed_sync()
    {
        string[] write = ["7 recvmsg(9<TCP:[a->b]>, \"POST wamid.SYNC.1.E\") = 19", "7 pwrite64(3</d/a-wal>, \"wamid.SYNC.1.E\", 14, 0) = 14"];
        const string sync = "7 fdatasync(3</d/a-wal>) = 0";
        const string answer = "7 sendto(9<TCP:[a->b]>, \"HTTP/1.1 200 OK\", 15) = 15";
        const string failed = "7 fdatasync(3</d/a-wal>) = -1 EIO (Input/output error) (INJECTED)";
        SyncTrace.Of([.. write, sync, answer]).Faults.ShouldBeEmpty();
        SyncTrace.Of([.. write, "8 fdatasync(3</d/a-wal> <unfinished ...>", "8 <... fdatasync resumed>) = 0", answer]).Faults.ShouldBeEmpty();
        SyncTrace.Of([.. write, answer, sync]).Faults.Count.ShouldBe(1);
        SyncTrace.Of([.. write, "8 fdatasync(3</d/a-wal> <unfinished ...>", answer, "8 <... fdatasync resumed>) = 0"]).Faults.Count.ShouldBe(1);
        SyncTrace.Of([write[0], "8 fdatasync(3</d/a-wal> <unfinished ...>", write[1], "8 <... fdatasync resumed>) = 0", answer]).Faults.Count.ShouldBe(1);
        SyncTrace.Of([.. write, "7 fdatasync(4</d/a>) = 0", answer]).Faults.Count.ShouldBe(1);
        SyncTrace.Of([.. write, failed, "7 close(3</d/a-wal>) = 0", write[1], sync, answer]).Faults.ShouldBeEmpty();
        SyncTrace.Of([.. write, failed, sync, answer]).Faults.Count.ShouldBe(1);
        SyncTrace.Of([.. write, failed, answer]).Faults.Count.ShouldBe(1);
    }

    public void Dispose() => Directory.Delete(_folder, true);

    /// <summary>Eight connections at once, each with its share of the messages, all acknowledged.</summary>
    private async Task<SyncTrace> TraceAsync(int messages, IReadOnlyDictionary<string, string>? environment)
    {
        var log = Path.Combine(_folder, "calls.log");
        using var server = new RealServer(Path.Combine(_folder, "data"));
        server.Start(environment, [Strace.Program, "-f", "-yy", "-qq", "-s", "8192", "--seccomp-bpf", "-e", Calls, "-o", log]);
        await server.ReadyAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async sender =>
        {
            for (var i = sender; i < messages; i += 8)
            {
                (await server.PostAsync($"wamid.SYNC.{i}.E")).Status.ShouldBe(200);
            }
        }));
        await server.KillAsync();
        return SyncTrace.OfFile(log);
    }

    private static async Task PostAsync(RealServer server, List<string> acked, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            var id = $"wamid.SYNC.{i}.E";
            var (status, _) = await server.PostAsync(id);
            status.ShouldBeOneOf(200, 503);
            if (status == 200)
            {
                acked.Add(id);
            }
        }
    }
}
