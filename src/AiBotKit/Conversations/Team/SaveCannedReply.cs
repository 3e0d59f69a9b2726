using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations.Team;

/// <summary>What became of a canned reply that was to be saved.</summary>
internal enum CannedVerdict
{
    Saved,
    NotFound,

    /// <summary>Another one has this shortcut.</summary>
    Taken,

    /// <summary>The account has as many as it may.</summary>
    TooMany,
}

/// <summary>Writes a canned reply down, or changes one.</summary>
internal sealed class SaveCannedReply(IDataWriter writer, TimeProvider time)
{
    /// <param name="id">Null: a new one.</param>
    /// <param name="shortcut">As <see cref="CannedText.Shortcut"/> leaves it, checked with <see cref="CannedText.Problem"/>.</param>
    public async Task<(CannedVerdict Verdict, Guid Id)> RunAsync(Guid accountId, Guid? id, string shortcut, string text, Actor by)
    {
        var now = time.GetUtcNow();
        return await writer.SaveAsync(db =>
        {
            var all = db.Set<CannedReply>().AsTracking().Where(c => c.AccountId == accountId);
            if (all.Any(c => c.Shortcut == shortcut && c.Id != id))
            {
                return (CannedVerdict.Taken, default(Guid));
            }

            var reply = id is null ? null : all.FirstOrDefault(c => c.Id == id);
            if (id is not null && reply is null)
            {
                return (CannedVerdict.NotFound, default);
            }

            if (reply is null && all.Count() >= CannedText.Most)
            {
                return (CannedVerdict.TooMany, default);
            }

            if (reply is null)
            {
                reply = new CannedReply { Id = Guid.CreateVersion7(now), AccountId = accountId, Shortcut = shortcut, Text = text.Trim(), ChangedAt = now };
                db.Add(reply);
            }
            else
            {
                (reply.Shortcut, reply.Text, reply.ChangedAt) = (shortcut, text.Trim(), now);
            }

            AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.CannedReplySaved, "canned_reply", reply.Id.ToString(), "/" + shortcut), now);
            return (CannedVerdict.Saved, reply.Id);
        });
    }
}
