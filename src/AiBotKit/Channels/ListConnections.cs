using AiBotKit.Hosting.Paging;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Channels;

/// <summary>The connections of an account, the latest first; those that were disconnected are among them.</summary>
internal sealed class ListConnections(ReadDb reads)
{
    public async Task<Page<ConnectionItem>> RunAsync(Guid accountId, PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var rows = await db.Set<Connection>().Where(c => c.AccountId == accountId).Paged(page, c => c.CreatedAt, c => c.Id).ToListAsync(cancellationToken);
        return page.Cut(rows, c => c.CreatedAt).Select(ConnectionItem.Of);
    }

    /// <summary>One connection; null when the account has none of that id.</summary>
    public async Task<ConnectionItem?> FindAsync(Guid accountId, Guid id, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return await db.Set<Connection>().FirstOrDefaultAsync(c => c.AccountId == accountId && c.Id == id, cancellationToken) is { } connection ? ConnectionItem.Of(connection) : null;
    }
}

/// <summary>One connection as the REST API shows it; never a secret.</summary>
/// <param name="KeyLast4">The end of the provider key, to tell keys apart; null without one.</param>
internal sealed record ConnectionItem(Guid Id, Guid ChatbotId, string Provider, string WabaId, string PhoneNumberId, string DisplayPhoneNumber, string State, bool Enabled, string? KeyLast4)
{
    public static ConnectionItem Of(Connection c) =>
        new(c.Id, c.ChatbotId, c.Provider, c.WabaId, c.PhoneNumberId, c.DisplayPhoneNumber, ConnectionStates.Of(c).Name, c.Enabled ?? true, c.ApiKeyLast4);
}
