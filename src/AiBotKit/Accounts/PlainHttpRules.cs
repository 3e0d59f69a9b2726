using System.Net;

namespace AiBotKit.Accounts;

/// <summary>
/// Whether somebody may sign in over this connection (S-H1): encrypted, or not leaving the machine, or <c>Http:AllowInsecure</c> says that
/// the network is trusted. A proxy on this machine is a caller from it as well: what it passes on came over the network, and shows by the name
/// in the address bar or by what it adds. Pure.
/// </summary>
internal static class PlainHttpRules
{
    /// <summary>What a proxy adds; a listed one's are read and taken out before.</summary>
    private static readonly string[] Forwarding = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"];

    /// <param name="host">The name or address in the browser's address bar.</param>
    /// <param name="from">Address of the caller.</param>
    /// <param name="isForwarded">As <see cref="IsForwarded"/> says.</param>
    public static bool MaySignIn(bool isHttps, string host, IPAddress? from, bool isForwarded, bool allowInsecure) =>
        isHttps || allowInsecure || (!isForwarded && IsThisMachine(host) && from is not null && IPAddress.IsLoopback(from));

    /// <summary>A proxy that is not listed passed the request on.</summary>
    public static bool IsForwarded(IHeaderDictionary headers) => Forwarding.Any(headers.ContainsKey);

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
