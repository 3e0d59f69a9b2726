using System.Net.Http.Headers;
using AiBotKit.Durability.Backups;
using AiBotKit.Hosting;
using AiBotKit.Hosting.Outbound;

namespace AiBotKit.Operations;

/// <summary>The verbs of the command line: <c>backup</c> and <c>plan</c> ask the running server, <c>restore</c> works on a folder that no server uses.</summary>
internal static class Commands
{
    public const string Usage =
        """
        dotnet AiBotKit.dll [--Setting=value ...]                                starts the server
        dotnet AiBotKit.dll backup --url <address> [--key <key>] [--to <file>]   a backup by the running server; the key may also be in Api__Key
        dotnet AiBotKit.dll plan --url <address> [--key <key>]                   all accounts with their plans; with --account <id or name> [--set <plan>]
                                 [--extra-messages <n>] [--extra-storage <n>]    one of them, or its new plan and units of add-ons
        dotnet AiBotKit.dll restore --from <file> --to <data folder>             puts a backup into an empty folder, in quarantine
        """;

    /// <summary>Runs the verb of <paramref name="args"/>; null when there is none and the server is to start.</summary>
    /// <exception cref="StartupException">It cannot be done, and why.</exception>
    public static async Task<int?> RunAsync(string[] args)
    {
        if (args is not [var verb, .. var rest] || verb.StartsWith('-') || verb.StartsWith('/') || verb.Contains('=', StringComparison.Ordinal))
        {
            return null;
        }

        var options = new ConfigurationBuilder().AddCommandLine(rest).Build();
        switch (verb)
        {
            case "backup":
                await BackUpAsync(Address(Wanted(options, "url")), Key(options), options["to"]);
                return 0;
            case "plan":
                await PlanCommand.RunAsync(Client("plan", Address(Wanted(options, "url")), Key(options)), options);
                return 0;
            case "restore":
                var (from, to) = (Wanted(options, "from"), Wanted(options, "to"));
                await RestoreBackup.RunAsync(from, to, TimeProvider.System);
                await Console.Out.WriteLineAsync($"Restored into '{to}', in quarantine. Put the 'keys' folder of the original beside it (and its master key), start the server, and release it on the dashboard when the original can send nothing any more.");
                return 0;
            default:
                throw new StartupException($"There is no command '{verb}'.{Environment.NewLine}{Usage}");
        }
    }

    private static async Task BackUpAsync(Uri server, string key, string? to)
    {
        if (to is not null && File.Exists(to))
        {
            throw new StartupException($"'{to}' exists already; it is not overwritten.");
        }

        using var http = Client("backup", server, key);
        try
        {
            using var made = await http.PostAsync("api/backups", null);
            if (!made.IsSuccessStatusCode || await made.Content.ReadFromJsonAsync<BackupItem>() is not { } backup)
            {
                throw new StartupException($"The server answered {(int)made.StatusCode}: no backup was made.");
            }

            if (to is not null)
            {
                await DownloadAsync(http, backup.Name, to);
            }

            await Console.Out.WriteLineAsync(to is null ? $"backups/{backup.Name} in the server's data folder, {backup.Bytes} bytes" : $"{to}, {backup.Bytes} bytes");
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new StartupException($"The backup failed: {error.Message}", error);
        }
    }

    private static async Task DownloadAsync(HttpClient http, string name, string to)
    {
        var beside = to + ".unfinished";
        await using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.WriteThrough))
        await using (var content = await http.GetStreamAsync($"api/backups/{name}"))
        {
            await content.CopyToAsync(file);
        }

        File.Move(beside, to);
    }

    private static HttpClient Client(string purpose, Uri server, string key)
    {
        // The operator typed the address on this command line, loopback included.
        var http = new OutboundDoor().CreateClient(new OutboundPolicy { Purpose = purpose, Configured = new HashSet<OutboundEndpoint> { OutboundEndpoint.Of(server) } });
        http.BaseAddress = server;
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
    }

    private static string Key(IConfiguration options) => options["key"] ?? Environment.GetEnvironmentVariable("Api__Key") ?? Wanted(options, "key");

    private static string Wanted(IConfiguration options, string name) => options[name] ?? throw new StartupException($"--{name} is missing.{Environment.NewLine}{Usage}");

    private static Uri Address(string url) =>
        Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : throw new StartupException($"--url '{url}' is no http:// or https:// address.");
}
