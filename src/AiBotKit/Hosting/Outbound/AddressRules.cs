using System.Net;
using System.Net.Sockets;

namespace AiBotKit.Hosting.Outbound;

/// <summary>
/// Which addresses the server may call on somebody else's word. Source: the IANA IPv4 and IPv6 special-purpose registries,
/// refused whole (also the few globally reachable rows), multicast, and the cloud metadata addresses outside them.
/// </summary>
internal static class AddressRules
{
    private static readonly IPNetwork[] Refused4 =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",

            // Azure's wire server lies in public space; the other clouds' metadata addresses are inside the ranges above.
            "168.63.129.16/32",
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>Global unicast is 2000::/3 only; everything else (loopback, mapped, NAT64, ULA, link-local, multicast) is refused by that alone.</summary>
    private static readonly IPNetwork GlobalUnicast6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] Refused6 =
    [
        // 2001::/23 holds Teredo, benchmarking and ORCHID; 2002::/16 is 6to4, which hides an IPv4 address.
        .. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20" }.Select(IPNetwork.Parse),
    ];

    public static bool IsPublic(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !Array.Exists(Refused4, network => network.Contains(address)),
        AddressFamily.InterNetworkV6 => address.ScopeId == 0 && !address.IsIPv4MappedToIPv6
            && GlobalUnicast6.Contains(address) && !Array.Exists(Refused6, network => network.Contains(address)),
        _ => false,
    };
}
