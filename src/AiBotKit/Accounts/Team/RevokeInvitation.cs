using AiBotKit.Durability.Audit;
using AiBotKit.Storage;

namespace AiBotKit.Accounts.Team;

/// <summary>Takes an open invitation back: its link works no more.</summary>
internal sealed class RevokeInvitation(IDataWriter writer, TimeProvider time)
{
    /// <summary>False when the account has no such open invitation.</summary>
    public Task<bool> RunAsync(Guid accountId, Guid id, Actor by)
    {
        var now = time.GetUtcNow();
        return writer.SaveAsync(db =>
        {
            if (db.Set<Invitation>().FirstOrDefault(i => i.Id == id && i.AccountId == accountId) is not { } invitation)
            {
                return false;
            }

            db.Remove(invitation);
            AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.InvitationRevoked, "invitation", id.ToString(), invitation.Email), now);
            return true;
        });
    }
}
