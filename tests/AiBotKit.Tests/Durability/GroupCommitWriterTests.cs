using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Durability;

/// <summary>The only writer outlives what its callers do wrong.</summary>
public sealed class GroupCommitWriterTests
{
    [Fact]
    public async Task A_listener_that_fails_after_the_commit_ends_neither_the_writer_nor_the_answer()
    {
        var folder = Directory.CreateTempSubdirectory("aibotkit-writer-").FullName;
        var database = new SqliteDatabase(folder);
        database.BringUp();
        using var end = new CancellationTokenSource();
        using (var writer = new GroupCommitWriter(database, FaultPoints.None, TimeProvider.System, NullLogger<GroupCommitWriter>.Instance))
        {
            var running = Task.Run(() => writer.RunAsync(end.Token), TestContext.Current.CancellationToken);
            (await writer.WriteAsync(session =>
            {
                session.AfterCommit(static () => throw new InvalidOperationException("a bug"));
                return 1;
            })).ShouldBe(1);
            (await writer.WriteAsync(static _ => 2)).ShouldBe(2);
            await end.CancelAsync();
            await running;
        }

        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, true);
    }
}
