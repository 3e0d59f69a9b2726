using AiBotKit.Durability;
using AiBotKit.Durability.Audit;

namespace AiBotKit.Channels;

/// <summary>
/// A person switches a connection on or off (Enable WhatsApp). Off: what is unanswered ends as <c>paused</c>, unsent AI replies are
/// cancelled, and after the answer no AI byte begins on it (promise 2). On again answers nothing that arrived in between (F44).
/// </summary>
internal sealed class SwitchConnection(IMessageStore store, SendGates gates, FaultPoints faults, TimeProvider time)
{
    /// <summary>False when the connection does not exist in the account.</summary>
    public async Task<bool> RunAsync(Guid accountId, Guid connectionId, bool enabled, Actor by, CancellationToken cancellationToken)
    {
        faults.Reach(FaultPoint.D0BeforeDisable);
        var found = await store.SwitchConnectionAsync(accountId, connectionId, enabled, by, time.GetUtcNow());
        faults.Reach(FaultPoint.D1AfterDisable);

        // No send can be claimed any more; one claimed just before writes its last byte first.
        await gates.PassAllAsync(cancellationToken);
        return found;
    }
}
