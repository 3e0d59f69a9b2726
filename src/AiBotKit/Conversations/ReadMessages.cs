using System.Text.Json;
using System.Text.Json.Serialization;
using AiBotKit.Durability;
using AiBotKit.Conversations.Media;
using AiBotKit.Hosting.Paging;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations;

/// <summary>
/// The messages of a conversation with those of the conversations merged into it, newest last; the cursor leads to earlier ones.
/// Order: the provider's clock, then arrival.
/// </summary>
internal sealed class ReadMessages(ReadDb reads)
{
    /// <summary>A reaction's clock is the provider's and has whole seconds, that of a message of ours is our own: it may seem to come before what it is about.</summary>
    private static readonly TimeSpan ClocksApart = TimeSpan.FromMinutes(1);

    private static readonly JsonElement None = JsonElement.Parse("[]");

    /// <summary>Null when the account has no such conversation.</summary>
    public async Task<Page<MessageItem>?> RunAsync(Guid accountId, Guid conversationId, PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var ids = await ConversationFamily.ReadAsync(db, accountId, conversationId, cancellationToken);
        if (ids.Count == 0)
        {
            return null;
        }

        var all = ConversationTimeline.Of(db, accountId, ids);
        var query = page.After is { } before ? all.Before(before.At, before.Tie) : all;
        var rows = await query.NewestFirst().Take(page.Limit + 1).ToListAsync(cancellationToken);
        string? next = null;
        if (rows.Count > page.Limit)
        {
            rows.RemoveAt(page.Limit);
            next = new Cursor(rows[^1].At, rows[^1].Seq).ToString();
        }

        rows.Reverse();
        var marks = rows.ToDictionary(m => m.Seq, m => ContentMarks.Read(m.Content));
        var known = await LinkedAsync(all, rows, marks, cancellationToken);
        var reactions = await ReactionsAsync(all, rows, cancellationToken);
        var shown = rows.ConvertAll(m => m.Id);
        var media = await db.Set<MediaFile>().Where(m => m.AccountId == accountId && shown.Contains(m.MessageId)).ToDictionaryAsync(m => m.MessageId, cancellationToken);
        return new Page<MessageItem>([.. rows.Select(m => Item(m, marks[m.Seq], known, reactions, media.GetValueOrDefault(m.Id)))], next);
    }

    /// <summary>One message as the list shows it; null when the account has none of that id.</summary>
    public async Task<MessageItem?> FindAsync(Guid accountId, Guid messageId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        if (await db.Set<Message>().FirstOrDefaultAsync(m => m.Id == messageId && m.AccountId == accountId, cancellationToken) is not { } message)
        {
            return null;
        }

        var (all, marks) = (ConversationTimeline.Of(db, accountId, [message.ConversationId]), ContentMarks.Read(message.Content));
        var media = await db.Set<MediaFile>().FirstOrDefaultAsync(m => m.AccountId == accountId && m.MessageId == messageId, cancellationToken);
        return Item(message, marks, await LinkedAsync(all, [message], new() { [message.Seq] = marks }, cancellationToken), await ReactionsAsync(all, [message], cancellationToken), media);
    }

    /// <summary>Our ids of the messages that these quote, change, take back or react to, on whatever page they are.</summary>
    private static async Task<Dictionary<string, Guid>> LinkedAsync(IQueryable<Message> all, List<Message> rows, Dictionary<long, ContentMarks> marks, CancellationToken cancellationToken)
    {
        var here = rows.Where(m => m.ProviderMessageId is not null).ToLookup(m => m.ProviderMessageId!, m => m.Id);
        var wanted = rows.SelectMany(m => new[] { m.ReplyTo, marks[m.Seq].TargetProviderId }).OfType<string>().Distinct().ToList();
        var elsewhere = await all.WithProviderIdsAsync(wanted.FindAll(id => !here.Contains(id)), cancellationToken);
        var found = elsewhere.ToLookup(m => m.ProviderMessageId!, m => m.Id);
        return wanted.Where(id => here.Contains(id) || found.Contains(id)).ToDictionary(id => id, id => here.Contains(id) ? here[id].First() : found[id].First());
    }

    /// <summary>Reactions come after what they are about, so they may be on a later page.</summary>
    private static async Task<ILookup<string, (MessageRole By, string Emoji)>> ReactionsAsync(IQueryable<Message> all, List<Message> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return ReactionRules.Current([]);
        }

