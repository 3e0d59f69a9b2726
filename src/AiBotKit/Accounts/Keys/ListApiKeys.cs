using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts.Keys;

/// <summary>The account's keys that are not revoked, the latest first.</summary>
internal sealed class ListApiKeys(ReadDb reads)
{
    public async Task<IReadOnlyList<ApiKeyItem>> RunAsync(Guid accountId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var keys = await db.Set<ApiKey>().Where(k => k.AccountId == accountId && k.RevokedAt == null).OrderByDescending(k => k.CreatedAt).ThenByDescending(k => k.Id).ToListAsync(cancellationToken);
        return [.. keys.Select(ApiKeyItem.Of)];
    }
}

/// <summary>An API key as lists show it: of the key itself only the end (S-K4).</summary>
/// <param name="Role"><c>owner</c> or <c>agent</c>.</param>
/// <param name="CreatedById">The person who made it, or whose key made it; null when <c>Api:Key</c> did.</param>
/// <param name="LastUsedAt">Exact to five minutes; null when never.</param>
internal sealed record ApiKeyItem(Guid Id, string Name, string Role, string Last4, DateTimeOffset CreatedAt, Guid? CreatedById, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt)
{
    public static ApiKeyItem Of(ApiKey key) => new(key.Id, key.Name, SignedIn.Word(key.Role), key.Last4, key.CreatedAt, key.CreatedById, key.ExpiresAt, key.LastUsedAt);
}
