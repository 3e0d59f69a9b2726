using AiBotKit.Durability;
using AiBotKit.Storage;
using AiBotKit.Tests.Fakes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Durability;

/// <summary>The write-ahead log stays small, under load and after it (F08).</summary>
public sealed class CheckpointerTests
{
    private const int Megabyte = 1 << 20;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_log_is_begun_anew_under_load_and_cut_at_rest()
    {
        var folder = Directory.CreateTempSubdirectory("aibotkit-log-").FullName;
        var database = new SqliteDatabase(folder);
        database.BringUp();
        var time = new FakeTimeProvider();
        using var end = new CancellationTokenSource();
        using (var writer = new GroupCommitWriter(database, FaultPoints.None, TimeProvider.System, NullLogger<GroupCommitWriter>.Instance))
        using (var checkpointer = new Checkpointer(database, writer, time, NullLogger<Checkpointer>.Instance))
        {
            var running = Task.Run(() => writer.RunAsync(end.Token), Stop);
            await checkpointer.StartAsync(Stop);
            await WriteAsync(writer, 52 * Megabyte);
            var length = LogBytes(database);
            // It is begun anew at 48 MB or a little later, so it may have less than all that was written.
            length.ShouldBeGreaterThanOrEqualTo(48L * Megabyte);

            // Begun anew: what is written next lies over the beginning.
            await Patience.UntilAsync(async () =>
            {
                var before = LogBytes(database);
                await WriteAsync(writer, Megabyte);
                return LogBytes(database) == before;
            });
            var full = LogBytes(database);
            await WriteAsync(writer, 40 * Megabyte);
            LogBytes(database).ShouldBe(full);

            await Patience.UntilAsync(() =>
            {
                time.Advance(TimeSpan.FromSeconds(2));
                return Task.FromResult(LogBytes(database) <= 4 * Megabyte);
            });
            await checkpointer.StopAsync(Stop);
            await end.CancelAsync();
            await running;
        }

        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, true);
    }

    private static long LogBytes(SqliteDatabase database) => new FileInfo(database.FilePath + "-wal").Length;

    private static async Task WriteAsync(GroupCommitWriter writer, int bytes)
    {
        for (var written = 0; written < bytes; written += Megabyte)
        {
            var content = new byte[Megabyte];
            Random.Shared.NextBytes(content);
            await writer.WriteAsync(session => session.Execute("INSERT INTO settings (Name, Value) VALUES ('log', $1) ON CONFLICT (Name) DO UPDATE SET Value = excluded.Value", content));
        }
    }
}
