using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts;

/// <summary>
/// Checks e-mail and password. An unknown e-mail costs the same work as a wrong password, and what was typed for one is kept nowhere: it may
/// have been the password.
/// </summary>
internal sealed class SignInPerson(People people, ReadDb reads, RecordAccess access, IPasswordHasher<Person> hasher, NobodysHash nobody)
{
    /// <param name="from">Address of the caller.</param>
    /// <returns>The person whose password it is; a second factor may still be due.</returns>
    public async Task<Person?> RunAsync(string email, string password, string? from)
    {
        if (password.Length == 0 || PasswordRules.IsTooLong(password))
        {
            return null;
        }

        var typed = PersonRules.Email(email);
        var person = await people.FindByNameAsync(typed);
        var right = person is not null ? await people.CheckPasswordAsync(person, password) : nobody.Verify(hasher, password);
        if (!right && await YieldedAsync(typed) is { } former && await people.CheckPasswordAsync(former, password))
        {
            (person, right) = (former, true);
        }

        if (person is { DeactivatedAt: null } && right)
        {
            return person;
        }

        await access.RefusedAsync(
            person?.AccountId,
            new Actor(ActorKind.Person, person?.Id, person?.DisplayName, from),
            AuditActs.SignInFailed,
            detail: person is null ? "Unknown e-mail." : right ? "Deactivated." : "Wrong password.");
        return null;
    }

    /// <summary>Who gave this address up last and has no other yet.</summary>
    private async Task<Person?> YieldedAsync(string email)
    {
        await using var db = reads.Open();
        return await db.Set<Person>().Where(p => p.YieldedEmail == email && p.DeactivatedAt == null).OrderByDescending(p => p.Id).FirstOrDefaultAsync();
    }
}

/// <summary>A hash at the cost of a real one that no password matches, for e-mails that nobody has.</summary>
internal sealed class NobodysHash
{
    private static readonly Person Nobody = new() { Id = default, AccountId = default, Email = "", DisplayName = "", PasswordHash = "", SecurityStamp = "", CreatedAt = default };

    private string? _hash;

    /// <summary>Always false, after the work of a real check.</summary>
    public bool Verify(IPasswordHasher<Person> hasher, string password)
    {
        // Made by the first check, whoever that is about.
        _hash ??= hasher.HashPassword(Nobody, RandomToken.New());
        hasher.VerifyHashedPassword(Nobody, _hash, password);
        return false;
    }
}
