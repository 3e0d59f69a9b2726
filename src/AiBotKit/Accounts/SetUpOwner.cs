using System.Net.Mail;
using System.Security.Cryptography;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.AspNetCore.Identity;

namespace AiBotKit.Accounts;

/// <summary>Makes the owner from the one-time link.</summary>
internal sealed class SetUpOwner(IDataWriter writer, FirstAccount account, RecordAccess access, IPasswordHasher<Person> hasher, TimeProvider time)
{
    /// <param name="from">Address of the caller.</param>
    /// <returns>The new person, or the code of what is wrong; a refused form does not use the link up.</returns>
    public async Task<(Person? Person, string? Error)> RunAsync(string token, string email, string displayName, string password, string? from)
    {
        var address = email.Trim().ToLowerInvariant();
        if (address.Length > 254 || !MailAddress.TryCreate(address, out var parsed) || parsed.Address != address)
        {
            return (null, "email");
        }

        var name = displayName.Trim();
        if (name.Length is 0 or > 80 || name.Any(char.IsControl))
        {
            return (null, "name");
        }

        if (PasswordRules.Problem(password) is { } problem)
        {
            return (null, problem);
        }

        var now = time.GetUtcNow();
        var person = new Person
        {
            Id = Guid.CreateVersion7(now),
            AccountId = account.Id,
            Email = address,
            DisplayName = name,
            PasswordHash = "",
            SecurityStamp = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            IsFirst = true,
            CreatedAt = now,
        };
        person.PasswordHash = hasher.HashPassword(person, password);
        var made = await writer.SaveAsync(db =>
        {
            if (db.Set<Person>().Any() || !SetupLink.TryUse(db, token, now))
            {
                return false;
            }

            db.Add(person);
            AuditTrail.Append(db, new AuditNote(account.Id, new Actor(ActorKind.Person, person.Id, name, from), AuditActs.OwnerCreated), now);
            return true;
        });
        if (made)
        {
            return (person, null);
        }

        await access.RefusedAsync(account.Id, new Actor(ActorKind.Person, null, null, from), AuditActs.SetUpRefused, detail: "The link was used already or is too old.");
        return (null, "token");
    }
}
