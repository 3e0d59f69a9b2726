using AiBotKit.Storage;

namespace AiBotKit.Conversations;

/// <summary>
/// A note of the team in a conversation. It is never sent, never part of what a model reads, and no human act: the AI goes on as before.
/// </summary>
internal sealed class AddNote(IDataWriter writer, ConversationFeed feed, TimeProvider time)
{
    /// <summary>UTF-16 units.</summary>
    public const int Longest = 4000;

    /// <summary>The event's name in the timeline.</summary>
    public const string Type = "note";

    /// <param name="text">1 to <see cref="Longest"/> characters once trimmed; checked by the caller with <see cref="Problem"/>.</param>
    /// <returns>The note's id; null when the account has no such conversation.</returns>
    public async Task<Guid?> RunAsync(Guid accountId, Guid conversationId, string text, string author)
    {
        var now = time.GetUtcNow();
        var note = Guid.CreateVersion7(now);
        var changed = await writer.SaveAsync(db =>
        {
            if (ConversationFamily.Touch(db, accountId, conversationId) is not { } seen)
            {
                return (ConversationChanged?)null;
            }

            db.Add(Message.Event(note, accountId, seen.ConversationId, Type, text.Trim(), author, now));
            return seen;
        });
        if (changed is { } change)
        {
            feed.Publish(change);
        }

        return changed is null ? null : note;
    }

    /// <summary>Why this text is no note; null when it is one.</summary>
    public static string? Problem(string? text) => text?.Trim().Length switch
    {
        null or 0 => "A note needs words.",
        > Longest => $"A note has at most {Longest} characters.",
        _ => null,
    };
}
