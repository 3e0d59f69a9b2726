using AiBotKit.Accounts;
using AiBotKit.Chatbots;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Hosting;
using AiBotKit.Hosting.Secrets;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>
/// Creates configured connections that are not there. What was paused or disconnected stays so over restarts;
/// <c>Reseed</c> overwrites a connection once per configuration.
/// </summary>
internal sealed class SeedConnections(WhatsAppSettings settings, FirstAccount account, SecretProtector secrets, ReadDb reads, IDataWriter writer, TimeProvider time) : IHostedService
{
    public const string WhatsApp = "whatsapp";

    /// <summary>Name of the mark that a number was moved on from this id: configuration that still has it must not bring it back.</summary>
    public static string LeftMark(string phoneNumberId) => $"left.connection.{phoneNumberId}";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await RefuseForeignMasterKeyAsync(cancellationToken);
        var now = time.GetUtcNow();
        foreach (var wanted in settings.Connections)
        {
            var key = wanted.ApiKey is null ? null : secrets.Protect(account.Id, SecretProtector.ProviderKey, wanted.ApiKey);
            await writer.SaveAsync(db => { Seed(db, wanted, key, account.Id, now); });
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Seed(AppDbContext db, ConfiguredConnection wanted, string? protectedKey, Guid accountId, DateTimeOffset now)
    {
        // Whatever the owner calls it by now; a deleted one gets its number back from nobody.
        if (db.Set<Chatbot>().FirstOrDefault(c => c.AccountId == accountId && (c.ConfiguredName ?? c.Name) == wanted.Chatbot) is not { } chatbot)
        {
            return;
        }

        var connection = db.Set<Connection>().Where(c => c.AccountId == accountId && c.PhoneNumberId == wanted.PhoneNumberId).OrderBy(c => c.DisconnectedAt != null).ThenByDescending(c => c.CreatedAt).FirstOrDefault();
        var isNew = connection is null;
        if (connection is null)
        {
            // The chatbot already has a live connection, or the number went on under another id: the database rules.
            if ((!wanted.Reseed && db.Set<Setting>().Any(s => s.Name == LeftMark(wanted.PhoneNumberId))) || db.Set<Connection>().Any(c => c.ChatbotId == chatbot.Id && c.Channel == WhatsApp && c.DisconnectedAt == null))
            {
                return;
            }

            connection = new Connection
            {
                Id = Guid.CreateVersion7(now),
                AccountId = accountId,
                ChatbotId = chatbot.Id,
                Channel = WhatsApp,
                Provider = wanted.Provider.ToString(),
                BaseUrl = "",
                WabaId = "",
                PhoneNumberId = wanted.PhoneNumberId,
                DisplayPhoneNumber = "",
                CreatedAt = now,
            };
            db.Add(connection);
        }

        if (!SeedMark.MustWrite(db, $"seed.connection.{wanted.PhoneNumberId}", isNew, wanted.Reseed, wanted.ToString()))
        {
            return;
        }

        // A new key or address keeps the queue (F21); an act against it, or another chatbot, ends what was decided before.
        if (!isNew && (connection.ChatbotId != chatbot.Id || connection.DisconnectedAt is not null || ((connection.Enabled ?? true) && wanted.Enabled is false)))
        {
            connection.Epoch++;
        }

        Record(db, connection, isNew, wanted, now);
        connection.ChatbotId = chatbot.Id;
        connection.Provider = wanted.Provider.ToString();
        connection.BaseUrl = wanted.BaseUrl.ToString().TrimEnd('/');
        connection.BaseUrlFromConfiguration = wanted.BaseUrlFromConfiguration;
        connection.WabaId = wanted.WabaId;
        connection.DisplayPhoneNumber = wanted.DisplayPhoneNumber;
        connection.ApiKeyProtected = protectedKey;
        connection.ApiKeyLast4 = SecretProtector.EndOf(wanted.ApiKey);
        connection.Enabled = wanted.Enabled;
        connection.ConnectedAt = now;
        connection.DisconnectedAt = null;
        connection.BrokenReason = null;
        connection.ProbeAt = null;
        connection.MessagesPerSecond = wanted.MessagesPerSecond;
        connection.PairBurst = wanted.PairBurst;
        connection.PairRefillSeconds = wanted.PairRefillSeconds;
        connection.MaxInFlightSends = wanted.MaxInFlightSends;
    }

    private void Record(AppDbContext db, Connection before, bool isNew, ConfiguredConnection wanted, DateTimeOffset now)
    {
        void Append(string act) => AuditTrail.Append(db, new AuditNote(before.AccountId, Actor.System, act, "connection", before.Id.ToString(), wanted.DisplayPhoneNumber), now);

        Append(isNew ? AuditActs.Seeded : AuditActs.Reseeded);
        var key = before.ApiKeyProtected is { } stored ? secrets.Reveal(before.AccountId, SecretProtector.ProviderKey, stored) : null;
        if (!isNew && key != wanted.ApiKey)
        {
            Append(AuditActs.ProviderKeyChanged);
        }

        if (!isNew && (before.Enabled ?? true) && wanted.Enabled is false)
        {
            Append(AuditActs.ConnectionDisabled);
        }
    }

    /// <summary>Stored keys that this master key cannot read would look like a broken provider much later: say it now.</summary>
    private async Task RefuseForeignMasterKeyAsync(CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var stored = await db.Set<Connection>().Where(c => c.ApiKeyProtected != null).Select(c => new { c.AccountId, c.ApiKeyProtected, c.PhoneNumberId }).FirstOrDefaultAsync(cancellationToken);
        if (stored is not null && secrets.Reveal(stored.AccountId, SecretProtector.ProviderKey, stored.ApiKeyProtected!) is null)
        {
            throw new StartupException("Secrets:MasterKey (or Secrets:MasterKeyFile, or keys/master.key in Data:Path) is not the key that the stored provider keys were encrypted with. Nothing was changed. Give the right key.");
        }
    }
}
