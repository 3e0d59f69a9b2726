using AiBotKit.Durability;
using AiBotKit.Durability.Audit;

namespace AiBotKit.Channels;

/// <summary>
/// A person has the messages answered that came in while the connection was paused: each once, as far as the 24 hours and what persons have
/// done meanwhile allow it.
/// </summary>
internal sealed class AnswerPaused(PausedMessages messages, TimeProvider time)
{
    public Task<PausedAnswer> RunAsync(Guid accountId, Guid connectionId, Actor by) =>
        messages.AnswerAsync(accountId, connectionId, new AuditNote(accountId, by, AuditActs.PausedAnswered, "connection", connectionId.ToString()), time.GetUtcNow());
}
