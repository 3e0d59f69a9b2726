using System.Net;

namespace AiBotKit.Accounts;

/// <summary>
/// Whether somebody may sign in over this connection (S-H1): encrypted, or not leaving the machine, or <c>Http:AllowInsecure</c> says that
/// the network is trusted. Pure.
/// </summary>
internal static class PlainHttpRules
{
    /// <param name="host">The name or address in the browser's address bar.</param>
    /// <param name="from">Address of the caller.</param>
    public static bool MaySignIn(bool isHttps, string host, IPAddress? from, bool allowInsecure) =>
        isHttps || allowInsecure || IsThisMachine(host) || (from is not null && IPAddress.IsLoopback(from));

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
