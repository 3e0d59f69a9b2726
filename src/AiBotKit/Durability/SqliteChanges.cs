namespace AiBotKit.Durability;

/// <summary>
/// Edits and deletions of messages that are already stored, inside a write. WhatsApp lets a message be edited for 15 minutes and deleted for
/// about two days; what is older than three is not looked for, which keeps the search short without an index that every message would pay for.
/// </summary>
internal sealed class SqliteChanges(WriteSession session, DateTimeOffset now, CommitSignals signals)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3);

    /// <param name="at">The provider's time of the change.</param>
    public void Edit(Guid conversationId, string providerMessageId, string text, DateTimeOffset at) =>
        session.Execute(
            "UPDATE messages SET Text = $3, EditedAt = $4 WHERE ConversationId = $1 AND At >= $5 AND ProviderMessageId = $2 AND Role = 0",
            conversationId,
            providerMessageId,
            text,
            now,
            at - Longest);

    /// <summary>What the customer took back before it was answered is answered no more; a turn under way over it is cancelled or redone.</summary>
    public void TakeBack(Guid conversationId, string providerMessageId, DateTimeOffset at)
    {
        session.Execute(
            "UPDATE messages SET RevokedAt = $3 WHERE ConversationId = $1 AND At >= $4 AND ProviderMessageId = $2 AND Role = 0",
            conversationId,
            providerMessageId,
            now,
            at - Longest);
        if (session.Execute("UPDATE messages SET Outcome = 'revoked' WHERE ConversationId = $1 AND ProviderMessageId = $2 AND Role = 0 AND Outcome IS NULL", conversationId, providerMessageId) > 0
            && session.Execute("DELETE FROM work WHERE ConversationId = $1 AND NOT EXISTS (SELECT 1 FROM messages WHERE ConversationId = $1 AND Role = 0 AND Outcome IS NULL)", conversationId) > 0)
        {
            session.AfterCommit(() => signals.SignalPersonActed(conversationId));
        }
    }

    /// <summary>The owner deleted a message of ours on the phone.</summary>
    public void TakeBackOwn(Guid conversationId, string providerMessageId, DateTimeOffset at) =>
        session.Execute(
            "UPDATE messages SET RevokedAt = $3 WHERE ConversationId = $1 AND At >= $4 AND ProviderMessageId = $2 AND Role <> 0",
            conversationId,
            providerMessageId,
            now,
            at - Longest);
}
