using AiBotKit.Accounts.Sessions;
using AiBotKit.Durability.Audit;
using AiBotKit.Durability.Mails;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts.Passwords;

/// <summary>Sets a new password by the link from the mail. All sessions of the person end, and the API keys that the person made; a second factor stays.</summary>
internal sealed class ResetPassword(People people, ReadDb reads, EndSessions sessions, MailOutbox mails, RecordAccess access, TimeProvider time)
{
    /// <param name="from">Address of the caller.</param>
    /// <returns>Null, or a code: <c>reset_token</c>, or what is wrong with the password; a refused password does not use the link up.</returns>
    public async Task<string?> RunAsync(string? token, string password, string? from, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (PasswordRules.Problem(password) is { } problem)
        {
            return problem;
        }

        if (await FindAsync(token, now, cancellationToken) is not { } found)
        {
            await access.RefusedAsync(null, new Actor(ActorKind.Person, null, null, from), AuditActs.PasswordResetRefused, detail: "The link is wrong, too old, or was used.");
            return "reset_token";
        }

        var (reset, person) = found;
        person.EmailProvenAt ??= now;
        var mail = MailTexts.PasswordChanged(mails, person, now);
        IReadOnlyList<Guid> keys = [];
        var error = await people.SetPasswordAsync(person, password, db =>
        {
            if (db.Set<PasswordReset>().FirstOrDefault(r => r.Id == reset.Id) is not { } unused)
            {
                return false;
            }

            db.Remove(unused);
            keys = EndSessions.WithKeys(db, person.Id, null, now);
            db.Add(mail);
            AuditTrail.Append(db, new AuditNote(person.AccountId, new Actor(ActorKind.Person, person.Id, person.DisplayName, from), AuditActs.PasswordReset), now);
            return true;
        });
        if (error is null)
        {
            sessions.Closed(person.Id, null, keys);
            mails.Wake();
        }

        return error is PersonStore.Refused or PersonStore.Changed ? "reset_token" : error;
    }

    private async Task<(PasswordReset Reset, Person Person)?> FindAsync(string? token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(token))
        {
            return null;
        }

        var hash = RandomToken.Hash(token);
        await using var db = reads.Open();
        var found = await (from reset in db.Set<PasswordReset>()
                           join person in db.Set<Person>() on reset.PersonId equals person.Id
                           where reset.Hash == hash && reset.ExpiresAt > now && reset.Stamp == person.SecurityStamp && person.DeactivatedAt == null
                           select new { reset, person }).FirstOrDefaultAsync(cancellationToken);
        return found is null ? null : (found.reset, found.person);
    }
}
