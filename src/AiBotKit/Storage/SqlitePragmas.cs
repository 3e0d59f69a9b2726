using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace AiBotKit.Storage;

/// <summary>Sets what SQLite keeps per connection. Private cache: a shared one would defeat the busy timeout.</summary>
internal sealed class SqlitePragmas : DbConnectionInterceptor
{
    public const string Reader = "PRAGMA busy_timeout=5000; PRAGMA query_only=1; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;";

    /// <summary>
    /// How long the writer waits for a lock that another process holds (F06). Everything behind it waits too, batch by batch: so it waits once (the command's
    /// own time-out is shorter and adds no second round), and not again before the lock was free.
    /// </summary>
    public const string WriterPatience = "PRAGMA busy_timeout=1500";

    /// <summary>How long it waits while the store is known not to commit.</summary>
    public const string WriterImpatience = "PRAGMA busy_timeout=10";

    /// <summary>
    /// FULL: an acknowledged message survives power loss (F03). Checkpoints run from a timer on another connection so that no
    /// acknowledgement waits for one (wal_autocheckpoint=0).
    /// </summary>
    public const string Writer = WriterPatience + "; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=67108864; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32000; PRAGMA secure_delete=ON;";

    public static SqlitePragmas ForReaders { get; } = new();

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Run(connection, Reader);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Run(connection, Reader);
        return Task.CompletedTask;
    }

    public static void Run(DbConnection connection, string pragmas)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constant text of this class, never user input.
        command.CommandText = pragmas;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
