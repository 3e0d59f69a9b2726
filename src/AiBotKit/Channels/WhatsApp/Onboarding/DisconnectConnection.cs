using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;

namespace AiBotKit.Channels.WhatsApp.Onboarding;

/// <summary>
/// A person disconnects a number. Its secrets leave the store and the log beside it (S-K6), what is unanswered or unsent ends, and after the answer no AI
/// byte begins on it. Conversations stay readable. The provider is asked to send its callbacks away from us, which it may refuse: those that still come
/// are answered 200 and ignored, or 401 when only the deleted secret could have verified them.
/// </summary>
internal sealed class DisconnectConnection(
    IMessageStore store, ConnectionDirectory directory, ProviderSet providers, CallbackAddress address, SendGates gates, Checkpointer log, FaultPoints faults, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>False when the account has no live connection of that id.</summary>
    public async Task<bool> RunAsync(Guid accountId, Guid connectionId, Actor by, CancellationToken cancellationToken)
    {
        var connection = directory.Find(connectionId);
        faults.Reach(FaultPoint.D0BeforeDisable);
        if (!await store.DisconnectConnectionAsync(accountId, connectionId, by, time.GetUtcNow()))
        {
            return false;
        }

        faults.Reach(FaultPoint.D1AfterDisable);
        directory.Find(connectionId);

        // It is done: whoever asked may go away, the rest is still finished.
        await gates.PassAllAsync(CancellationToken.None);
        await log.ForgetAsync(Patience);
        if (connection is not null && address.For(connection.BaseUrl, null) is { } sink)
        {
            using var patience = new CancellationTokenSource(Patience, time);
            try
            {
                await providers.For(connection).RemoveWebhookAsync(connection, sink, patience.Token);
            }
            catch (OperationCanceledException)
            {
                // Best effort.
            }
        }

        return true;
    }
}
