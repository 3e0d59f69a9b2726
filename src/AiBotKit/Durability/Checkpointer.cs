using AiBotKit.Storage;
using Microsoft.Data.Sqlite;

namespace AiBotKit.Durability;

/// <summary>
/// Moves the write-ahead log into the database from a timer, on a connection of its own, so that no acknowledgement waits for it (F08).
/// It moves what it can without holding anybody up. A log above 4 MB is cut once all of it is moved; above 16 MB it is cut in any case, for which
/// writers wait at most 50 ms while a reader holds it. Above 64 MB it says so. It also tries a store that failed, until it works again.
/// </summary>
internal sealed partial class Checkpointer(SqliteDatabase database, GroupCommitWriter writer, TimeProvider time, ILogger<Checkpointer> logger) : BackgroundService
{
    private const long CutAbove = 4 << 20;
    private const long CutAnywayAbove = 16 << 20;
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
                if (!writer.Healthy)
                {
                    await writer.ProbeAsync();
                }
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
            using var session = new WriteSession(database.OpenForWriting());
            session.Execute("PRAGMA busy_timeout=50");
            bool isMoved;
            using (var result = session.Statement("PRAGMA wal_checkpoint(PASSIVE)").ExecuteReader())
            {
                isMoved = result.Read() && result.GetInt64(1) == result.GetInt64(2);
            }

            if (LogBytes > CutAnywayAbove || (LogBytes > CutAbove && isMoved))
            {
                session.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
            }
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
