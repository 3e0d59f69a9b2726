using Microsoft.AspNetCore.Hosting;

namespace AiBotKit.Tests.Fakes;

internal static class AnyPort
{
    /// <summary>
    /// Any free port of this machine. By the setting and not by <c>UseKestrel(0)</c>: that one changes the addresses after the
    /// host was built, while the program already starts it on a thread of its own, and throws when it comes second.
    /// </summary>
    public static void OnAnyPort(this IWebHostBuilder builder) => builder.UseSetting(WebHostDefaults.ServerUrlsKey, "http://127.0.0.1:0");
}
