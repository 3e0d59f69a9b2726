using AiBotKit.Channels.WhatsApp.Onboarding;
using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Channels.WhatsApp.Templates;

/// <summary>
/// Asks the provider for the templates of a connection and makes the stored ones the same. Only a list that was read to its end replaces what is
/// stored; a failure says why and leaves it.
/// </summary>
internal sealed class SyncTemplates(ReadDb reads, IDataWriter writer, ConnectionDirectory directory, ProviderSet providers, TimeProvider time)
{
    /// <summary>More than that no person chooses from; the provider's own limit is higher.</summary>
    private const int Most = 2000;

    private static readonly TimeSpan Every = TimeSpan.FromHours(6);
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(15);

    /// <returns>Whether the account has the connection, and why its list could not be read.</returns>
    public async Task<(bool Found, ConnectionRefusal? Refusal)> RunAsync(Guid accountId, Guid connectionId, CancellationToken cancellationToken)
    {
        await using (var db = reads.Open())
        {
            if (!await db.Set<Connection>().AnyAsync(c => c.Id == connectionId && c.AccountId == accountId, cancellationToken))
            {
                return (false, null);
            }
        }

        if (directory.Find(connectionId) is not { } connection)
        {
            return (true, ConnectionRefusal.NotConnected);
        }

        var (templates, failure) = await ReadAllAsync(connection, cancellationToken);
        var now = time.GetUtcNow();
        var problem = failure is null ? null : $"The provider did not give its list of templates. {failure.Reason}";
        await writer.SaveAsync(db =>
        {
            // It may have been disconnected, or erased with its chatbot, meanwhile.
            if (!db.Set<Connection>().Any(c => c.Id == connectionId && c.AccountId == accountId && c.DisconnectedAt == null))
            {
                return;
            }

            Note(db, accountId, connectionId, problem, now);
            if (problem is null)
            {
                Replace(db, accountId, connectionId, templates, now);
            }
        });
        return (true, problem is null ? null : new ConnectionRefusal(StatusCodes.Status502BadGateway, "templates_not_read", problem));
    }

    private async Task<(IReadOnlyList<ProviderTemplate> Templates, ProviderFailure? Failure)> ReadAllAsync(ProviderConnection connection, CancellationToken cancellationToken)
    {
        var found = new Dictionary<(string, string), ProviderTemplate>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        string? after = null;
        do
        {
            var page = await providers.For(connection).GetTemplatesAsync(connection, after, cancellationToken);
            if (page.Failure is { } failure)
            {
                return ([], failure);
            }

            foreach (var template in page.Value!.Templates)
            {
                found[(template.Name, template.Language)] = template;
            }

            // A provider that gives the same page for ever is left alone after one round.
            after = page.Value.After is { } cursor && page.Value.Templates.Count > 0 && seen.Add(cursor) ? cursor : null;
        }
        while (after is not null && found.Count < Most);
        return ([.. found.Values.Take(Most)], null);
    }

    private static void Note(AppDbContext db, Guid accountId, Guid connectionId, string? problem, DateTimeOffset now)
    {
        var sync = db.Set<TemplateSync>().AsTracking().FirstOrDefault(s => s.ConnectionId == connectionId && s.AccountId == accountId);
        if (sync is null)
        {
            sync = new TemplateSync { ConnectionId = connectionId, AccountId = accountId, DueAt = now };
            db.Add(sync);
        }

        sync.SyncedAt = problem is null ? now : sync.SyncedAt;
        sync.DueAt = now + (problem is null ? Every : Again);
        sync.Problem = problem;
    }

    private static void Replace(AppDbContext db, Guid accountId, Guid connectionId, IReadOnlyList<ProviderTemplate> templates, DateTimeOffset now)
    {
        var stored = db.Set<MessageTemplate>().AsTracking().Where(t => t.ConnectionId == connectionId && t.AccountId == accountId).ToDictionary(t => (t.Name, t.Language));
        foreach (var template in templates)
        {
            if (!stored.Remove((template.Name, template.Language), out var row))
            {
                row = new MessageTemplate
                {
                    Id = Guid.CreateVersion7(now),
                    AccountId = accountId,
                    ConnectionId = connectionId,
                    Name = template.Name,
                    Language = template.Language,
                    Category = "",
                    Status = "",
                    StatusAt = now,
                    Components = "[]",
                };
                db.Add(row);
            }

            (row.Category, row.Status, row.StatusReason, row.StatusAt, row.Components) = (template.Category, template.Status, template.Reason, now, template.Components);
        }

        db.RemoveRange(stored.Values);
    }
}
