using System.Text.RegularExpressions;

namespace AiBotKit.Demo;

/// <summary>The product and the simulator, both answering.</summary>
internal sealed partial class Servers : IAsyncDisposable
{
    private readonly ServerProcess product;
    private readonly ServerProcess simulator;
    private readonly TaskCompletionSource<string> setupLink;

    private Servers(ServerProcess product, ServerProcess simulator, TaskCompletionSource<string> setupLink)
    {
        (this.product, this.simulator, this.setupLink) = (product, simulator, setupLink);
    }

    /// <param name="root">Root of the repository.</param>
    /// <param name="folder">Where data, logs and the secrets of this installation are kept.</param>
    public static async Task<Servers> StartAsync(string root, string folder, Installation keys, int port, int simulatorPort, HttpClient http, CancellationToken cancellationToken)
    {
        var link = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var simulator = ServerProcess.Start("The simulator", Program(root, "AiBotKit.PinnacleSimulator"), Path.Combine(folder, "simulator.log"), Settings.Simulator(keys, simulatorPort, port));
        ServerProcess? product = null;
        try
        {
            product = ServerProcess.Start(
                "The product", Program(root, "AiBotKit"), Path.Combine(folder, "product.log"),
                Settings.Product(keys, Path.Combine(folder, "store"), Path.Combine(root, "samples", "knowledge"), port, simulatorPort),
                line => _ = SetupLink().Match(line) is { Success: true } found && link.TrySetResult(found.Value));
            await simulator.ReadyAsync(http, Settings.Url(simulatorPort) + "/healthz", cancellationToken);
            await product.ReadyAsync(http, Settings.Url(port) + "/readyz", cancellationToken);
            var started = new Servers(product, simulator, link);
            (simulator, product) = (null!, null);
            return started;
        }
        finally
        {
            if (simulator is not null)
            {
                await simulator.DisposeAsync();
            }

            if (product is not null)
            {
                await product.DisposeAsync();
            }
        }
    }

    /// <summary>The one-time link that the product prints while nobody can sign in; null when somebody can.</summary>
    public async Task<string?> SetupLinkAsync(CancellationToken cancellationToken)
    {
        var first = await Task.WhenAny(setupLink.Task, Task.Delay(TimeSpan.FromSeconds(2), cancellationToken));
        return first == setupLink.Task ? await setupLink.Task : null;
    }

    /// <summary>Ends when one of the two does.</summary>
    public Task ExitAsync(CancellationToken cancellationToken) => Task.WhenAny(product.ExitAsync(cancellationToken), simulator.ExitAsync(cancellationToken));

    public async ValueTask DisposeAsync()
    {
        await product.DisposeAsync();
        await simulator.DisposeAsync();
    }

    private static string Program(string root, string name) => Path.Combine(root, "src", name, "bin", "Release", "net10.0", name + ".dll");

    [GeneratedRegex(@"https?://\S+/setup\?token=\S+")]
    private static partial Regex SetupLink();
}
