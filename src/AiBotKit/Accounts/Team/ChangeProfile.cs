using AiBotKit.Durability.Audit;

namespace AiBotKit.Accounts.Team;

/// <summary>A person's own name, as customers see it.</summary>
internal sealed class ChangeProfile(People people, TimeProvider time)
{
    /// <returns>Null, or a code: <c>name</c>, <c>not_found</c>, <c>changed</c>.</returns>
    public async Task<string?> RunAsync(Guid accountId, Guid personId, string displayName, Actor by)
    {
        var name = displayName.Trim();
        if (PersonRules.NameProblem(name) is { } problem)
        {
            return problem;
        }

        if (await people.FindAsync(accountId, personId) is not { DeactivatedAt: null } person)
        {
            return "not_found";
        }

        var (before, now) = (person.DisplayName, time.GetUtcNow());
        if (before == name)
        {
            return null;
        }

        person.DisplayName = name;
        return await people.SaveAsync(person, db =>
        {
            AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.NameChanged, "person", personId.ToString(), name), now);
            return true;
        });
    }
}
