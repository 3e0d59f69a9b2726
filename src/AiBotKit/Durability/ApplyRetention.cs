using System.Diagnostics.Metrics;
using AiBotKit.Storage;

namespace AiBotKit.Durability;

/// <summary>What one run of the retention job removed, and in how many slices.</summary>
internal readonly record struct RetentionResult(int RawItems, int DeadLetterContents, int ParkedStatuses, int AuditLines, int Slices, int Drafts = 0);

/// <summary>
/// Removes once an hour what is kept for a time only: raw items and the content of dead letters after <c>Retention:RawItemDays</c>, parked
/// statuses after 24 h, AI drafts after a week, lines of the audit trail after <c>Retention:AuditDays</c>. In slices behind all other writes, oldest first, at most <see cref="RowsOfSlice"/> rows and about 15 ms each.
/// Keys of messages (<c>dedup_keys</c>) are never removed: a redelivery of any age must find its key (F29, F32).
/// </summary>
internal sealed partial class ApplyRetention(GroupCommitWriter writer, RetentionOptions options, TimeProvider time, IMeterFactory meters, ILogger<ApplyRetention> logger) : BackgroundService
{
    public const int RowsOfSlice = 500;

    private const int RowsAtOnce = 100;
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private static readonly TimeSpan ParkedStatuses = TimeSpan.FromHours(24);
    private static readonly TimeSpan Drafts = TimeSpan.FromDays(7);
    private static readonly TimeSpan SliceTime = TimeSpan.FromMilliseconds(15);

    private readonly Counter<long> _removed = meters.Create("AiBotKit").CreateCounter<long>("aibotkit.retention.removed", description: "Rows whose time was over, by kind");
    private int _slices;

    /// <summary>One run; removes all whose time is over now.</summary>
    public async Task<RetentionResult> RunOnceAsync(CancellationToken cancellationToken)
    {
        _slices = 0;
        var now = time.GetUtcNow();
        var raw = await DrainAsync("raw_item", "DELETE FROM raw_items WHERE MessageSeq IN (SELECT MessageSeq FROM raw_items ORDER BY MessageSeq LIMIT 100) AND ReceivedAt <= $1", now - options.RawItems, cancellationToken);
        var letters = await DrainAsync("dead_letter_content", "UPDATE dead_letters SET Raw = NULL WHERE Id IN (SELECT Id FROM dead_letters WHERE Raw IS NOT NULL AND CreatedAt <= $1 LIMIT 100)", now - options.RawItems, cancellationToken);
        var statuses = await DrainAsync("parked_status", "DELETE FROM parked_statuses WHERE Id IN (SELECT Id FROM parked_statuses ORDER BY Id LIMIT 100) AND ParkedAt <= $1", now - ParkedStatuses, cancellationToken);
        var audit = await DrainAsync("audit", "DELETE FROM audit WHERE Id IN (SELECT Id FROM audit ORDER BY Id LIMIT 100) AND At <= $1", now - options.Audit, cancellationToken);
        var drafts = await DrainAsync("reply_draft", "DELETE FROM reply_drafts WHERE Id IN (SELECT Id FROM reply_drafts ORDER BY Id LIMIT 100) AND CreatedAt <= $1", now - Drafts, cancellationToken);
        var result = new RetentionResult(raw, letters, statuses, audit, _slices, drafts);
        if (raw + letters + statuses + audit + drafts > 0)
        {
            LogRemoved(raw, letters, statuses, audit, drafts);
        }

        return result;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await RunOnceAsync(stoppingToken);
                }
                catch (StoreUnavailableException)
                {
                    LogUnavailable();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The rest is removed after the next start.
        }
    }

    private async Task<int> DrainAsync(string kind, string sql, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var removed = 0;
        int slice;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            slice = await writer.WriteBulkAsync(session => Slice(session, sql, until));
            removed += slice;
            _slices++;
            if (slice > 0)
            {
                _removed.Add(slice, new KeyValuePair<string, object?>("kind", kind));
            }
        }
        while (slice > 0);
        return removed;
    }

    private int Slice(WriteSession session, string sql, DateTimeOffset until)
    {
        var (removed, start) = (0, time.GetTimestamp());
        int rows;
        do
        {
            rows = session.Execute(sql, until);
            removed += rows;
        }
        while (rows > 0 && removed <= RowsOfSlice - RowsAtOnce && time.GetElapsedTime(start) < SliceTime);
        return removed;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Retention removed {RawItems} raw items, the content of {DeadLetters} dead letters, {Statuses} parked statuses, {AuditLines} lines of the audit trail and {Drafts} drafts")]
    private partial void LogRemoved(int rawItems, int deadLetters, int statuses, int auditLines, int drafts);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Retention could not save; it is tried again in an hour")]
    private partial void LogUnavailable();
}
