using AiBotKit.Durability;
using AiBotKit.Durability.Audit;

namespace AiBotKit.Conversations;

/// <summary>A person makes a takeover last longer than its time.</summary>
internal sealed class ExtendTakeover(IMessageStore store, TimeProvider time)
{
    /// <summary>False when the account has no such conversation, or nothing runs out there.</summary>
    public Task<bool> RunAsync(Guid accountId, Guid conversationId, Actor by) => store.ExtendTakeoverAsync(accountId, conversationId, by, time.GetUtcNow());
}
