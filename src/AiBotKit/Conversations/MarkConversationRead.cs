using AiBotKit.Storage;

namespace AiBotKit.Conversations;

/// <summary>A person of the account opened a conversation: nothing of it is unread any more.</summary>
internal sealed class MarkConversationRead(IDataWriter writer, ConversationFeed feed)
{
    public async Task RunAsync(Guid accountId, Guid conversationId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var version = await writer.SaveAsync(db =>
        {
            var conversation = db.Set<Conversation>().FirstOrDefault(c => c.Id == conversationId && c.AccountId == accountId);
            if (conversation is not { Unread: > 0 })
            {
                return (long?)null;
            }

            conversation.Unread = 0;
            return ++conversation.Version;
        });
        if (version is { } changed)
        {
            feed.Publish(new ConversationChanged(accountId, conversationId, changed));
        }
    }
}
