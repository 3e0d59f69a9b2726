using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts;

/// <summary>
/// Checks e-mail and password and records the outcome. An unknown e-mail costs the same work as a wrong password, and what was typed for
/// one is kept nowhere: it may have been the password.
/// </summary>
internal sealed class SignInPerson(ReadDb reads, IDataWriter writer, RecordAccess access, IPasswordHasher<Person> hasher)
{
    private static readonly Person Nobody = new()
    {
        Id = default,
        AccountId = default,
        Email = "",
        DisplayName = "",
        PasswordHash = "",
        SecurityStamp = "",
        CreatedAt = default,
    };

    private string? _nobodysHash;

    /// <param name="from">Address of the caller.</param>
    public async Task<Person?> RunAsync(string email, string password, string? from, CancellationToken cancellationToken)
    {
        if (password.Length is 0 or > PasswordRules.MaxLength)
        {
            return null;
        }

        var address = email.Trim().ToLowerInvariant();
        Person? person;
        await using (var db = reads.Open())
        {
            person = await db.Set<Person>().FirstOrDefaultAsync(p => p.Email == address, cancellationToken);
        }

        // At the cost of a real one, because checking takes as long as the hash says; made by the first check, whoever that is about.
        _nobodysHash ??= hasher.HashPassword(Nobody, Guid.NewGuid().ToString());
        var verdict = hasher.VerifyHashedPassword(person ?? Nobody, person?.PasswordHash ?? _nobodysHash, password);
        if (person is null || verdict == PasswordVerificationResult.Failed)
        {
            await access.RefusedAsync(
                person?.AccountId, new Actor(ActorKind.Person, person?.Id, person?.DisplayName, from), AuditActs.SignInFailed, detail: person is null ? "Unknown e-mail." : "Wrong password.");
            return null;
        }

        if (verdict == PasswordVerificationResult.SuccessRehashNeeded)
        {
            var hash = hasher.HashPassword(person, password);
            await writer.SaveAsync(db => { db.Set<Person>().AsTracking().First(p => p.Id == person.Id).PasswordHash = hash; });
        }

        await access.CameInAsync(person, from);
        return person;
    }
}
