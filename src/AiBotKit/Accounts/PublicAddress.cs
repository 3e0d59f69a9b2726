using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace AiBotKit.Accounts;

/// <summary>
/// Where links lead that people get by log or mail: <c>PublicUrl</c>, else the address this server listens on. Never what a request calls
/// itself: a forged Host header would send a reset link to a stranger.
/// </summary>
internal sealed class PublicAddress(AccountsOptions options, IServer server)
{
    /// <param name="path">With a leading slash.</param>
    public string Of(string path)
    {
        var address = options.PublicUrl?.ToString() ?? server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost";
        return address.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal).TrimEnd('/') + path;
    }
}
