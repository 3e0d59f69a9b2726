using System.Security.Cryptography;
using AiBotKit.Accounts.Plans;
using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Channels.WhatsApp.Templates;
using AiBotKit.Chatbots;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Hosting.Secrets;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Channels.WhatsApp.Onboarding;

/// <summary>The connection, or why there is none.</summary>
internal sealed record ConnectOutcome(Guid? ConnectionId, ConnectionRefusal? Refusal);

/// <summary>
/// Joins a business number to a chatbot: the key is proved at the provider, stored encrypted, and the provider is told our callback address. A number that
/// this chatbot had before takes its row again, also under a new phone number id, so that messages and threads go on (wire facts 10.3). Starts switched off.
/// </summary>
internal sealed class ConnectNumber(
    ReadDb reads, IDataWriter writer, PlanGate plans, ProveKey prove, RegisterWebhook register, KeepTemplates templates, CallbackAddress address, CallbackSecrets callbackSecrets, SecretProtector secrets, WhatsAppOptions options, CommitSignals signals, TimeProvider time)
{
    /// <param name="inPlace">The chatbot's live connection of the same number is given the new key and ids; its switch and its queue stay (F21).</param>
    /// <returns>Null when the account has no such chatbot.</returns>
    public async Task<ConnectOutcome?> RunAsync(Guid accountId, Guid chatbotId, NumberToConnect wanted, bool inPlace, Actor by, CancellationToken cancellationToken)
    {
        await using (var db = reads.Open())
        {
            if (!await db.Set<Chatbot>().AnyAsync(b => b.Id == chatbotId && b.AccountId == accountId, cancellationToken))
            {
                return null;
            }

            if (await plans.RequireAsync(accountId, PlanFeature.Channels, cancellationToken) is { } plan)
            {
                return new(null, ConnectionRefusal.Of(plan));
            }

            // Before the provider is asked: a conflict is no reason to send a key anywhere. The write decides again.
            if (Conflict(db, accountId, chatbotId, wanted, inPlace) is { } conflict)
            {
                return new(null, conflict);
            }
        }

        if (wanted is { Provider: ProviderKind.MetaCloud, AppSecret: null } && options.CallbackSecret.Length == 0)
        {
            return new(null, ConnectionRefusal.Invalid("App secret (appSecret) is missing. Meta signs every message with the secret of your app, and this server has no callback secret of its own to check them with, so all would be refused."));
        }

        var baseUrl = wanted.BaseUrl ?? options.DefaultAddress(wanted.Provider);
        if (baseUrl.Scheme != Uri.UriSchemeHttps && !options.IsConfigured(baseUrl))
        {
            return new(null, ConnectionRefusal.Invalid("baseUrl must be the provider's https address."));
        }

        if (address.For(baseUrl, null) is null)
        {
            return new(null, ConnectionRefusal.NoPublicUrl);
        }

        var (number, refusal) = await prove.ProveAsync(wanted.Provider, baseUrl, wanted.WabaId, wanted.PhoneNumberId, wanted.ApiKey, cancellationToken);
        if (refusal is not null)
        {
            return new(null, refusal);
        }

        // What the provider says of its number counts; what came with the request fills what it does not say.
        var proved = wanted with
        {
            BaseUrl = baseUrl,
            WabaId = number!.WabaId ?? wanted.WabaId,
            DisplayPhoneNumber = number.DisplayPhone ?? SessionIds.PhoneDigits(wanted.DisplayPhoneNumber) ?? wanted.DisplayPhoneNumber,
        };
        var outcome = await StoreAsync(accountId, chatbotId, proved, inPlace, by);
        if (outcome.ConnectionId is { } id)
        {
            callbackSecrets.Forget();
            signals.SignalConnection(accountId);

            await RegisterAsync(accountId, id);
            templates.Wake();
        }

        return outcome;
    }

    /// <summary>
    /// The number is connected, so this runs to its end, whoever asked for it and went away. When the provider does not take the address now, or the store cannot
    /// keep that it did, the connection says so and the doctor repeats it.
    /// </summary>
    private async Task RegisterAsync(Guid accountId, Guid connectionId)
    {
        try
        {
            await register.RunAsync(accountId, connectionId, RegisterWebhook.LongestOverlap, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // "Connecting" stays on the card until it is registered again.
        }
    }

    private async Task<ConnectOutcome> StoreAsync(Guid accountId, Guid chatbotId, NumberToConnect number, bool inPlace, Actor by)
    {
        var now = time.GetUtcNow();
        var isMeta = number.Provider == ProviderKind.MetaCloud;
        var keys = new Keys(
            secrets.Protect(accountId, SecretProtector.ProviderKey, number.ApiKey),
            SecretProtector.EndOf(number.ApiKey),
            isMeta ? Protect(SecretProtector.WebhookSecret, number.AppSecret) : Protect(SecretProtector.WebhookSecret, Random(32)),
            Random(16),
            isMeta ? null : Protect(SecretProtector.CallbackHeader, Random(32)),
            isMeta ? Protect(SecretProtector.VerifyToken, number.VerifyToken ?? Random(16)) : null);
        try
        {
            return await writer.SaveAsync(db =>
            {
                if (plans.Require(db, accountId, PlanFeature.Channels) is { } plan)
                {
                    return new ConnectOutcome(null, ConnectionRefusal.Of(plan));
                }

                // It may have been deleted while the provider was asked.
                if (!db.Set<Chatbot>().Any(b => b.Id == chatbotId && b.AccountId == accountId))
                {
                    return new ConnectOutcome(null, ConnectionRefusal.ChatbotGone);
                }

                if (Conflict(db, accountId, chatbotId, number, inPlace) is { } conflict)
                {
                    return new ConnectOutcome(null, conflict);
                }

                var row = Live(db, accountId, chatbotId) ?? Earlier(db, accountId, chatbotId, number) ?? Add(db, accountId, chatbotId, number, now);
                Fill(db, row, number, keys, now);
                AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.ConnectionConnected, "connection", row.Id.ToString(), number.DisplayPhoneNumber), now);
                return new ConnectOutcome(row.Id, null);
            });
        }
        catch (DbUpdateException)
        {
            // Somebody connected the number or the chatbot in the same batch: the unique index has decided.
            await using var db = reads.Open();
            return new(null, Conflict(db, accountId, chatbotId, number, inPlace) ?? ConnectionRefusal.NumberTaken);
        }

        string? Protect(string kind, string? secret) => secret is null ? null : secrets.Protect(accountId, kind, secret);

        static string Random(int bytes) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));
    }

    /// <summary>One live connection per chatbot, one chatbot per live number (wire facts 1.3).</summary>
    private static ConnectionRefusal? Conflict(AppDbContext db, Guid accountId, Guid chatbotId, NumberToConnect number, bool inPlace)
    {
        var live = Live(db, accountId, chatbotId);
        if (live is not null && !(inPlace && IsSame(live, number)))
        {
            return ConnectionRefusal.ChatbotTaken;
        }

        return db.Set<Connection>().Any(c => c.PhoneNumberId == number.PhoneNumberId && c.DisconnectedAt == null && c.ChatbotId != chatbotId) ? ConnectionRefusal.NumberTaken : null;
    }

    private static Connection? Live(AppDbContext db, Guid accountId, Guid chatbotId) =>
        db.Set<Connection>().FirstOrDefault(c => c.ChatbotId == chatbotId && c.AccountId == accountId && c.Channel == SeedConnections.WhatsApp && c.DisconnectedAt == null);

    /// <summary>The row of the same number at this chatbot, the last one that was in use.</summary>
    private static Connection? Earlier(AppDbContext db, Guid accountId, Guid chatbotId, NumberToConnect number) =>
        db.Set<Connection>().Where(c => c.ChatbotId == chatbotId && c.AccountId == accountId && c.Channel == SeedConnections.WhatsApp && c.DisconnectedAt != null)
            .OrderByDescending(c => c.DisconnectedAt).AsEnumerable().FirstOrDefault(c => IsSame(c, number));

    /// <summary>A moved number has a new phone number id and the same digits.</summary>
    private static bool IsSame(Connection connection, NumberToConnect number) =>
        connection.PhoneNumberId == number.PhoneNumberId
        || (SessionIds.PhoneDigits(connection.DisplayPhoneNumber) is { } digits && digits == SessionIds.PhoneDigits(number.DisplayPhoneNumber));

    private static Connection Add(AppDbContext db, Guid accountId, Guid chatbotId, NumberToConnect number, DateTimeOffset now)
    {
        var row = new Connection
        {
            Id = Guid.CreateVersion7(now),
            AccountId = accountId,
            ChatbotId = chatbotId,
            Channel = SeedConnections.WhatsApp,
            Provider = "",
            BaseUrl = "",
            WabaId = "",
            PhoneNumberId = number.PhoneNumberId,
            DisplayPhoneNumber = "",
            Enabled = false,
            PausedAt = now,
            CreatedAt = now,
        };
        db.Add(row);
        return row;
    }

    private static void Fill(AppDbContext db, Connection row, NumberToConnect number, Keys keys, DateTimeOffset now)
    {
        var left = SeedConnections.LeftMark(row.PhoneNumberId);
        if (row.PhoneNumberId != number.PhoneNumberId && !db.Set<Setting>().Any(s => s.Name == left))
        {
            db.Add(new Setting { Name = left, Value = [] });
        }

        if (row.DisconnectedAt is not null)
        {
            row.Enabled = false;
            row.PausedAt = now;
            row.PausedByPlan = false;
            row.Epoch++;
        }

        row.Provider = number.Provider.ToString();
        row.BaseUrl = number.BaseUrl!.ToString().TrimEnd('/');
        row.BaseUrlFromConfiguration = false;
        row.WabaId = number.WabaId;
        row.PhoneNumberId = number.PhoneNumberId;
        row.DisplayPhoneNumber = number.DisplayPhoneNumber;
        row.ApiKeyProtected = keys.Provider;
        row.ApiKeyLast4 = keys.ProviderLast4;
        row.PreviousWebhookSecretProtected = row.WebhookSecretProtected;
        row.PreviousWebhookSecretUntil = null;
        row.WebhookSecretProtected = keys.Secret;
        row.CallbackKey = keys.Callback;
        row.CallbackHeaderProtected = keys.Header;
        row.CallbackHeaderRequired = false;
        row.VerifyTokenProtected = keys.VerifyToken;
        row.WebhookSetAt = null;
        row.ConnectingSince = now;
        row.ConnectedAt = now;
        row.DisconnectedAt = null;
        row.BrokenReason = null;
        row.ProbeAt = null;
    }

    private sealed record Keys(string Provider, string? ProviderLast4, string? Secret, string Callback, string? Header, string? VerifyToken);
}
