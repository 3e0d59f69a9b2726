using System.Security.Claims;
using AiBotKit.Accounts.Sessions;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts.Keys;

/// <summary>Whose key a bearer key is, at this moment: revoked or expired, it is nobody's with the next request.</summary>
internal sealed class CheckApiKey(ReadDb reads, IDataWriter writer, TimeProvider time)
{
    /// <summary>Null when no live key is this one.</summary>
    public async Task<ClaimsPrincipal?> RunAsync(string key, CancellationToken cancellationToken)
    {
        if (!key.StartsWith(MakeApiKey.Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var (hash, now) = (RandomToken.Hash(key), time.GetUtcNow());
        ApiKey? found;
        await using (var db = reads.Open())
        {
            found = await db.Set<ApiKey>().FirstOrDefaultAsync(k => k.Hash == hash && k.RevokedAt == null && (k.ExpiresAt == null || k.ExpiresAt > now), cancellationToken);
        }

        if (found is null)
        {
            return null;
        }

        if (found.LastUsedAt is not { } last || now - last >= SessionRules.SeenStep)
        {
            await NoteAsync(found.Id, now);
        }

        Claim[] claims =
        [
            new(SignedIn.AccountClaim, found.AccountId.ToString()), new(SignedIn.KeyClaim, found.Id.ToString()), new(ClaimTypes.Name, found.Name), new(SignedIn.RoleClaim, SignedIn.Word(found.Role)),
        ];
        return new ClaimsPrincipal(new ClaimsIdentity(claims, ApiKeyHandler.SchemeName));
    }

    public async Task<bool> IsLiveAsync(Guid accountId, Guid id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = reads.Open();
        return await db.Set<ApiKey>().AnyAsync(k => k.Id == id && k.AccountId == accountId && k.RevokedAt == null && (k.ExpiresAt == null || k.ExpiresAt > now), cancellationToken);
    }

    private async Task NoteAsync(Guid id, DateTimeOffset now)
    {
        try
        {
            await writer.SaveAsync(db => { db.Set<ApiKey>().AsTracking().First(k => k.Id == id).LastUsedAt = now; });
        }
        catch (StoreUnavailableException)
        {
            // When the store cannot save, reading by API goes on: the key only looks less used than it is.
        }
    }
}
