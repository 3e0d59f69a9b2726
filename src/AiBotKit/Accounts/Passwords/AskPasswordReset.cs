using AiBotKit.Durability.Audit;
using AiBotKit.Durability.Mails;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts.Passwords;

/// <summary>
/// Sends a link for a new password to whoever has that e-mail. Who asks learns nothing about whether anybody has: the answer is the same, and
/// both ways end in one write, as long as refusals are still written down.
/// </summary>
internal sealed class AskPasswordReset(ReadDb reads, IDataWriter writer, MailOutbox mails, PublicAddress address, RecordAccess access, TimeProvider time)
{
    /// <param name="from">Address of the caller.</param>
    public async Task RunAsync(string email, string? from, CancellationToken cancellationToken)
    {
        var (typed, now, token) = (PersonRules.Email(email), time.GetUtcNow(), RandomToken.New());
        Person? person;
        await using (var db = reads.Open())
        {
            person = await db.Set<Person>().FirstOrDefaultAsync(p => p.Email == typed && p.DeactivatedAt == null, cancellationToken);
        }

        if (person is null)
        {
            await access.RefusedAsync(null, new Actor(ActorKind.Person, null, null, from), AuditActs.PasswordResetRefused, detail: "Unknown e-mail.");
            return;
        }

        var reset = new PasswordReset
        {
            Id = Guid.CreateVersion7(now),
            AccountId = person.AccountId,
            PersonId = person.Id,
            Hash = RandomToken.Hash(token),
            Stamp = person.SecurityStamp,
            ExpiresAt = now + PasswordReset.Life,
        };
        var mail = MailTexts.Reset(mails, person, address.Of("/reset-password?token=" + token), now);
        await writer.SaveAsync(db =>
        {
            db.RemoveRange(db.Set<PasswordReset>().Where(r => r.PersonId == person.Id).ToList());
            db.Add(reset);
            db.Add(mail);
            AuditTrail.Append(db, new AuditNote(person.AccountId, new Actor(ActorKind.Person, person.Id, person.DisplayName, from), AuditActs.PasswordResetAsked), now);
        });
        mails.Wake();
    }
}
