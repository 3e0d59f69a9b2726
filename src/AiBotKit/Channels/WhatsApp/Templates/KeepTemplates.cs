using System.Data.Common;
using AiBotKit.Durability;
using AiBotKit.Durability.Backups;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Channels.WhatsApp.Templates;

/// <summary>
/// Keeps the stored templates as the provider has them: soon after a number is connected, when the provider says that one has changed, and now
/// and then. The rows say what is due; a wake-up is only a hint.
/// </summary>
internal sealed partial class KeepTemplates(
    ReadDb reads, SyncTemplates sync, CommitSignals commits, Quarantine quarantine, TimeProvider time, ILogger<KeepTemplates> logger) : BackgroundService
{
    private const int AtOnce = 50;

    /// <summary>A start has more urgent things to do.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    private readonly AsyncSignal _wake = new();

    /// <summary>Look now: a number has just been connected.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Every live connection whose list is due is asked for.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        List<(Guid Account, Guid Connection)> due;
        await using (var db = reads.Open())
        {
            var live = db.Set<Connection>().Where(c => c.DisconnectedAt == null && c.ApiKeyProtected != null && c.ApiKeyProtected != "");
            var rows = await live.Where(c => !db.Set<TemplateSync>().Any(s => s.ConnectionId == c.Id && s.AccountId == c.AccountId && s.DueAt > now)).OrderBy(c => c.CreatedAt).Take(AtOnce)
                .Select(c => new { c.AccountId, c.Id }).ToListAsync(cancellationToken);
            due = rows.ConvertAll(row => (row.AccountId, row.Id));
        }

        foreach (var (account, connection) in due)
        {
            await sync.RunAsync(account, connection, cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        commits.TemplatesDue += _wake.Set;
        using var timer = time.CreateTimer(_ => _wake.Set(), null, Look, Look);
        try
        {
            // A restored copy speaks to nobody until it is released.
            await quarantine.WaitForReleaseAsync(stoppingToken);
            while (true)
            {
                await _wake.WaitAsync(stoppingToken);
                try
                {
                    await RunAsync(stoppingToken);
                }
                catch (Exception error) when (error is StoreUnavailableException or DbException or DbUpdateException)
                {
                    LogStoreUnavailable(error);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
        finally
        {
            commits.TemplatesDue -= _wake.Set;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store is unavailable; templates are asked for again later")]
    private partial void LogStoreUnavailable(Exception error);
}
