using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Hosting.Secrets;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Channels.WhatsApp.Onboarding;

/// <summary>A person gives a connection the new key of the same number, in place: what waited goes out with it, and the old one is never used after its commit (F21).</summary>
internal sealed class ChangeProviderKey(ReadDb reads, IDataWriter writer, ProveKey prove, SecretProtector secrets, Checkpointer log, CommitSignals signals, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <returns>Null when the account has no such connection; else the refusal, or one without when it is done.</returns>
    public async Task<ConnectOutcome?> RunAsync(Guid accountId, Guid connectionId, string apiKey, Actor by, CancellationToken cancellationToken)
    {
        Connection? row;
        await using (var db = reads.Open())
        {
            row = await db.Set<Connection>().FirstOrDefaultAsync(c => c.Id == connectionId && c.AccountId == accountId, cancellationToken);
        }

        if (row is null)
        {
            return null;
        }

        if (row.DisconnectedAt is not null)
        {
            return new(null, ConnectionRefusal.NotConnected);
        }

        var (_, refusal) = await prove.ProveAsync(Enum.Parse<ProviderKind>(row.Provider), new Uri(row.BaseUrl), row.WabaId, row.PhoneNumberId, apiKey, cancellationToken);
        if (refusal is not null)
        {
            return new(null, refusal);
        }

        var now = time.GetUtcNow();
        var stored = secrets.Protect(accountId, SecretProtector.ProviderKey, apiKey);
        var done = await writer.SaveAsync(db =>
        {
            var live = db.Set<Connection>().FirstOrDefault(c => c.Id == connectionId && c.AccountId == accountId && c.DisconnectedAt == null && c.PhoneNumberId == row.PhoneNumberId);
            if (live is null)
            {
                return false;
            }

            live.ApiKeyProtected = stored;
            live.ApiKeyLast4 = SecretProtector.EndOf(apiKey);
            live.BrokenReason = null;
            live.ProbeAt = null;
            live.ConnectedAt = now;
            AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.ProviderKeyChanged, "connection", connectionId.ToString(), live.DisplayPhoneNumber), now);
            return true;
        });
        if (!done)
        {
            return new(null, ConnectionRefusal.NotConnected);
        }

        signals.SignalConnection(accountId);
        await log.ForgetAsync(Patience);
        return new(connectionId, null);
    }
}
