using AiBotKit.Accounts;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace AiBotKit.Channels.WhatsApp.Onboarding;

/// <summary>
/// Where a provider reaches us. One on this machine (the simulator) by the address we listen on; any other by <c>PublicUrl</c>, and that has to be https for all
/// but the simulator and what the operator has configured on this machine: no real provider delivers to anything else.
/// </summary>
internal sealed class CallbackAddress(AccountsOptions accounts, WhatsAppOptions options, IServer server)
{
    /// <param name="provider">The provider's base address.</param>
    /// <param name="key">Of the connection; null for the bare address.</param>
    /// <returns>Null when the provider cannot reach us.</returns>
    public Uri? For(Uri provider, string? key)
    {
        var origin = provider.IsLoopback && options.IsConfigured(provider) ? Listening() ?? accounts.PublicUrl : accounts.PublicUrl;
        var mayBePlain = options.IsSimulator(provider) || (provider.IsLoopback && options.IsConfigured(provider));
        if (origin is null || (origin.Scheme != Uri.UriSchemeHttps && !mayBePlain))
        {
            return null;
        }

        var path = origin.AbsoluteUri.TrimEnd('/') + WhatsAppEndpoints.Path;
        return new Uri(key is null ? path : $"{path}?{CallbackSecrets.KeyName}={key}");
    }

    private Uri? Listening()
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.OrderBy(one => one.StartsWith("https:", StringComparison.OrdinalIgnoreCase)).FirstOrDefault();
        foreach (var everywhere in new[] { "[::]", "0.0.0.0", "//+", "//*" })
        {
            address = address?.Replace(everywhere, everywhere[0] == '/' ? "//localhost" : "localhost", StringComparison.Ordinal);
        }

        return Uri.TryCreate(address, UriKind.Absolute, out var uri) ? uri : null;
    }
}
