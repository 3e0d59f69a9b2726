using System.Data.Common;
using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations.Media;

/// <summary>
/// Makes what a timeline shows of a stored file: the small copy of a picture, the length of a sound. One after another on a thread of its own, after the file's
/// own commit, so that no turn and no other file waits for a picture that is hard to decode. The rows say what is left to do.
/// </summary>
internal sealed partial class MakePreviews(
    ReadDb reads, IDataWriter writer, MediaFolder folder, MediaSignals signals, ConversationFeed feed, TimeProvider time, ILogger<MakePreviews> logger) : BackgroundService
{
    private const int MostTries = 2;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(15);

    /// <summary>After a disk that refused.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(5);

    private readonly AsyncSignal _wake = new();

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => LoopThread.RunAsync("Previews", () => LoopAsync(stoppingToken));

    private async Task LoopAsync(CancellationToken stoppingToken)
    {
        signals.Stored += _wake.Set;
        using var timer = time.CreateTimer(_ => _wake.Set(), null, TimeSpan.Zero, Look);
        try
        {
            while (true)
            {
                await _wake.WaitAsync(stoppingToken);
                try
                {
                    while (await NextAsync(stoppingToken) is { } file)
                    {
                        await EndAsync(file, await BeginAsync(file) ? await MakeAsync(file, stoppingToken) : new Preview());
                    }
                }
                catch (Exception error) when (error is StoreUnavailableException or DbException)
                {
                    LogStoreUnavailable(error);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops; what is left is made after the next start.
        }
        finally
        {
            signals.Stored -= _wake.Set;
        }
    }

    private async Task<MediaFile?> NextAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = reads.Open();
        return await db.Set<MediaFile>().Where(m => m.PreviewDueAt != null && m.PreviewDueAt <= now).OrderBy(m => m.PreviewDueAt).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>
    /// Counted before anything is decoded: should a file ever end the process, it does so twice and is then left alone.
    /// </summary>
    private Task<bool> BeginAsync(MediaFile file) => writer.SaveAsync(db =>
        db.Set<MediaFile>().AsTracking().FirstOrDefault(m => m.Id == file.Id) is { } row && row.PreviewTries++ < MostTries);

    private async Task<Preview> MakeAsync(MediaFile file, CancellationToken cancellationToken)
    {
        try
        {
            if (file.StoredName is not { } name || folder.Open(name) is not { } stream)
            {
                return new Preview();
            }

            await using (stream)
            {
                return await OfAsync(name, stream, file.ContentType ?? MediaTypes.Unknown, cancellationToken);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogNotMade(error, file.Id);
            return new Preview(Retry: true);
        }
#pragma warning disable CA1031 // Bytes of strangers: a bug of ours that one of them meets costs that file its preview, and never ends the loop.
        catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
        {
            LogNotMade(error, file.Id);
            return new Preview();
        }
    }

    private async Task<Preview> OfAsync(string name, FileStream stream, string contentType, CancellationToken cancellationToken)
    {
        if (!contentType.StartsWith("image/", StringComparison.Ordinal))
        {
            return new Preview(Length: SoundLength.Of(stream, contentType));
        }

        if (Thumbnail.Of(stream, contentType) is not { } picture)
        {
            return new Preview();
        }

        await using var draft = folder.BeginThumbnail(name);
        await draft.Stream.WriteAsync(picture.Bytes, cancellationToken);
        draft.Keep();
        return new Preview(picture.Width, picture.Height);
    }

    private async Task EndAsync(MediaFile file, Preview preview)
    {
        var (now, isWanted) = (time.GetUtcNow(), true);
        var change = await writer.SaveAsync(db =>
        {
            var row = db.Set<MediaFile>().AsTracking().FirstOrDefault(m => m.Id == file.Id);
            isWanted = row is not null && row.StoredName == file.StoredName && db.Set<Conversation>().Any(c => c.Id == row.ConversationId && c.AccountId == row.AccountId);
            if (row is null || !isWanted)
            {
                return (ConversationChanged?)null;
            }

            (row.PreviewDueAt, row.Width, row.Height, row.LengthMs) = (preview.Retry && row.PreviewTries < MostTries ? now + Again : null, preview.Width, preview.Height, (long?)preview.Length?.TotalMilliseconds);
            return ConversationFamily.Touch(db, row.AccountId, row.ConversationId);
        });
        if (change is { } changed)
        {
            feed.Publish(changed);
        }

        if (!isWanted && file.StoredName is { } left)
        {
            // Erased while it was being made: the small copy must not outlive it.
            folder.DeleteThumbnail(left);
        }
    }

    /// <param name="Width">Of the small copy; null when there is none.</param>
    private sealed record Preview(int? Width = null, int? Height = null, TimeSpan? Length = null, bool Retry = false);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The preview of file {Media} could not be written now")]
    private partial void LogNotMade(Exception error, Guid media);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store cannot be used now: previews of files wait")]
    private partial void LogStoreUnavailable(Exception error);
}
