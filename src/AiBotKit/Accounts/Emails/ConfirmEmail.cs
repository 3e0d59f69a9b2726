using AiBotKit.Accounts.Sessions;
using AiBotKit.Durability.Audit;
using AiBotKit.Durability.Mails;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts.Emails;

/// <summary>
/// Makes the address of a link the person's. Another address ends all sessions of the person and is told to the one before; one that was only to be
/// proven ends nothing.
/// </summary>
internal sealed class ConfirmEmail(People people, ReadDb reads, EndSessions sessions, MailOutbox mails, RecordAccess access, TimeProvider time)
{
    /// <summary>The address that the link's page asks about; null when the link is wrong, too old or used.</summary>
    public async Task<string?> PeekAsync(string? token, CancellationToken cancellationToken) => (await FindAsync(token, time.GetUtcNow(), cancellationToken))?.Proof.Email;

    /// <param name="from">Address of the caller.</param>
    /// <returns>Null and whether the address is another one than before, or a code: <c>email_token</c>, <c>email_taken</c>.</returns>
    public async Task<(bool IsAnother, string? Error)> RunAsync(string? token, string? from, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (await FindAsync(token, now, cancellationToken) is not { } found)
        {
            await access.RefusedAsync(null, new Actor(ActorKind.Person, null, null, from), AuditActs.EmailChangeRefused, detail: "The link is wrong, too old, or was used.");
            return (false, "email_token");
        }

        var (proof, person) = found;
        var by = new Actor(ActorKind.Person, person.Id, person.DisplayName, from);
        var (before, isAnother, isTaken) = (person.Email, person.Email != proof.Email, false);
        var mail = isAnother && person.YieldedEmail is null ? MailTexts.EmailChanged(mails, person, before, now) : null;
        (person.Email, person.EmailProvenAt, person.YieldedEmail) = (proof.Email, now, null);
        if (isAnother)
        {
            People.Restamp(person);
        }

        var error = await people.SaveAsync(person, db =>
        {
            if (db.Set<EmailProof>().FirstOrDefault(p => p.Id == proof.Id && p.AccountId == proof.AccountId) is not { } unused)
            {
                return false;
            }

            isTaken = !EmailYield.Within(db, proof.Email, person.Id, now);
            if (isTaken)
            {
                return false;
            }

            db.Remove(unused);
            AuditTrail.Append(db, new AuditNote(person.AccountId, by, isAnother ? AuditActs.EmailChanged : AuditActs.EmailProven, "person", person.Id.ToString(), proof.Email), now);
            if (isAnother)
            {
                EndSessions.Within(db, person.Id, null);
            }

            if (mail is not null)
            {
                db.Add(mail);
            }

            return true;
        });
        if (error is not null)
        {
            return (false, isTaken ? "email_taken" : "email_token");
        }

        if (isAnother)
        {
            sessions.Closed(person.Id, null);
        }

        mails.Wake();
        return (isAnother, null);
    }

    private async Task<(EmailProof Proof, Person Person)?> FindAsync(string? token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(token))
        {
            return null;
        }

        var hash = RandomToken.Hash(token);
        await using var db = reads.Open();
        var found = await (from proof in db.Set<EmailProof>()
                           join person in db.Set<Person>() on proof.PersonId equals person.Id
                           where proof.Hash == hash && proof.ExpiresAt > now && proof.Stamp == person.SecurityStamp && person.DeactivatedAt == null
                           select new { proof, person }).FirstOrDefaultAsync(cancellationToken);
        return found is null ? null : (found.proof, found.person);
    }
}
