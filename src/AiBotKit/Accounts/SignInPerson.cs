using AiBotKit.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts;

/// <summary>Checks e-mail and password. An unknown e-mail costs the same work as a wrong password.</summary>
internal sealed class SignInPerson(ReadDb reads, IDataWriter writer, IPasswordHasher<Person> hasher)
{
    private static readonly Person Nobody = new()
    {
        Id = default,
        AccountId = default,
        Email = "",
        DisplayName = "",
        PasswordHash = new PasswordHasher<Person>().HashPassword(null!, Guid.NewGuid().ToString()),
        SecurityStamp = "",
        CreatedAt = default,
    };

    public async Task<Person?> RunAsync(string email, string password, CancellationToken cancellationToken)
    {
        var address = email.Trim().ToLowerInvariant();
        Person? person;
        await using (var db = reads.Open())
        {
            person = await db.Set<Person>().FirstOrDefaultAsync(p => p.Email == address, cancellationToken);
        }

        var verdict = hasher.VerifyHashedPassword(person ?? Nobody, (person ?? Nobody).PasswordHash, password);
        if (person is null || verdict == PasswordVerificationResult.Failed)
        {
            return null;
        }

        if (verdict == PasswordVerificationResult.SuccessRehashNeeded)
        {
            var hash = hasher.HashPassword(person, password);
            await writer.SaveAsync(db => { db.Set<Person>().AsTracking().First(p => p.Id == person.Id).PasswordHash = hash; });
        }

        return person;
    }
}
