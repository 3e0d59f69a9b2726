using System.Security.Cryptography;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts.Keys;

/// <summary>What came of making a key.</summary>
/// <param name="Secret">The key itself, shown this once; null when it was refused.</param>
/// <param name="Error">Code of what is wrong: <c>name</c>, <c>role</c>, <c>expires</c>, <c>too_many_keys</c>, <c>revoked</c>.</param>
internal sealed record MadeApiKey(ApiKeyItem? Key, string? Secret, string? Error);

/// <summary>Makes an API key of an account.</summary>
internal sealed class MakeApiKey(IDataWriter writer, TimeProvider time)
{
    /// <summary>Tells people and secret scanners what it is.</summary>
    public const string Prefix = "abk_";

    /// <summary>Live keys of one account.</summary>
    public const int AtMost = 50;

    private const int LongestName = 80;
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <param name="role"><c>owner</c> or <c>agent</c>.</param>
    /// <param name="expiresAt">Null = never.</param>
    public async Task<MadeApiKey> RunAsync(Guid accountId, string? name, string? role, DateTimeOffset? expiresAt, Actor by)
    {
        var (now, trimmed) = (time.GetUtcNow(), name?.Trim() ?? "");
        if (trimmed.Length is 0 or > LongestName || trimmed.Any(char.IsControl))
        {
            return new(null, null, "name");
        }

        if (SignedIn.Role(role) is not { } rights)
        {
            return new(null, null, "role");
        }

        if (expiresAt <= now)
        {
            return new(null, null, "expires");
        }

        // 43 letters of 62: 256 bits.
        var secret = Prefix + RandomNumberGenerator.GetString(Letters, 43);
        return await writer.SaveAsync(db =>
        {
            if (db.Set<ApiKey>().Count(k => k.AccountId == accountId && k.RevokedAt == null) >= AtMost)
            {
                return new MadeApiKey(null, null, "too_many_keys");
            }

            var (isThere, owner) = Owner(db, accountId, by);
            if (!isThere)
            {
                return new MadeApiKey(null, null, "revoked");
            }

            var key = new ApiKey
            {
                Id = Guid.CreateVersion7(now),
                AccountId = accountId,
                Name = trimmed,
                Role = rights,
                Hash = RandomToken.Hash(secret),
                Last4 = secret[^4..],
                CreatedById = owner,
                CreatedAt = now,
                ExpiresAt = expiresAt,
            };
            db.Add(key);
            AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.ApiKeyMade, "api_key", key.Id.ToString(), $"{trimmed} ({SignedIn.Word(rights)}, …{key.Last4})"), now);
            return new MadeApiKey(ApiKeyItem.Of(key), secret, null);
        });
    }

    /// <summary>
    /// Whose key it becomes: the person who makes it, or the person of the key that makes it, so that no key outlives the rights it came from.
    /// Asked in the write: what was revoked meanwhile makes nothing.
    /// </summary>
    private static (bool IsThere, Guid? Person) Owner(AppDbContext db, Guid accountId, Actor by)
    {
        if (by.Kind == ActorKind.Person)
        {
            return (db.Set<Person>().Any(p => p.Id == by.Id && p.AccountId == accountId && p.DeactivatedAt == null), by.Id);
        }

        // The key from the configuration has no id: what it makes is the installation's.
        return by.Id is not { } maker ? (true, null)
            : db.Set<ApiKey>().AsNoTracking().FirstOrDefault(k => k.Id == maker && k.AccountId == accountId && k.RevokedAt == null) is { } key ? (true, key.CreatedById)
            : (false, null);
    }
}
