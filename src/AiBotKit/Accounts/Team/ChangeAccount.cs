using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts.Team;

/// <summary>Changes the account itself: its name, and whether everybody needs a second factor (S-A6).</summary>
internal sealed class ChangeAccount(IDataWriter writer, TimeProvider time)
{
    private const int LongestName = 80;

    /// <param name="name">Null = as it is.</param>
    /// <param name="requiresSecondFactor">Null = as it is. A person who demands it must have one: nobody locks the door behind the others.</param>
    /// <returns>Null, or a code: <c>name</c>, <c>second_factor_missing</c>.</returns>
    public Task<string?> RunAsync(Guid accountId, string? name, bool? requiresSecondFactor, Actor by)
    {
        var (now, trimmed) = (time.GetUtcNow(), name?.Trim());
        if (trimmed is not null && (trimmed.Length is 0 or > LongestName || trimmed.Any(char.IsControl)))
        {
            return Task.FromResult<string?>("name");
        }

        return writer.SaveAsync<string?>(db =>
        {
            var account = db.Set<Account>().AsTracking().First(a => a.Id == accountId);
            var demands = requiresSecondFactor == true && !account.RequiresSecondFactor;
            if (demands && by.Kind == ActorKind.Person && !db.Set<Person>().Any(p => p.Id == by.Id && p.SecondFactorSince != null))
            {
                return "second_factor_missing";
            }

            if (trimmed is not null && trimmed != account.Name)
            {
                account.Name = trimmed;
                AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.AccountRenamed, "account", accountId.ToString(), trimmed), now);
            }

            if (requiresSecondFactor is { } wanted && wanted != account.RequiresSecondFactor)
            {
                account.RequiresSecondFactor = wanted;
                AuditTrail.Append(db, new AuditNote(accountId, by, wanted ? AuditActs.SecondFactorRequired : AuditActs.SecondFactorOptional), now);
            }

            return null;
        });
    }
}
