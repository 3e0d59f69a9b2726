using AiBotKit.Accounts.Passwords;
using AiBotKit.Durability.Audit;
using AiBotKit.Durability.Mails;
using AiBotKit.Storage;

namespace AiBotKit.Accounts.Emails;

/// <summary>
/// Sends a link to the address that a person wants to sign in with; nothing changes before it is used. The password is asked for again. Whether somebody
/// has that address is not said here: who reads its mail learns it.
/// </summary>
internal sealed class AskEmailChange(CheckPassword passwords, IDataWriter writer, MailOutbox mails, PublicAddress address, TimeProvider time)
{
    /// <returns>Null, or a code: <c>email</c>, <c>same</c>, <c>credentials</c>, <c>rate</c>.</returns>
    public async Task<string?> RunAsync(Guid accountId, Guid personId, string? email, string password, Actor by)
    {
        var typed = PersonRules.Email(email);
        if (PersonRules.EmailProblem(typed) is { } problem)
        {
            return problem;
        }

        var (person, error) = await passwords.RunAsync(accountId, personId, password, by.Address);
        if (person is null)
        {
            return error;
        }

        if (typed == person.Email && person.EmailProvenAt is not null)
        {
            return "same";
        }

        var (now, token) = (time.GetUtcNow(), RandomToken.New());
        var (proof, mail) = Prepare(mails, address, person, typed, token, now);
        await writer.SaveAsync(db =>
        {
            Add(db, proof, mail);
            AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.EmailChangeAsked, "person", personId.ToString(), typed), now);
        });
        mails.Wake();
        return null;
    }

    /// <summary>The link's row and mail.</summary>
    public static (EmailProof Proof, StoredMail Mail) Prepare(MailOutbox mails, PublicAddress address, Person person, string email, string token, DateTimeOffset now)
    {
        var proof = new EmailProof
        {
            Id = Guid.CreateVersion7(now),
            AccountId = person.AccountId,
            PersonId = person.Id,
            Email = email,
            Hash = RandomToken.Hash(token),
            Stamp = person.SecurityStamp,
            ExpiresAt = now + EmailProof.Life,
        };
        return (proof, MailTexts.EmailProof(mails, person, email, address.Of("/confirm-email?token=" + token), now));
    }

    /// <summary>Inside a write: instead of those before.</summary>
    public static void Add(AppDbContext db, EmailProof proof, StoredMail mail)
    {
        db.RemoveRange(db.Set<EmailProof>().Where(p => p.PersonId == proof.PersonId && p.AccountId == proof.AccountId).ToList());
        db.Add(proof);
        db.Add(mail);
    }
}
