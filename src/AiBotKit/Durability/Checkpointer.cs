using AiBotKit.Storage;
using Microsoft.Data.Sqlite;

namespace AiBotKit.Durability;

/// <summary>
/// Moves the write-ahead log into the database, on a connection of its own so that no acknowledgement waits for it (F08): every 2 s, and whenever another
/// 48 MB were written. Under load the writer then begins the log anew over the bytes it has: pages of a file that already exists are
/// written at half the cost of new ones. At rest a log above 4 MB is cut, for which writers wait at most 50 ms while a reader holds it.
/// Above 128 MB it says so. It also tries a store that failed, until it works again.
/// </summary>
internal sealed partial class Checkpointer(SqliteDatabase database, GroupCommitWriter writer, TimeProvider time, ILogger<Checkpointer> logger) : BackgroundService
{
    private const long CutAbove = 4 << 20;
    private const long CutAnywayAbove = 16 << 20;
    private const long AlarmAbove = 128 << 20;
    private const long PagesUnderLoad = 1024;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly AsyncSignal _wake = new();
    private long _pagesSeen;
    private volatile bool _mustCut;

    /// <summary>Size of the log at the last look, in bytes.</summary>
    public long LogBytes { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = time.CreateTimer(_ => _wake.Set(), null, Every, Every);
        writer.LogGrew += _wake.Set;
        try
        {
            while (true)
            {
                await _wake.WaitAsync(stoppingToken);
                await LookAsync();
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
        finally
        {
            writer.LogGrew -= _wake.Set;
        }
    }

    /// <summary>
    /// After secrets were deleted: moves the whole log and cuts it to nothing, so that no file holds them any more (S-K6). A reader of the log is waited for;
    /// when it stays, the log is cut later. False then.
    /// </summary>
    public async Task<bool> ForgetAsync(TimeSpan patience)
    {
        for (var start = time.GetTimestamp(); ;)
        {
            try
            {
                using var session = new WriteSession(database.OpenForWriting());
                session.Execute("PRAGMA busy_timeout=50");
                using var result = session.Statement("PRAGMA wal_checkpoint(TRUNCATE)").ExecuteReader();
                if (result.Read() && result.GetInt64(0) == 0)
                {
                    return true;
                }
            }
            catch (SqliteException error)
            {
                LogFailed(error);
            }

            if (time.GetElapsedTime(start) >= patience)
            {
                _mustCut = true;
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), time);
        }
    }

    private async Task LookAsync()
    {
        if (_mustCut)
        {
            _mustCut = false;
            await ForgetAsync(TimeSpan.Zero);
        }

        var log = new FileInfo(database.FilePath + "-wal");
        LogBytes = log.Exists ? log.Length : 0;
        var pages = writer.PagesLogged - _pagesSeen;
        _pagesSeen += pages;
        if (LogBytes == 0 || (pages == 0 && LogBytes <= CutAbove))
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
            var isMoved = MoveLog(session);
            if (pages >= PagesUnderLoad)
            {
                // What came while the most of it was moved is little; the writer itself should have nearly nothing left to move.
                MoveLog(session);
                await writer.RestartLogAsync();
            }
            else if (LogBytes > CutAnywayAbove || (LogBytes > CutAbove && isMoved))
            {
                session.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
            }
        }
        catch (SqliteException error)
        {
            LogFailed(error);
        }
    }

    /// <summary>Moves what it can without holding anybody up; whether that was all.</summary>
    private static bool MoveLog(WriteSession session)
    {
        using var result = session.Statement("PRAGMA wal_checkpoint(PASSIVE)").ExecuteReader();
        return result.Read() && result.GetInt64(1) == result.GetInt64(2);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The write-ahead log has {Megabytes} MB: a reader is holding it, or the disk is slow")]
    private partial void LogTooLarge(long megabytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The checkpoint failed; it is tried again")]
    private partial void LogFailed(Exception error);
}
