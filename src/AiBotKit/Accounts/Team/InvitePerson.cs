using AiBotKit.Durability.Audit;
using AiBotKit.Durability.Mails;
using AiBotKit.Storage;

namespace AiBotKit.Accounts.Team;

/// <summary>What came of an invitation.</summary>
/// <param name="Error">Code of what is wrong: <c>email</c>, <c>role</c>, <c>already_member</c>, <c>too_many_invitations</c>.</param>
internal sealed record MadeInvitation(InvitationItem? Invitation, string? Error);

/// <summary>
/// Invites somebody by e-mail. A second invitation to the same e-mail ends the first. Whether the e-mail belongs to somebody of another account
/// is not said here: only who gets the mail learns it.
/// </summary>
internal sealed class InvitePerson(IDataWriter writer, MailOutbox mails, PublicAddress address, TimeProvider time)
{
    /// <summary>Open invitations of one account: an account must not become a way to send mails to strangers.</summary>
    public const int AtMost = 50;

    /// <param name="role"><c>owner</c> or <c>agent</c>.</param>
    public async Task<MadeInvitation> RunAsync(Guid accountId, string? email, string? role, Actor by)
    {
        var (typed, now, token) = (PersonRules.Email(email), time.GetUtcNow(), RandomToken.New());
        if (PersonRules.EmailProblem(typed) is { } problem)
        {
            return new(null, problem);
        }

        if (SignedIn.Role(role) is not { } rights)
        {
            return new(null, "role");
        }

        var inviter = by.Kind == ActorKind.Person ? by.Name : null;
        var invitation = new Invitation
        {
            Id = Guid.CreateVersion7(now),
            AccountId = accountId,
            Email = typed,
            Role = rights,
            Hash = RandomToken.Hash(token),
            InvitedBy = inviter,
            CreatedAt = now,
            ExpiresAt = now + Invitation.Life,
        };
        var link = address.Of("/invitation?token=" + token);
        var error = await writer.SaveAsync(db =>
        {
            if (db.Set<Person>().Any(p => p.AccountId == accountId && p.Email == typed))
            {
                return "already_member";
            }

            var mine = db.Set<Invitation>().Where(i => i.AccountId == accountId);
            if (mine.Count(i => i.ExpiresAt > now && i.Email != typed) >= AtMost)
            {
                return "too_many_invitations";
            }

            db.RemoveRange(mine.Where(i => i.Email == typed || i.ExpiresAt <= now).ToList());
            db.Add(invitation);
            db.Add(MailTexts.Invitation(mails, accountId, typed, db.Set<Account>().First(a => a.Id == accountId).Name, inviter, link, now));
            AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.PersonInvited, "invitation", invitation.Id.ToString(), $"{typed} ({SignedIn.Word(rights)})"), now);
            return null;
        });
        if (error is null)
        {
            mails.Wake();
        }

        return error is null ? new(InvitationItem.Of(invitation), null) : new(null, error);
    }
}
