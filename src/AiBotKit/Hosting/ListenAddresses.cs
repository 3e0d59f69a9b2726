using AiBotKit.Hosting.Configuration;

namespace AiBotKit.Hosting;

/// <summary>Setting <c>Urls</c>: where this server listens. Without it, and without any of the framework's own ways to say it, port 5080 of this machine.</summary>
internal static class ListenAddresses
{
    public const string Default = "http://localhost:5080";

    private static readonly string[] OtherWays = ["HTTP_PORTS", "HTTPS_PORTS", "Kestrel:Endpoints"];

    /// <summary>The default when nothing is said; null when something is.</summary>
    public static string? Read(SettingsReader settings)
    {
        if (settings.Text("Urls") is not { } urls)
        {
            return OtherWays.Any(settings.IsSet) ? null : Default;
        }

        if (!urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).All(IsAddress))
        {
            settings.Refuse("Urls", $"http:// or https:// addresses without a path, separated by semicolons, such as {Default}");
        }

        return null;
    }

    private static bool IsAddress(string text)
    {
        try
        {
            var address = BindingAddress.Parse(text);
            return address is { Scheme: "http" or "https", PathBase.Length: 0, Host.Length: > 0, Port: >= 0 and <= 65535 };
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
