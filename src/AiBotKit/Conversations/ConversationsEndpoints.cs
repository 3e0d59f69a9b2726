using AiBotKit.Durability;

namespace AiBotKit.Conversations;

/// <summary>Turns, takeover and what people see of conversations.</summary>
internal static class ConversationsEndpoints
{
    public static void AddConversations(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ConversationFeed>();
        builder.Services.AddSingleton<ITurnRunner, RunTurn>();
        builder.Services.AddSingleton<SwitchAiReplies>();
        builder.Services.AddHostedService<FeedBridge>();
    }

    /// <summary>Lets committed changes reach the feed.</summary>
    private sealed class FeedBridge(CommitSignals signals, ConversationFeed feed) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            signals.Changed += Publish;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            signals.Changed -= Publish;
            return Task.CompletedTask;
        }

        private void Publish(Guid accountId, Guid conversationId, long version) => feed.Publish(new ConversationChanged(accountId, conversationId, version));
    }
}
