using AiBotKit.Durability;
using AiBotKit.Storage;

namespace AiBotKit.Conversations;

/// <summary>
/// A person of the account opened a conversation: nothing of it is unread any more. With AI replies off the customer is told too, best
/// effort; with them on the turn tells it when an answer is coming, and a look tells nothing.
/// </summary>
internal sealed class MarkConversationRead(IDataWriter writer, IChannel channel, ConversationFeed feed)
{
    /// <param name="tookOver">The person has just switched AI replies off here, so what was read before counts as read by a person.</param>
    public async Task RunAsync(Guid accountId, Guid conversationId, bool tookOver, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var read = await writer.SaveAsync(db =>
        {
            var conversation = db.Set<Conversation>().FirstOrDefault(c => c.Id == conversationId && c.AccountId == accountId);
            if (conversation is null || (conversation.Unread == 0 && !tookOver))
            {
                return null;
            }

            long? version = conversation.Unread > 0 ? ++conversation.Version : null;
            conversation.Unread = 0;
            return new Read(version, conversation.AiReplies ? null : conversation.ConnectionId, conversation.AiReplies ? null : LatestOf(db, conversationId));
        });
        if (read is { Version: { } version })
        {
            feed.Publish(new ConversationChanged(accountId, conversationId, version));
        }

        if (read is { ConnectionId: { } connection, Latest: { } latest })
        {
            channel.WasRead(connection, latest);
        }
    }

    /// <summary>Reading the latest message reads all before it, at the provider as on the phone.</summary>
    private static string? LatestOf(AppDbContext db, Guid conversationId) =>
        db.Set<Message>().Where(m => m.ConversationId == conversationId && m.Role == MessageRole.Customer && m.ProviderMessageId != null)
            .OrderByDescending(m => m.At).ThenByDescending(m => m.Seq).Select(m => m.ProviderMessageId).FirstOrDefault();

    private sealed record Read(long? Version, Guid? ConnectionId, string? Latest);
}
