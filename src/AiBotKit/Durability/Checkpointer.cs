using AiBotKit.Storage;
using Microsoft.Data.Sqlite;

namespace AiBotKit.Durability;

/// <summary>
/// Moves the write-ahead log into the database from a timer, on a connection of its own, so that no acknowledgement waits for it (F08).
/// Passive while the log is small; above 16 MB it also truncates, which a long reader can only delay. Above 64 MB it says so.
/// </summary>
internal sealed partial class Checkpointer(SqliteDatabase database, TimeProvider time, ILogger<Checkpointer> logger) : BackgroundService
{
    private const long TruncateAbove = 16 << 20;
    private const long AlarmAbove = 64 << 20;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    /// <summary>Size of the log at the last look, in bytes.</summary>
    public long LogBytes { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Look();
            }
        }
        catch (OperationCanceledException)
        {
            // The last connection to close checkpoints by itself.
        }
    }

    private void Look()
    {
        var log = new FileInfo(database.FilePath + "-wal");
        LogBytes = log.Exists ? log.Length : 0;
        if (LogBytes == 0)
        {
            return;
        }

        if (LogBytes > AlarmAbove)
        {
            LogTooLarge(LogBytes >> 20);
        }

        try
        {
            using var connection = database.OpenForWriting();
            SqlitePragmas.Run(connection, LogBytes > TruncateAbove ? "PRAGMA wal_checkpoint(TRUNCATE);" : "PRAGMA wal_checkpoint(PASSIVE);");
        }
        catch (SqliteException error)
        {
            LogFailed(error);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The write-ahead log has {Megabytes} MB: a reader is holding it, or the disk is slow")]
    private partial void LogTooLarge(long megabytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The checkpoint failed; it is tried again")]
    private partial void LogFailed(Exception error);
}
