using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations.Media;

/// <summary>A person asks for a file again that could not be fetched, or that is not in the folder any more.</summary>
internal sealed class RetryMedia(IDataWriter writer, MediaFolder folder, MediaSignals signals, ConversationFeed feed, TimeProvider time)
{
    /// <returns>False when the account has no such file.</returns>
    public async Task<bool> RunAsync(Guid accountId, Guid id)
    {
        var (now, lost) = (time.GetUtcNow(), (string?)null);
        var changed = await writer.SaveAsync(db =>
        {
            var file = db.Set<MediaFile>().AsTracking().FirstOrDefault(m => m.AccountId == accountId && m.Id == id);
            if (file is null)
            {
                return (ConversationChanged?)null;
            }

            if (file.State == MediaState.Failed || (file.StoredName is { } name && !folder.Has(name)))
            {
                lost = file.StoredName;
                (file.State, file.Attempts, file.DueAt, file.Problem, file.StoredName, file.PreviewDueAt) = (MediaState.Waiting, 0, now, null, null, null);
            }

            return ConversationFamily.Touch(db, accountId, file.ConversationId);
        });
        if (lost is not null)
        {
            // The original is not here any more; no row will speak of its small copy.
            folder.Delete(lost);
        }

        if (changed is { } change)
        {
            feed.Publish(change);
            signals.Wake();
        }

        return changed is not null;
    }
}

/// <summary>Wakes the fetching of files, and what is made of a file once it is here.</summary>
internal sealed class MediaSignals
{
    public event Action? Due;

    public event Action? Stored;

    public void Wake() => Due?.Invoke();

    public void SignalStored() => Stored?.Invoke();
}
