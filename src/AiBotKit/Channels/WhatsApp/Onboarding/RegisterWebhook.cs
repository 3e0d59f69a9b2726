using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Durability;
using AiBotKit.Hosting.Secrets;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Channels.WhatsApp.Onboarding;

/// <summary>
/// Tells the provider our callback address, the secret to sign with and the header to send (<c>setwebhook</c>), and subscribes the app to the account. May be
/// repeated. Once the provider has taken both, a new connection is no longer connecting, and the secret before the last change has a last day.
/// </summary>
internal sealed class RegisterWebhook(
    ReadDb reads, IDataWriter writer, ConnectionDirectory directory, ProviderSet providers, CallbackAddress address, CallbackSecrets callbackSecrets, SecretProtector secrets, WhatsAppOptions options, CommitSignals signals, TimeProvider time)
{
    /// <summary>Redeliveries of what was signed with the secret before come for 7 days (wire facts 2).</summary>
    public static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(7);

    /// <param name="overlap">How long the secret before is still accepted.</param>
    /// <returns>Null when the provider took it; else why not.</returns>
    public async Task<ConnectionRefusal?> RunAsync(Guid accountId, Guid connectionId, TimeSpan overlap, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var row = await db.Set<Connection>().FirstOrDefaultAsync(c => c.Id == connectionId && c.AccountId == accountId && c.DisconnectedAt == null, cancellationToken);
        if (row is null || directory.Find(connectionId) is not { } connection)
        {
            return ConnectionRefusal.NotConnected;
        }

        if (address.For(connection.BaseUrl, row.CallbackKey) is not { } url)
        {
            return ConnectionRefusal.NoPublicUrl;
        }

        var answer = await providers.For(connection).SetWebhookAsync(connection, Registration(row, url), cancellationToken);
        if (answer.Failure is { } failure)
        {
            return new ConnectionRefusal(StatusCodes.Status502BadGateway, "webhook_not_taken", $"The provider did not take our callback address. {failure.Reason}");
        }

        var subscribed = await providers.For(connection).SubscribeAsync(connection, cancellationToken);
        if (subscribed.Failure is { } why)
        {
            return new ConnectionRefusal(
                StatusCodes.Status502BadGateway, "app_not_subscribed", $"The provider took our callback address, but did not subscribe the app to the account, so nothing is delivered yet. {WhatsAppErrors.OfConnection(why.Reason).Cause} Register the address again in a moment.");
        }

        var now = time.GetUtcNow();
        await writer.SaveAsync(context =>
        {
            var now1 = context.Set<Connection>().FirstOrDefault(c => c.Id == connectionId && c.AccountId == accountId && c.DisconnectedAt == null);
            if (now1 is null)
            {
                return;
            }

            now1.WebhookSetAt = now;
            now1.ConnectingSince = null;
            if (now1.PreviousWebhookSecretProtected is not null && now1.PreviousWebhookSecretUntil is null && now1.WebhookSecretProtected == row.WebhookSecretProtected)
            {
                now1.PreviousWebhookSecretUntil = now + overlap;
            }
        });
        callbackSecrets.Forget();
        signals.SignalConnection(accountId);
        return null;
    }

    private WebhookRegistration Registration(Connection row, Uri url)
    {
        string? Reveal(string kind, string? stored) => stored is null ? null : secrets.Reveal(row.AccountId, kind, stored);

        List<KeyValuePair<string, string>> headers = [];
        if (options is { StaticHeaderName: { Length: > 0 } name, StaticHeaderValue: { } value })
        {
            headers.Add(new(name, value));
        }

        if (Reveal(SecretProtector.CallbackHeader, row.CallbackHeaderProtected) is { } own)
        {
            headers.Add(new(CallbackSecrets.HeaderName, own));
        }

        return new WebhookRegistration(url, headers, Reveal(SecretProtector.VerifyToken, row.VerifyTokenProtected) ?? options.VerifyToken, Reveal(SecretProtector.WebhookSecret, row.WebhookSecretProtected));
    }
}
