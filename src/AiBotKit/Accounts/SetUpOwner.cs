using AiBotKit.Durability.Audit;

namespace AiBotKit.Accounts;

/// <summary>Makes the first owner, who is the operator of the installation too, from the one-time link.</summary>
internal sealed class SetUpOwner(People people, FirstAccount account, RecordAccess access, TimeProvider time)
{
    public const string DemoEmail = "owner@demo.example";
    public const string DemoName = "Demo owner";

    /// <summary>The same without a form, for who only looks around: an owner whose password nobody knows until it is reset by mail.</summary>
    public Task<(Person? Person, string? Error)> DemoAsync(string token, string? from) => RunAsync(token, DemoEmail, DemoName, RandomToken.New(), from);

    /// <param name="from">Address of the caller.</param>
    /// <returns>The new person, or the code of what is wrong; a refused form does not use the link up.</returns>
    public async Task<(Person? Person, string? Error)> RunAsync(string token, string email, string displayName, string password, string? from)
    {
        var now = time.GetUtcNow();
        var person = new Person
        {
            Id = Guid.CreateVersion7(now),
            AccountId = account.Id,
            Email = PersonRules.Email(email),
            DisplayName = displayName.Trim(),
            PasswordHash = "",
            SecurityStamp = "",
            Role = PersonRole.Owner,
            IsFirst = true,
            EmailProvenAt = now,
            CreatedAt = now,
        };
        var error = await people.AddAsync(person, password, db =>
        {
            if (db.Set<Person>().Any(p => p.AccountId == account.Id) || !SetupLink.TryUse(db, token, now))
            {
                return false;
            }

            AuditTrail.Append(db, new AuditNote(account.Id, new Actor(ActorKind.Person, person.Id, person.DisplayName, from), AuditActs.OwnerCreated), now);
            return true;
        });
        if (error != PersonStore.Refused)
        {
            return error is null ? (person, null) : (null, error);
        }

        await access.RefusedAsync(account.Id, new Actor(ActorKind.Person, null, null, from), AuditActs.SetUpRefused, detail: "The link was used already or is too old.");
        return (null, "token");
    }
}
