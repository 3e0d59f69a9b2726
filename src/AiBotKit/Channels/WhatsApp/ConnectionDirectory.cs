using System.Collections.Concurrent;
using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Storage;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>Decrypts a stored provider key; null when it cannot be.</summary>
internal delegate string? ProviderKeyReader(Guid accountId, string protectedKey);

/// <summary>
/// What is needed to speak for a connection, decrypted once and kept until its epoch or its credentials change. A key that was replaced or
/// deleted is never used again: every send reads the stored form first and compares it.
/// </summary>
internal sealed class ConnectionDirectory(ReadDb reads, ProviderKeyReader reveal)
{
    private readonly ConcurrentDictionary<Guid, (string Stored, ProviderConnection Connection)> _known = new();

    /// <summary>Null when the connection is disconnected, unknown, or its key cannot be decrypted.</summary>
    public ProviderConnection? Find(Guid connectionId)
    {
        using var db = reads.Open();
        var row = db.Set<Connection>().FirstOrDefault(c => c.Id == connectionId);
        if (row is not { ApiKeyProtected: { Length: > 0 } stored, DisconnectedAt: null })
        {
            _known.TryRemove(connectionId, out _);
            return null;
        }

        var form = $"{row.Provider}|{row.BaseUrl}|{row.PhoneNumberId}|{stored}";
        if (_known.TryGetValue(connectionId, out var known) && known.Stored == form)
        {
            return known.Connection;
        }

        if (reveal(row.AccountId, stored) is not { } key)
        {
            return null;
        }

        var provider = Enum.Parse<ProviderKind>(row.Provider);
        var connection = new ProviderConnection(row.Id, provider, Versioned(new Uri(row.BaseUrl), provider), row.PhoneNumberId, row.WabaId, new ApiKey(key))
        {
            BaseUrlFromConfiguration = row.BaseUrlFromConfiguration,
        };
        _known[connectionId] = (form, connection);
        return connection;
    }

    /// <summary>An address without a version means the provider's present one (Pinnacle: wire facts 1.1).</summary>
    private static Uri Versioned(Uri address, ProviderKind provider) =>
        address.AbsolutePath == "/" && provider == ProviderKind.Pinnacle ? new Uri(address, "v3") : address;
}
