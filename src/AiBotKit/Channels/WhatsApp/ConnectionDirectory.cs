using System.Collections.Concurrent;
using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Durability;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>Decrypts a stored provider key; null when it cannot be.</summary>
internal delegate string? ProviderKeyReader(Guid accountId, string protectedKey);

/// <summary>
/// What is needed to speak for a connection, decrypted once and kept until anything of it changes. A key that was replaced or deleted is
/// never used again: every send reads the stored form first, one prepared statement, and compares it (F21).
/// </summary>
internal sealed class ConnectionDirectory(IMessageStore store, ProviderKeyReader reveal, WhatsAppOptions options)
{
    private readonly ConcurrentDictionary<Guid, (ConnectionAccess Stored, ProviderConnection Connection)> _known = new();

    /// <summary>Null when the connection is disconnected, unknown, or its key cannot be decrypted.</summary>
    public ProviderConnection? Find(Guid connectionId)
    {
        if (store.ReadAccess(connectionId) is not { } stored)
        {
            _known.TryRemove(connectionId, out _);
            return null;
        }

        if (_known.TryGetValue(connectionId, out var known) && known.Stored == stored)
        {
            return known.Connection;
        }

        if (reveal(stored.AccountId, stored.ApiKeyProtected) is not { } key)
        {
            return null;
        }

        var address = new Uri(stored.BaseUrl);
        var connection = new ProviderConnection(connectionId, Enum.Parse<ProviderKind>(stored.Provider), address, stored.PhoneNumberId, stored.WabaId, new ApiKey(key))
        {
            BaseUrlFromConfiguration = stored.BaseUrlFromConfiguration || options.IsConfigured(address),
        };
        _known[connectionId] = (stored, connection);
        return connection;
    }
}
