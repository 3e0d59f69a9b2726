using AiBotKit.Accounts.Emails;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts.Team;

/// <summary>Makes the invited person by the link from the mail.</summary>
internal sealed class AcceptInvitation(People people, ReadDb reads, RecordAccess access, TimeProvider time)
{
    /// <summary>What the link's page says; null when the link is wrong, too old, taken back or used.</summary>
    public async Task<InvitedTo?> PeekAsync(string? token, CancellationToken cancellationToken)
    {
        if (await FindAsync(token, cancellationToken) is not { } invitation)
        {
            return null;
        }

        await using var db = reads.Open();
        var account = await db.Set<Account>().Where(a => a.Id == invitation.AccountId).Select(a => a.Name).FirstAsync(cancellationToken);
        return new InvitedTo(invitation.Email, account, invitation.InvitedBy, invitation.Role);
    }

    /// <param name="from">Address of the caller.</param>
    /// <returns>The person, or a code: <c>invitation</c>, <c>name</c>, <c>email_taken</c>, or what is wrong with the password. A refused form does not use the link up.</returns>
    public async Task<(Person? Person, string? Error)> RunAsync(string? token, string? displayName, string password, string? from, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (await FindAsync(token, cancellationToken) is not { } invitation)
        {
            await access.RefusedAsync(null, new Actor(ActorKind.Person, null, null, from), AuditActs.InvitationRefused, detail: "The link is wrong, too old, or was used.");
            return (null, "invitation");
        }

        var person = new Person
        {
            Id = Guid.CreateVersion7(now),
            AccountId = invitation.AccountId,
            Email = invitation.Email,
            DisplayName = displayName?.Trim() ?? "",
            PasswordHash = "",
            SecurityStamp = "",
            Role = invitation.Role,
            EmailProvenAt = now,
            CreatedAt = now,
        };
        var error = await people.AddAsync(person, password, db =>
        {
            if (db.Set<Invitation>().FirstOrDefault(i => i.Id == invitation.Id) is not { } unused)
            {
                return false;
            }

            // The link came by the mail of this address: whoever only said that it was theirs gives it up. Of one who proved it the index refuses the second.
            EmailYield.Within(db, invitation.Email, person.Id, now);
            db.Remove(unused);
            AuditTrail.Append(
                db,
                new AuditNote(person.AccountId, new Actor(ActorKind.Person, person.Id, person.DisplayName, from), AuditActs.PersonJoined, "person", person.Id.ToString(), SignedIn.Word(person.Role)),
                now);
            return true;
        });
        return error is null ? (person, null) : (null, error == PersonStore.Refused ? "invitation" : error);
    }

    private async Task<Invitation?> FindAsync(string? token, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(token))
        {
            return null;
        }

        var (hash, now) = (RandomToken.Hash(token), time.GetUtcNow());
        await using var db = reads.Open();
        return await db.Set<Invitation>().FirstOrDefaultAsync(i => i.Hash == hash && i.ExpiresAt > now, cancellationToken);
    }
}

/// <param name="InvitedBy">Null when an API key invited.</param>
internal sealed record InvitedTo(string Email, string Account, string? InvitedBy, PersonRole Role);
