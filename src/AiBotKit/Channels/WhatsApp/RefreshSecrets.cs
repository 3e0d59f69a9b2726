using AiBotKit.Hosting.Secrets;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>
/// Encrypts stored secrets again once the key ring has a newer key than theirs (F50), at the start and once a day. Old keys stay in the ring, so
/// nothing becomes unreadable meanwhile, and a secret that somebody changes at the same time is left as they made it.
/// </summary>
internal sealed class RefreshSecrets(ReadDb reads, IDataWriter writer, SecretProtector secrets, CallbackSecrets callbackSecrets, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromDays(1);

    /// <summary>How many secrets were encrypted again.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        List<Connection> rows;
        await using (var db = reads.Open())
        {
            rows = await db.Set<Connection>().Where(c => c.DisconnectedAt == null).ToListAsync(cancellationToken);
        }

        var count = 0;
        foreach (var row in rows)
        {
            var key = Newer(row, SecretProtector.ProviderKey, row.ApiKeyProtected);
            var secret = Newer(row, SecretProtector.WebhookSecret, row.WebhookSecretProtected);
            var previous = Newer(row, SecretProtector.WebhookSecret, row.PreviousWebhookSecretProtected);
            var header = Newer(row, SecretProtector.CallbackHeader, row.CallbackHeaderProtected);
            var token = Newer(row, SecretProtector.VerifyToken, row.VerifyTokenProtected);
            if ((key ?? secret ?? previous ?? header ?? token) is null)
            {
                continue;
            }

            count += await writer.SaveAsync(db =>
            {
                if (db.Set<Connection>().FirstOrDefault(c => c.Id == row.Id && c.AccountId == row.AccountId) is not { } now)
                {
                    return 0;
                }

                now.ApiKeyProtected = now.ApiKeyProtected == row.ApiKeyProtected ? key ?? now.ApiKeyProtected : now.ApiKeyProtected;
                now.WebhookSecretProtected = now.WebhookSecretProtected == row.WebhookSecretProtected ? secret ?? now.WebhookSecretProtected : now.WebhookSecretProtected;
                now.PreviousWebhookSecretProtected = now.PreviousWebhookSecretProtected == row.PreviousWebhookSecretProtected ? previous ?? now.PreviousWebhookSecretProtected : now.PreviousWebhookSecretProtected;
                now.CallbackHeaderProtected = now.CallbackHeaderProtected == row.CallbackHeaderProtected ? header ?? now.CallbackHeaderProtected : now.CallbackHeaderProtected;
                now.VerifyTokenProtected = now.VerifyTokenProtected == row.VerifyTokenProtected ? token ?? now.VerifyTokenProtected : now.VerifyTokenProtected;
                return new[] { key, secret, previous, header, token }.Count(one => one is not null);
            });
        }

        callbackSecrets.Forget();
        return count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            do
            {
                try
                {
                    await RunAsync(stoppingToken);
                }
                catch (StoreUnavailableException)
                {
                    // Tomorrow again: the old form can be read as well.
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private string? Newer(Connection row, string kind, string? stored) => stored is null ? null : secrets.Refresh(row.AccountId, kind, stored);
}
