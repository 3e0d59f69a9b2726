using System.Data.Common;
using System.Text.Json;
using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Conversations;
using AiBotKit.Conversations.Media;
using AiBotKit.Durability;
using AiBotKit.Durability.Backups;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Channels.WhatsApp.Media;

/// <summary>
/// Fetches the files of messages, after the messages are stored and without anybody waiting for them: no turn, no callback. The messages
/// themselves say what is missing; a wake-up is only a hint. A file that cannot be had is tried again, and then says why it is not here.
/// </summary>
internal sealed partial class FetchMedia(
    ReadDb reads,
    IDataWriter writer,
    ConnectionDirectory connections,
    ProviderSet providers,
    MediaFolder folder,
    MediaSignals signals,
    CommitSignals commits,
    ConversationFeed feed,
    Quarantine quarantine,
    TimeProvider time,
    ILogger<FetchMedia> logger) : BackgroundService
{
    private const int AtOnce = 8;

    /// <summary>
    /// Messages looked back over where no file was ever stored. The provider keeps files for seven days, so older ones could not be had anyway, and an
    /// installation without any file must not read all its messages at each start.
    /// </summary>
    private const long LookBack = 200_000;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(15);

    /// <summary>Under load every commit is a hint; nobody sees a file so much earlier.</summary>
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly AsyncSignal _wake = new();
    private readonly Dictionary<Guid, Task> _underWay = [];
    private long? _seen;

    /// <summary>One look: a row for every file that was announced, and a beginning for those that are due. A slow one holds up no other.</summary>
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        await RegisterAsync(cancellationToken);
        foreach (var (ended, _) in _underWay.Where(one => one.Value.IsCompleted).ToList())
        {
            _underWay.Remove(ended);
        }

        var now = time.GetUtcNow();
        await using var db = reads.Open();
        var due = await db.Set<MediaFile>().Where(m => m.DueAt != null && m.DueAt <= now).OrderBy(m => m.DueAt).Take(2 * AtOnce).ToListAsync(cancellationToken);
        foreach (var file in due.Where(file => !_underWay.ContainsKey(file.Id)).Take(AtOnce - _underWay.Count))
        {
            _underWay[file.Id] = FetchAsync(file, cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        void Changed(Guid account, Guid conversation, long version) => _wake.Set();

        signals.Due += _wake.Set;
        commits.Changed += Changed;
        using var timer = time.CreateTimer(_ => _wake.Set(), null, Look, Look);
        try
        {
            // A restored copy speaks to nobody until it is released.
            await quarantine.WaitForReleaseAsync(stoppingToken);
            folder.Sweep(await StoredAsync(stoppingToken));
            _wake.Set();
            while (true)
            {
                await _wake.WaitAsync(stoppingToken);
                try
                {
                    await LookAsync(stoppingToken);
                }
                catch (Exception error) when (error is StoreUnavailableException or DbException)
                {
                    LogStoreUnavailable(error);
                }

                await Task.Delay(Breath, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops; what is due is fetched after the next start.
        }
        finally
        {
            commits.Changed -= Changed;
            signals.Due -= _wake.Set;
            await Task.WhenAll(_underWay.Values);
        }
    }

    /// <summary>What a process that was killed between a file and its row has left is nobody's, and would outlive an erasure.</summary>
    private async Task<HashSet<UInt128>> StoredAsync(CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        HashSet<UInt128> names = [];
        await foreach (var name in db.Set<MediaFile>().Where(m => m.StoredName != null).Select(m => m.StoredName!).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            names.Add(MediaFolder.Number(name));
        }

        return names;
    }

    private async Task RegisterAsync(CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var top = await db.Set<Message>().MaxAsync(m => (long?)m.Seq, cancellationToken) ?? 0;
        _seen ??= await db.Set<MediaFile>().MaxAsync(m => (long?)m.MessageSeq, cancellationToken) ?? Math.Max(0, top - LookBack);
        if (top <= _seen)
        {
            return;
        }

        var found = await db.Set<Message>()
            .Where(m => m.Seq > _seen && m.Seq <= top && MediaRules.Families.Contains(m.Type) && m.Content != null)
            .Join(db.Set<Conversation>(), m => m.ConversationId, c => c.Id, (m, c) => new { m.Id, m.Seq, m.AccountId, m.ConversationId, m.Type, m.Content, m.CreatedAt, c.ConnectionId })
            .OrderBy(m => m.Seq).ToListAsync(cancellationToken);
        var now = time.GetUtcNow();
        List<MediaFile> files = [];
        foreach (var message in found.Where(m => m.ConnectionId is not null))
        {
            var content = Content(message.Content!);
            files.Add(new MediaFile
            {
                Id = Guid.CreateVersion7(now),
                AccountId = message.AccountId,
                ConversationId = message.ConversationId,
                ConnectionId = message.ConnectionId!.Value,
                MessageId = message.Id,
                MessageSeq = message.Seq,
                Family = message.Type,
                ProviderMediaId = content?.MediaId,
                FileName = content?.FileName,
                State = content?.MediaId is null ? MediaState.Failed : MediaState.Waiting,
                DueAt = content?.MediaId is null ? null : now,
                Problem = content?.MediaId is null ? "The message came without a file that could be fetched." : null,
                CreatedAt = message.CreatedAt,
            });
        }

        if (files.Count > 0)
        {
            // Of a contact that was erased since they were read there are none.
            await writer.SaveAsync(changes => changes.AddRange(files.Where(file => IsThere(changes, file))));
        }

        _seen = top;
    }

    private static bool IsThere(AppDbContext db, MediaFile file) => db.Set<Conversation>().Any(c => c.Id == file.ConversationId && c.AccountId == file.AccountId);

    private static MediaContent? Content(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, MessageContentJson.Default.MessageContent) as MediaContent;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Ends with a row that says how it went; a store that cannot save leaves the row due, and the next look begins anew.</summary>
    private async Task FetchAsync(MediaFile file, CancellationToken cancellationToken)
    {
        try
        {
            await EndAsync(file, await OutcomeAsync(file, cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process stops.
        }
        catch (Exception error) when (error is StoreUnavailableException or DbException)
        {
            LogStoreUnavailable(error);
        }
        finally
        {
            _wake.Set();
        }
    }

    private async Task<Fetched> OutcomeAsync(MediaFile file, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(_ => patience.Cancel(), null, Patience, Timeout.InfiniteTimeSpan);
        try
        {
            return await TryAsync(file, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Fetched(Problem: "The provider was too slow.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogNotWritten(error, file.Id);
            return new Fetched(Problem: "The file could not be written: is the disk full?");
        }
    }

    private async Task<Fetched> TryAsync(MediaFile file, CancellationToken cancellationToken)
    {
        if (connections.Find(file.ConnectionId) is not { } connection)
        {
            return new Fetched(Problem: "The number is disconnected, and only its key opens the file.", IsFinal: true);
        }

        var provider = providers.For(connection);
        var info = await provider.GetMediaAsync(connection, file.ProviderMediaId!, cancellationToken);
        if (info.Value is not { } media)
        {
            return Fetched.Of(info.Failure!);
        }

        var most = MediaRules.MostBytes(file.Family);
        if (media.FileSize > most)
        {
            return TooLarge(most);
        }

        await using var draft = folder.Begin();
        var download = await provider.DownloadMediaAsync(connection, media, draft.Stream, most, cancellationToken);
        if (download.Value is null)
        {
            return draft.Stream.Length >= most ? TooLarge(most) : Fetched.Of(download.Failure!);
        }

        var (size, type) = (draft.Stream.Length, MediaTypes.Of(await draft.HeadAsync(cancellationToken), MediaRules.IsSound(file.Family)));
        draft.Keep();
        return new Fetched(draft.Name, size, type);
    }

    private static Fetched TooLarge(long most) => new(Problem: $"The file is larger than the {most / (1024 * 1024)} MB that are fetched.", IsFinal: true, IsOver: true);

    /// <summary>The outcome on disk, then on the screens that show it.</summary>
    private async Task EndAsync(MediaFile file, Fetched fetched)
    {
        var (now, isWanted) = (time.GetUtcNow(), true);
        var change = await writer.SaveAsync(db =>
        {
            var row = db.Set<MediaFile>().AsTracking().FirstOrDefault(m => m.Id == file.Id);
            isWanted = row is not null && row.State == MediaState.Waiting && IsThere(db, row);
            if (row is null || !isWanted)
            {
                return (ConversationChanged?)null;
            }

            row.Attempts++;
            (row.StoredName, row.Size, row.ContentType, row.Problem) = (fetched.StoredName, fetched.Size, fetched.ContentType, fetched.Problem);
            row.DueAt = fetched.StoredName is not null || fetched.IsOver ? null : MediaRules.NextTry(row.Attempts, fetched.IsFinal, fetched.Wait, now);
            (row.PreviewDueAt, row.PreviewTries, row.Width, row.Height, row.LengthMs) = (fetched.ContentType is { } type && MediaTypes.IsShown(type) ? now : null, 0, null, null, null);
            row.State = fetched.StoredName is not null ? MediaState.Stored : row.DueAt is null ? MediaState.Failed : MediaState.Waiting;
            return ConversationFamily.Touch(db, row.AccountId, row.ConversationId);
        });
        if (change is { } changed)
        {
            feed.Publish(changed);
            signals.SignalStored();
        }

        if (!isWanted && fetched.StoredName is { } left)
        {
            folder.Delete(left);
        }

        if (fetched.Problem is { } problem)
        {
            LogNotFetched(file.Id, problem);
        }
    }

    /// <param name="IsFinal">The provider refuses it: few more tries.</param>
    /// <param name="IsOver">No try would end otherwise.</param>
    private sealed record Fetched(string? StoredName = null, long? Size = null, string? ContentType = null, string? Problem = null, bool IsFinal = false, TimeSpan? Wait = null, bool IsOver = false)
    {
        /// <summary>What Meta answers for an id that it does not know (33, or 100 with the subcode 33: wire facts section 6.1).</summary>
        private const int NoSuchObject = 33;
        private const int InvalidObject = 100;

        /// <summary>The table of errors speaks of messages that are sent.</summary>
        private const string AboutAMessage = " The customer did not get this message.";

        public static Fetched Of(ProviderFailure failure) => new(
            Problem: failure is { Kind: RejectionKind.Final } or { Code: NoSuchObject or InvalidObject } ? "WhatsApp does not have this file, or not any more." : failure.Reason.Replace(AboutAMessage, "", StringComparison.Ordinal),
            IsFinal: failure.Kind is RejectionKind.Final or RejectionKind.OwnerNeeded,
            Wait: failure.RetryAfter);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "File {Media} of a message was not fetched: {Problem}")]
    private partial void LogNotFetched(Guid media, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "File {Media} of a message could not be written")]
    private partial void LogNotWritten(Exception error, Guid media);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store cannot be used now: files of messages wait")]
    private partial void LogStoreUnavailable(Exception error);
}
