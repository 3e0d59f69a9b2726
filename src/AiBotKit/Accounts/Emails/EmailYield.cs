using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts.Emails;

/// <summary>
/// Inside a write: an address that nobody proved yields to who proves it, so that a sign-up under somebody else's address does not keep that person
/// away. Who held it keeps account, sessions and password, signs in under the old address and that password, and is asked for a new one.
/// </summary>
internal static class EmailYield
{
    /// <summary>No mail goes there: the domain is reserved (RFC 2606).</summary>
    private const string Nowhere = "@yielded.invalid";

    /// <param name="to">Who proves it; the address is not yet theirs.</param>
    /// <returns>False when somebody else has proven it before.</returns>
    public static bool Within(AppDbContext db, string email, Guid to, DateTimeOffset now)
    {
        if (db.Set<Person>().AsTracking().FirstOrDefault(p => p.Email == email && p.Id != to) is not { } holder)
        {
            return true;
        }

        if (holder.EmailProvenAt is not null)
        {
            return false;
        }

        // Entity Framework writes this row before the one that takes the address: the index allows one.
        (holder.Email, holder.YieldedEmail) = (holder.Id.ToString("N") + Nowhere, email);
        holder.Version++;
        AuditTrail.Append(db, new AuditNote(holder.AccountId, Actor.System, AuditActs.EmailYielded, "person", holder.Id.ToString(), holder.DisplayName), now);
        return true;
    }
}
