using System.Net;
using AiBotKit.Hosting.Configuration;

namespace AiBotKit.Hosting;

/// <summary>How this server stands in the network.</summary>
internal sealed class HttpOptions
{
    /// <summary>Only their forwarded headers are believed (S-H6).</summary>
    public IReadOnlyList<IPAddress> KnownProxies { get; init; } = [];

    /// <summary>People who are not on this machine may sign in over plain http: the network is trusted.</summary>
    public bool AllowInsecure { get; init; }

    public static HttpOptions Read(SettingsReader settings)
    {
        var proxies = new List<IPAddress>();
        var single = settings.Text("Http:KnownProxies");
        var texts = settings.Items("Http:KnownProxies").Select(at => settings.Text(at) ?? "").Concat(single?.Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries) ?? []);
        foreach (var text in texts)
        {
            if (IPAddress.TryParse(text, out var proxy))
            {
                proxies.Add(proxy);
            }
            else
            {
                settings.Refuse("Http:KnownProxies", "a list of IP addresses");
            }
        }

        var options = new HttpOptions { KnownProxies = proxies, AllowInsecure = settings.Flag("Http:AllowInsecure", false) };
        settings.RefuseUnknown("Http");
        return options;
    }
}
