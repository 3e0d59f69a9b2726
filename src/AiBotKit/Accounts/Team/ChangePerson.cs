using AiBotKit.Accounts.Keys;
using AiBotKit.Accounts.Sessions;
using AiBotKit.Durability.Audit;
using AiBotKit.Durability.Mails;
using AiBotKit.Storage;

namespace AiBotKit.Accounts.Team;

/// <summary>
/// Changes what a person may do: role, active or not; or takes away a second factor whose phone is lost, which the person is told by mail. All sessions and
/// circuits of the person end, and every API key that the person made (S-A7). An account always keeps an active owner, and the operator of the installation
/// keeps being one. One's own second factor is removed in one's settings, with the password: an open session alone must not do it.
/// </summary>
internal sealed class ChangePerson(People people, ReadDb reads, EndSessions sessions, MailOutbox mails, TimeProvider time)
{
    /// <param name="role">Null = as it is.</param>
    /// <param name="active">Null = as it is.</param>
    /// <param name="secondFactor">False takes it away; setting one up is the person's own.</param>
    /// <returns>Null, or a code: <c>not_found</c>, <c>last_owner</c>, <c>first_owner</c>, <c>own_second_factor</c>, <c>changed</c>.</returns>
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

        if (losesFactor && await IsOwnAsync(accountId, id, by))
        {
            return "own_second_factor";
        }

        var now = time.GetUtcNow();
        var mail = losesFactor ? MailTexts.SecondFactorTaken(mails, person, by.Kind == ActorKind.Person ? by.Name : null, now) : null;
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
            if (mail is not null)
            {
                db.Add(mail);
            }

            return true;
        });
        if (error is null)
        {
            sessions.Closed(id, null, keys);
            mails.Wake();
        }

        return error == PersonStore.Refused ? "last_owner" : error;
    }

    /// <summary>The person in person, or by a key of theirs.</summary>
    private async Task<bool> IsOwnAsync(Guid accountId, Guid id, Actor by)
    {
        if (by.Kind == ActorKind.Person)
        {
            return by.Id == id;
        }

        await using var db = reads.Open();
        return db.Set<ApiKey>().Any(k => k.Id == by.Id && k.AccountId == accountId && k.CreatedById == id);
    }

    private static bool OtherOwners(AppDbContext db, Guid accountId, Guid id) =>
        db.Set<Person>().Any(p => p.AccountId == accountId && p.Id != id && p.Role == PersonRole.Owner && p.DeactivatedAt == null);
}
