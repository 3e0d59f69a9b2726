namespace AiBotKit.Channels.WhatsApp.Providers;

/// <summary>Chooses the provider of a connection.</summary>
internal sealed class ProviderSet(IEnumerable<IWhatsAppProvider> providers)
{
    private readonly Dictionary<ProviderKind, IWhatsAppProvider> byKind = providers.ToDictionary(provider => provider.Kind);

    public IWhatsAppProvider For(ProviderConnection connection) => byKind[connection.Provider];
}
