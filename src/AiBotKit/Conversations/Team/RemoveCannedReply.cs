using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations.Team;

/// <summary>Throws a canned reply away; what was sent with its words stays.</summary>
internal sealed class RemoveCannedReply(IDataWriter writer, TimeProvider time)
{
    /// <returns>False when the account has none of that id.</returns>
    public Task<bool> RunAsync(Guid accountId, Guid id, Actor by)
    {
        var now = time.GetUtcNow();
        return writer.SaveAsync(db =>
        {
            if (db.Set<CannedReply>().AsTracking().FirstOrDefault(c => c.AccountId == accountId && c.Id == id) is not { } reply)
            {
                return false;
            }

            db.Remove(reply);
            AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.CannedReplyRemoved, "canned_reply", id.ToString(), "/" + reply.Shortcut), now);
            return true;
        });
    }
}
