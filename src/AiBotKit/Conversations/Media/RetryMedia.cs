using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations.Media;

/// <summary>A person asks for a file again that could not be fetched, or that is not in the folder any more.</summary>
internal sealed class RetryMedia(IDataWriter writer, MediaFolder folder, MediaSignals signals, ConversationFeed feed, TimeProvider time)
{
    /// <returns>False when the account has no such file.</returns>
    public async Task<bool> RunAsync(Guid accountId, Guid id)
    {
        var now = time.GetUtcNow();
        var changed = await writer.SaveAsync(db =>
        {
            var file = db.Set<MediaFile>().AsTracking().FirstOrDefault(m => m.AccountId == accountId && m.Id == id);
            if (file is null)
            {
                return (ConversationChanged?)null;
            }

            if (file.State == MediaState.Failed || (file.StoredName is { } name && !folder.Has(name)))
            {
                (file.State, file.Attempts, file.DueAt, file.Problem, file.StoredName) = (MediaState.Waiting, 0, now, null, null);
            }

            return ConversationFamily.Touch(db, accountId, file.ConversationId);
        });
        if (changed is { } change)
        {
            feed.Publish(change);
            signals.Wake();
        }

        return changed is not null;
    }
}

/// <summary>Wakes the fetching of files.</summary>
internal sealed class MediaSignals
{
    public event Action? Due;

    public void Wake() => Due?.Invoke();
}
