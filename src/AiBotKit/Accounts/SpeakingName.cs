using AiBotKit.Accounts.Keys;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts;

/// <summary>The name under which somebody speaks to customers, as it is now: a person's display name, an API key's name, for the bootstrap key the account's.</summary>
internal sealed class SpeakingName(ReadDb reads)
{
    /// <summary>Null when there is none yet: it has to be given before a customer is written to.</summary>
    public async Task<string?> RunAsync(Guid accountId, Actor by, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var name = by switch
        {
            { Kind: ActorKind.Person, Id: { } person } => await db.Set<Person>().Where(p => p.Id == person && p.AccountId == accountId).Select(p => p.DisplayName).FirstOrDefaultAsync(cancellationToken),
            { Kind: ActorKind.ApiKey, Id: { } key } => await db.Set<ApiKey>().Where(k => k.Id == key && k.AccountId == accountId).Select(k => k.Name).FirstOrDefaultAsync(cancellationToken),
            { Kind: ActorKind.ApiKey } => await db.Set<Account>().Where(a => a.Id == accountId).Select(a => a.Name).FirstOrDefaultAsync(cancellationToken),
            _ => by.Name,
        };
        return string.IsNullOrWhiteSpace(name) ? null : name.Trim();
    }

    /// <summary>For what only the team reads: who has no such name yet goes by what they signed in with.</summary>
    public async Task<string> ForTeamAsync(HttpContext context, CancellationToken cancellationToken) =>
        await RunAsync(context.User.AccountId(), context.Actor(), cancellationToken) ?? context.User.Identity?.Name ?? "";
}
