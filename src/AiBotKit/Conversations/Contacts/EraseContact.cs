using System.Data.Common;
using AiBotKit.Conversations.Media;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Knowledge;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations.Contacts;

/// <summary>How far an erasure came.</summary>
internal enum ErasureOutcome
{
    NotFound,

    /// <summary>Nothing is left, on disk either.</summary>
    Erased,

    /// <summary>In nobody's sight any more; the rest goes on by itself, also after a restart.</summary>
    UnderWay,
}

/// <summary>
/// Erases a person (S-P6, F51). One transaction takes the conversations out of everybody's sight and writes down what is to be done; then files, rows and the bytes
/// that pages of the database still hold go. A process that ends in the middle goes on after its next start. Backups made before keep what they have until they are
/// deleted.
/// </summary>
internal sealed partial class EraseContact(
    IMessageStore store, GroupCommitWriter writer, Checkpointer checkpointer, ReadDb reads, MediaFolder folder, SendGates gates, FaultPoints faults, TimeProvider time, ILogger<EraseContact> logger)
    : BackgroundService
{
    private const int Looks = 4;
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _one = new(1, 1);

    public async Task<ErasureOutcome> RunAsync(Guid accountId, Guid id, Actor by, CancellationToken cancellationToken)
    {
        for (var look = 0; look < Looks; look++)
        {
            ContactFamily? family;
            await using (var db = reads.Open())
            {
                family = await ContactFamily.ReadAsync(db, accountId, id, cancellationToken);
            }

            if (family is null)
            {
                return ErasureOutcome.NotFound;
            }

            if (!await BeginAsync(accountId, family, by, cancellationToken))
            {
                continue;
            }

            faults.Reach(FaultPoint.E1EraseIntended);
            // From here on it is decided: who asked may leave.
            return await FinishAsync(CancellationToken.None) ? ErasureOutcome.Erased : ErasureOutcome.UnderWay;
        }

        return ErasureOutcome.NotFound;
    }

    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Again, time);
        try
        {
            do
            {
                await FinishAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // What was begun is ended after the next start.
        }
    }

    private async Task<bool> BeginAsync(Guid accountId, ContactFamily family, Actor by, CancellationToken cancellationToken)
    {
        var held = new List<IDisposable>();
        try
        {
            foreach (var one in family.Ids.Order())
            {
                held.Add(await gates.EnterAsync(one, cancellationToken));
            }

            faults.Reach(FaultPoint.E0BeforeErase);
            string[] names = [.. family.Names.Select(name => name["wa_".Length..]).Concat(family.Conversations.Select(c => c.Address)).Distinct()];
            return await store.BeginErasureAsync(Guid.CreateVersion7(time.GetUtcNow()), accountId, family.Ids, names, by, time.GetUtcNow());
        }
        finally
        {
            held.ForEach(gate => gate.Dispose());
        }
    }

    /// <summary>Ends all erasures that were begun; false when one has to go on later.</summary>
    private async Task<bool> FinishAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            List<Erasure> open;
            await using (var db = reads.Open())
            {
                open = await db.Set<Erasure>().OrderBy(e => e.AskedAt).ToListAsync(cancellationToken);
            }

            if (open.Count == 0)
            {
                return true;
            }

            foreach (var conversation in open.SelectMany(e => e.Conversations.Split(',')).Select(Guid.Parse))
            {
                await EraseAsync(conversation, cancellationToken);
            }

            faults.Reach(FaultPoint.E3RowsGone);
            await writer.CompactAsync();
            faults.Reach(FaultPoint.E4Compacted);
            if (!await checkpointer.ForgetAsync(Patience))
            {
                return false;
            }

            return await writer.WriteAsync(session =>
            {
                open.ForEach(erasure => new SqliteErasures(session).End(erasure.Id));
                return true;
            });
        }
        catch (Exception error) when (error is StoreUnavailableException or DbException or IOException or UnauthorizedAccessException)
        {
            LogLater(error);
            return false;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task EraseAsync(Guid conversation, CancellationToken cancellationToken)
    {
        while (await writer.WriteBulkAsync(session => new SqliteErasures(session).Files(conversation)) is { Count: > 0 } files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            files.ForEach(folder.Delete);
            await writer.WriteBulkAsync(session => new SqliteErasures(session).ForgetFiles(conversation, files));
        }

        faults.Reach(FaultPoint.E2FilesGone);
        while (await writer.WriteBulkAsync(session => new SqliteErasures(session).Slice(conversation, RecordGap.KeyOf)))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "An erasure could not be ended now; it goes on within a minute")]
    private partial void LogLater(Exception error);
}
