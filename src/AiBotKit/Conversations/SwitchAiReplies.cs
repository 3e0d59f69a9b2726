using AiBotKit.Durability;
using AiBotKit.Durability.Audit;

namespace AiBotKit.Conversations;

/// <summary>What the AI replies switch did.</summary>
/// <param name="Found">False when the conversation does not exist in the account.</param>
/// <param name="InFlight">An AI reply was already on the wire and may still arrive.</param>
internal readonly record struct SwitchResult(bool Found, bool InFlight);

/// <summary>
/// A person takes a conversation over or hands it back: switches AI replies off or on. Takes the conversation's send gate before it
/// commits, so that after its answer no AI byte begins (promise 2).
/// </summary>
internal sealed class SwitchAiReplies(IMessageStore store, SendGates gates, FaultPoints faults, TimeProvider time)
{
    /// <param name="name">The person's, for the event line, and for the customer when the owner tells them.</param>
    public async Task<SwitchResult> RunAsync(Guid accountId, Guid conversationId, bool aiReplies, string name, Actor by, CancellationToken cancellationToken)
    {
        using (await gates.EnterAsync(conversationId, cancellationToken))
        {
            faults.Reach(FaultPoint.H0BeforeTakeover);
            var inFlight = await store.SwitchAiRepliesAsync(accountId, conversationId, aiReplies, by, name, time.GetUtcNow());
            faults.Reach(FaultPoint.H1AfterTakeover);
            return new SwitchResult(inFlight is not null, inFlight ?? false);
        }
    }
}