        var since = rows[0].At - ClocksApart;
        var found = await all.Where(m => m.Type == "reaction" && m.At >= since).OldestFirst().Select(m => new { m.Role, m.Content }).ToListAsync(cancellationToken);
        return ReactionRules.Current(found.Select(m => (m.Role, ContentMarks.Read(m.Content))));
    }

    private static MessageItem Item(Message m, ContentMarks marks, Dictionary<string, Guid> known, ILookup<string, (MessageRole By, string Emoji)> reactions, MediaFile? media) => new(
        m.Id,
        Word(m.Role),
        m.Type,
        m.Text,
        m.Status.ToString().ToLowerInvariant(),
        m.Outcome,
        m.FailureReason is null && m.FailureCode is null ? null : new MessageFailure(m.FailureCode, m.FailureReason ?? ""),
        m.ProviderMessageId,
        m.Citations is null ? None : JsonElement.Parse(m.Citations),
        m.CreatedAt,
        m.PossibleDuplicate,
        Link(m.ReplyTo, known),
        Link(marks.TargetProviderId, known),
        m.EditedAt,
        m.RevokedAt,
        m.ProviderMessageId is { } own && reactions.Contains(own) ? [.. reactions[own].Select(one => new MessageReaction(Word(one.By), one.Emoji))] : null,
        marks.Referral,
        media is null ? null : new MessageMedia(media.Id, Word(media.State), media.ContentType, media.Size, media.FileName, media.Problem),
        m.AuthorName,
        DraftedByAi: m is { Role: MessageRole.Owner, Citations: not null } ? true : null);

    private static string Word(MediaState state) => state.ToString().ToLowerInvariant();

    private static MessageLink? Link(string? providerId, Dictionary<string, Guid> known) =>
        providerId is null ? null : new MessageLink(known.TryGetValue(providerId, out var id) ? id : null, providerId);

    /// <summary>A role as the REST API says it.</summary>
    public static string Word(MessageRole role) => role.ToString().ToLowerInvariant();
}

/// <summary>One message as the REST API shows it. What it has none of (a quoted message, reactions…) is left out.</summary>
/// <param name="Outcome"><c>answered</c> or a stored-only reason; null while an answer is due, and for what is no customer message.</param>
/// <param name="ReplyTo">The message that this one quotes.</param>
/// <param name="Target">The message that this reaction, edit or revocation is about.</param>
/// <param name="EditedAt">When the customer's change of it arrived; the text is the new one.</param>
/// <param name="RevokedAt">When its deletion for everyone arrived. The text is kept here and no longer shown to people.</param>
/// <param name="Reactions">What it has now: at most one of each side.</param>
/// <param name="Referral">The ad or post that the customer came from with this message.</param>
/// <param name="Media">The file that came with it.</param>
/// <param name="Author">Display name of the person who wrote it to the customer.</param>
/// <param name="InFlight">In the answer to a takeover: an AI reply was already on the wire and may still arrive.</param>
/// <param name="DraftedByAi">A person sent it as the AI had drafted it: the citations are the draft's.</param>
internal sealed record MessageItem(
    Guid Id,
    string Role,
    string Type,
    string Text,
    string Status,
    string? Outcome,
    MessageFailure? Failure,
    string? ProviderMessageId,
    JsonElement Citations,
    DateTimeOffset CreatedAt,
    bool PossibleDuplicate,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MessageLink? ReplyTo = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MessageLink? Target = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? EditedAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? RevokedAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<MessageReaction>? Reactions = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MessageReferral? Referral = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MessageMedia? Media = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Author = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? InFlight = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? DraftedByAi = null);

/// <summary>The file that came with a message: <c>GET /api/media/{id}</c> once it is stored.</summary>
/// <param name="State"><c>waiting</c>, <c>stored</c> or <c>failed</c>.</param>
/// <param name="ContentType">What the bytes are, by the bytes; null until they are here.</param>
/// <param name="Problem">Why it is not here.</param>
internal sealed record MessageMedia(Guid Id, string State, string? ContentType, long? Size, string? FileName, string? Problem);

/// <summary>The provider's code, when it gave one, and one plain sentence.</summary>
internal sealed record MessageFailure(int? Code, string Reason);

/// <summary>Another message of the conversation.</summary>
/// <param name="Id">Null when it is not kept here: it is older than the connection, or was never received.</param>
internal sealed record MessageLink(Guid? Id, string ProviderMessageId);

/// <param name="Role">Whose reaction: <c>customer</c> or <c>owner</c>.</param>
internal sealed record MessageReaction(string Role, string Emoji);
