using AiBotKit.Accounts.Sessions;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;

namespace AiBotKit.Accounts.Team;

/// <summary>
/// Changes what a person may do: role, active or not; or takes away a second factor whose phone is lost. All sessions and circuits of the person end, and every API key that the person made
/// (S-A7). An account always keeps an active owner, and the operator of the installation keeps being one.
/// </summary>
internal sealed class ChangePerson(People people, EndSessions sessions, TimeProvider time)
{
    /// <param name="role">Null = as it is.</param>
    /// <param name="active">Null = as it is.</param>
    /// <param name="secondFactor">False takes it away; setting one up is the person's own.</param>
    /// <returns>Null, or a code: <c>not_found</c>, <c>last_owner</c>, <c>first_owner</c>, <c>changed</c>.</returns>
    public async Task<string?> RunAsync(Guid accountId, Guid id, PersonRole? role, bool? active, Actor by, bool? secondFactor = null)
    {
        if (await people.FindAsync(accountId, id) is not { } person)
        {
            return "not_found";
        }

        var (newRole, newActive, wasActive) = (role ?? person.Role, active ?? person.DeactivatedAt is null, person.DeactivatedAt is null);
        var losesFactor = secondFactor == false && person.SecondFactorSince is not null;
        if (newRole == person.Role && newActive == wasActive && !losesFactor)
        {
            return null;
        }

        if (person.IsFirst && (newRole != PersonRole.Owner || !newActive || losesFactor))
        {
            return "first_owner";
        }

        var now = time.GetUtcNow();
        var acts = new List<AuditNote>();
        if (newRole != person.Role)
        {
            acts.Add(new AuditNote(accountId, by, AuditActs.RoleChanged, "person", id.ToString(), $"{person.DisplayName}: {SignedIn.Word(newRole)}"));
        }

        if (newActive != wasActive)
        {
            acts.Add(new AuditNote(accountId, by, newActive ? AuditActs.PersonReactivated : AuditActs.PersonDeactivated, "person", id.ToString(), person.DisplayName));
        }

        if (losesFactor)
        {
            (person.SecondFactorSince, person.AuthenticatorKeyProtected, person.LastCodeStep, person.RecoveryCodes) = (null, null, 0, "");
            acts.Add(new AuditNote(accountId, by, AuditActs.SecondFactorOff, "person", id.ToString(), person.DisplayName));
        }

        var ownedBefore = person.Role == PersonRole.Owner && wasActive;
        var owns = newRole == PersonRole.Owner && newActive;
        (person.Role, person.DeactivatedAt) = (newRole, newActive ? null : person.DeactivatedAt ?? now);
        People.Restamp(person);
        IReadOnlyList<Guid> keys = [];
        var error = await people.SaveAsync(person, db =>
        {
            if (ownedBefore && !owns && !OtherOwners(db, accountId, id))
            {
                return false;
            }

            keys = EndSessions.WithKeys(db, id, null, now);
            acts.ForEach(act => AuditTrail.Append(db, act, now));
            return true;
        });
        if (error is null)
        {
            sessions.Closed(id, null, keys);
        }

        return error == PersonStore.Refused ? "last_owner" : error;
    }

    private static bool OtherOwners(AppDbContext db, Guid accountId, Guid id) =>
        db.Set<Person>().Any(p => p.AccountId == accountId && p.Id != id && p.Role == PersonRole.Owner && p.DeactivatedAt == null);
}
