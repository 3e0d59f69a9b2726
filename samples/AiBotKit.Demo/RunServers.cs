namespace AiBotKit.Demo;

/// <summary><c>./run</c>: both servers until Ctrl-C, with the data of this installation.</summary>
internal static class RunServers
{
    public static async Task<int> RunAsync(RunOptions options, CancellationToken cancellationToken)
    {
        var root = RepositoryRoot.Find();
        var folder = Path.Combine(root, "data");
        Ports.DemandFree(options.Port);
        Ports.DemandFree(options.Port + 1);
        if (options.Reset && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        var keys = await Installation.LoadAsync(folder, cancellationToken);
        await keys.SaveAsync(folder, cancellationToken);
        using var http = new HttpClient(new SocketsHttpHandler(), disposeHandler: true);
        await using var servers = await Servers.StartAsync(root, folder, keys, options.Port, options.Port + 1, http, cancellationToken);
        await (keys with { SimulatorPort = options.Port + 1 }).SaveAsync(folder, cancellationToken);

        var signIn = await servers.SetupLinkAsync(cancellationToken) is { } link
            ? $"make the owner's account once, within an hour: {link}"
            : "with the account that was made at the first start (./run --reset begins anew)";
        Console.WriteLine($"""

            Dashboard  {Settings.Url(options.Port)}
            Phone      {Settings.Url(options.Port + 1)}/phone
            Sign in    {signIn}
            Data       {folder}

            Ctrl-C stops both.
            """);
        try
        {
            await servers.ExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
        }

        if (cancellationToken.IsCancellationRequested)
        {
            Console.WriteLine("Stopping.");
            return 0;
        }

        throw new LaunchException($"A server stopped by itself; see the logs in {folder}.");
    }
}
