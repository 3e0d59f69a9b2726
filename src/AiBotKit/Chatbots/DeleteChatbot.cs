using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Chatbots;

/// <summary>
/// What a feature has to let go of when a chatbot is deleted: its number, its knowledge. Runs before the chatbot is marked and once more
/// after it, so doing it twice must do nothing more.
/// </summary>
internal delegate Task ReleaseOfChatbot(Guid accountId, Guid chatbotId, Actor by, CancellationToken cancellationToken);

/// <summary>
/// A person deletes a chatbot: its number is disconnected and its knowledge removed; its conversations stay readable. Everything that it held
/// is let go of first, so that a crash in between leaves a chatbot that is still listed and can be deleted again, never one that answers unseen.
/// </summary>
internal sealed class DeleteChatbot(IDataWriter writer, ReadDb reads, ChatbotProfiles profiles, IEnumerable<ReleaseOfChatbot> releases, TimeProvider time)
{
    /// <summary>False when there is none in this account.</summary>
    public async Task<bool> RunAsync(Guid accountId, Guid chatbotId, Actor by, CancellationToken cancellationToken)
    {
        await using (var db = reads.Open())
        {
            if (!await db.Set<Chatbot>().AnyAsync(c => c.AccountId == accountId && c.Id == chatbotId, cancellationToken))
            {
                return false;
            }
        }

        await ReleaseAsync();
        var now = time.GetUtcNow();
        var deleted = await writer.SaveAsync(db =>
        {
            var chatbot = db.Set<Chatbot>().AsTracking().FirstOrDefault(c => c.AccountId == accountId && c.Id == chatbotId);
            if (chatbot is null)
            {
                return false;
            }

            chatbot.DeletedAt = now;
            AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.ChatbotDeleted, "chatbot", chatbotId.ToString(), chatbot.Name), now);
            return true;
        });
        profiles.Forget(accountId, chatbotId);
        // What somebody else gave it between the release and the mark.
        await ReleaseAsync();
        return deleted;

        async Task ReleaseAsync()
        {
            foreach (var release in releases)
            {
                await release(accountId, chatbotId, by, cancellationToken);
            }
        }
    }
}
