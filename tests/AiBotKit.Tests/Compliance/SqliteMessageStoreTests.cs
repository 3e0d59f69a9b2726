using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiBotKit.Tests.Compliance;

/// <summary>The SQLite store passes the suite.</summary>
public sealed class SqliteMessageStoreTests : MessageStoreCompliance
{
    private protected override StoreUnderTest Create() => new SqliteUnderTest();

    private sealed class SqliteUnderTest : StoreUnderTest
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("aibotkit-store-").FullName;
        private readonly CancellationTokenSource _end = new();
        private readonly SqliteDatabase _database;
        private readonly GroupCommitWriter _writer;
        private readonly SqliteReads _reads;
        private readonly Task _writing;

        public SqliteUnderTest()
        {
            _database = new SqliteDatabase(_folder);
            _database.BringUp();
            _writer = new GroupCommitWriter(_database, FaultPoints.None, TimeProvider.System, NullLogger<GroupCommitWriter>.Instance);
            _reads = new SqliteReads(_database);
            Store = new SqliteMessageStore(_writer, _reads, Signals, FaultPoints.None);
            _writing = Task.Run(() => _writer.RunAsync(_end.Token));
        }

        public override IMessageStore Store { get; }

        public override CommitSignals Signals { get; } = new();

        public override AppDbContext Open() => new ReadDb(_database).Open();

        public override Task ChangeAsync(Action<AppDbContext> change) => _writer.SaveAsync(db =>
        {
            change(db);
            return true;
        });

        public override async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
#pragma warning disable VSTHRD003 // The loop was started by this fixture, in its constructor.
            await _writing;
#pragma warning restore VSTHRD003
            _writer.Dispose();
            _reads.Dispose();
            _end.Dispose();
            SqliteConnection.ClearAllPools();
            Directory.Delete(_folder, true);
        }
    }
}
