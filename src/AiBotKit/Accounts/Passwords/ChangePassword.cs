using AiBotKit.Accounts.Sessions;
using AiBotKit.Durability.Audit;
using AiBotKit.Durability.Mails;

namespace AiBotKit.Accounts.Passwords;

/// <summary>A person's own new password. Every other session and circuit of the person ends, and every API key that the person made (S-A7).</summary>
internal sealed class ChangePassword(People people, CheckPassword passwords, EndSessions sessions, MailOutbox mails, TimeProvider time)
{
    /// <param name="session">The one that goes on.</param>
    /// <returns>Null, or a code: <c>credentials</c>, <c>rate</c>, <c>changed</c>, or what is wrong with the new password.</returns>
    public async Task<string?> RunAsync(Guid accountId, Guid personId, string current, string next, Guid? session, Actor by)
    {
        var (person, error) = await passwords.RunAsync(accountId, personId, current, by.Address);
        if (person is null)
        {
            return error;
        }

        var now = time.GetUtcNow();
        var mail = MailTexts.PasswordChanged(mails, person, now);
        IReadOnlyList<Guid> keys = [];
        error = await people.SetPasswordAsync(person, next, db =>
        {
            keys = EndSessions.WithKeys(db, personId, session, now);
            db.Add(mail);
            AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.PasswordChanged), now);
            return true;
        });
        if (error is null)
        {
            sessions.Closed(personId, session, keys);
            mails.Wake();
        }

        return error;
    }
}
