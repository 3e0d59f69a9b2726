using AiBotKit.Channels;
using AiBotKit.Dashboard.DeadLetters;
using AiBotKit.Durability;
using AiBotKit.Durability.Backups;
using AiBotKit.Knowledge.Embedding;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Dashboard.Health;

/// <summary>Reads how the account's messages are moving.</summary>
internal sealed class ReadHealth(ReadDb reads, SqliteDatabase database, ReadDeadLetters deadLetters, Quarantine quarantine, GroupCommitWriter writer, SentenceEmbedder sentences, LanguageIdentifier languages)
{
    public async Task<HealthFacts> RunAsync(Guid accountId, bool isOperator, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var work = db.Set<WorkRow>().Where(w => w.AccountId == accountId);
        var open = db.Set<OutboxRow>().Where(o => o.AccountId == accountId && o.State < OutboxState.Accepted);
        var connections = await db.Set<Connection>().Where(c => c.AccountId == accountId).Select(c => new { c.LastWebhookAt, c.LastSendAt }).ToListAsync(cancellationToken);
        var log = new FileInfo(database.FilePath + "-wal");
        return new HealthFacts(
            await work.OrderBy(w => w.FirstUnansweredAt).Select(w => (DateTimeOffset?)w.FirstUnansweredAt).FirstOrDefaultAsync(cancellationToken),
            await work.CountAsync(cancellationToken),
            await open.CountAsync(o => o.State != OutboxState.Unconfirmed, cancellationToken),
            await open.CountAsync(o => o.State == OutboxState.Unconfirmed, cancellationToken),
            connections.Max(c => c.LastWebhookAt),
            connections.Max(c => c.LastSendAt),
            log.Exists ? log.Length : 0,
            await deadLetters.CountAsync(accountId, isOperator, cancellationToken),
            quarantine.Since,
            writer.Healthy,
            database.State,
            (ModelState)Math.Max((int)sentences.State, (int)languages.State));
    }
}
