using System.Security.Cryptography;
using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Durability.Audit;
using AiBotKit.Hosting.Secrets;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Channels.WhatsApp.Onboarding;

/// <summary>How a change of the signing secret ended.</summary>
/// <param name="PreviousValidUntil">Until when the one before is accepted; null when there is none, or while the provider has not taken the new one.</param>
internal sealed record RotateOutcome(ConnectionRefusal? Refusal, DateTimeOffset? PreviousValidUntil);

/// <summary>
/// Changes the secret that signs a number's callbacks without refusing one (S-W5, F50). The new one is accepted from its commit on, then the provider is told;
/// the one before is accepted until the provider has taken the new one and the overlap is over. A change that was interrupted is continued, not begun anew.
/// </summary>
internal sealed class RotateWebhookSecret(ReadDb reads, IDataWriter writer, RegisterWebhook register, CallbackSecrets callbackSecrets, SecretProtector secrets, TimeProvider time)
{
    private enum Next
    {
        Tell,
        Done,
        Refuse,
        Gone,
    }

    /// <param name="given">Meta Cloud: the new app secret, which is made at Meta. Null: one is made up here.</param>
    /// <param name="overlap">Zero ends the old secret at once, for one that has leaked; what is under way with it is then refused and lost.</param>
    /// <returns>Null when the account has no such connection.</returns>
    public async Task<RotateOutcome?> RunAsync(Guid accountId, Guid connectionId, string? given, TimeSpan overlap, Actor by, CancellationToken cancellationToken)
    {
        Connection? row;
        await using (var db = reads.Open())
        {
            row = await db.Set<Connection>().FirstOrDefaultAsync(c => c.Id == connectionId && c.AccountId == accountId, cancellationToken);
        }

        if (row is null)
        {
            return null;
        }

        var isMeta = row.Provider == nameof(ProviderKind.MetaCloud);
        if (row.DisconnectedAt is not null)
        {
            return new(ConnectionRefusal.NotConnected, null);
        }

        if (isMeta && given is null)
        {
            return new(ConnectionRefusal.Invalid("secret must be the new app secret: Meta makes it, on the page of the app."), null);
        }

        var now = time.GetUtcNow();
        var stored = secrets.Protect(accountId, SecretProtector.WebhookSecret, given ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        var (next, until) = await writer.SaveAsync(db => Change(db, accountId, connectionId, stored, isMeta, overlap, by, now));
        callbackSecrets.Forget();
        switch (next)
        {
            case Next.Gone:
                return new(ConnectionRefusal.NotConnected, null);
            case Next.Refuse:
                return new(
                    new(StatusCodes.Status409Conflict, "rotation_under_way", "The secret was changed a short while ago, and messages signed with the one before may still be under way. Wait until that one is over, or end it at once with overlapMinutes 0."),
                    until);
            case Next.Done:
                return new(null, until);
            default:
                return await register.RunAsync(accountId, connectionId, overlap, cancellationToken) is { } refusal
                    ? new(refusal, null)
                    : new(null, await UntilAsync(accountId, connectionId, cancellationToken));
        }
    }

    private static (Next Next, DateTimeOffset? Until) Change(AppDbContext db, Guid accountId, Guid connectionId, string stored, bool isMeta, TimeSpan overlap, Actor by, DateTimeOffset now)
    {
        var row = db.Set<Connection>().FirstOrDefault(c => c.Id == connectionId && c.AccountId == accountId && c.DisconnectedAt == null);
        if (row is null)
        {
            return (Next.Gone, null);
        }

        var atOnce = overlap == TimeSpan.Zero;
        if (row.PreviousWebhookSecretProtected is not null && !atOnce)
        {
            if (row.PreviousWebhookSecretUntil is null)
            {
                // The provider may or may not have heard of the new one: it is told again, and neither is dropped.
                return (Next.Tell, null);
            }

            if (row.PreviousWebhookSecretUntil > now)
            {
                return (Next.Refuse, row.PreviousWebhookSecretUntil);
            }
        }

        row.PreviousWebhookSecretProtected = atOnce ? null : row.WebhookSecretProtected;
        row.PreviousWebhookSecretUntil = isMeta && !atOnce ? now + overlap : null;
        row.WebhookSecretProtected = stored;
        row.CallbackKey ??= Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.WebhookSecretChanged, "connection", connectionId.ToString(), row.DisplayPhoneNumber), now);
        return (isMeta ? Next.Done : Next.Tell, row.PreviousWebhookSecretUntil);
    }

    private async Task<DateTimeOffset?> UntilAsync(Guid accountId, Guid connectionId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return await db.Set<Connection>().Where(c => c.Id == connectionId && c.AccountId == accountId).Select(c => c.PreviousWebhookSecretUntil).FirstOrDefaultAsync(cancellationToken);
    }
}
