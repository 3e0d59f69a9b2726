using AiBotKit.Accounts.Sessions;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts.Keys;

/// <summary>Ends an API key at once. The row stays for the audit trail.</summary>
internal sealed class RevokeApiKey(IDataWriter writer, LiveConnections live, TimeProvider time)
{
    /// <summary>False when the account has no such live key.</summary>
    public async Task<bool> RunAsync(Guid accountId, Guid id, Actor by)
    {
        var now = time.GetUtcNow();
        var revoked = await writer.SaveAsync(db =>
        {
            if (db.Set<ApiKey>().AsTracking().FirstOrDefault(k => k.Id == id && k.AccountId == accountId && k.RevokedAt == null) is not { } key)
            {
                return false;
            }

            key.RevokedAt = now;
            AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.ApiKeyRevoked, "api_key", id.ToString(), $"{key.Name} (…{key.Last4})"), now);
            return true;
        });
        if (revoked)
        {
            live.End(id);
        }

        return revoked;
    }
}
