using AiBotKit.Storage;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts;

/// <summary>Before the server listens: the first account exists. Once it listens: the set-up link is printed while there is no person.</summary>
internal sealed partial class SeedAccount(FirstAccount account, SetupLink link, ReadDb reads, IDataWriter writer, TimeProvider time, AccountsOptions options, IServer server, ILogger<SeedAccount> logger)
    : IHostedLifecycleService
{
    public Task StartAsync(CancellationToken cancellationToken) => account.EnsureAsync(reads, writer, time, cancellationToken);

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        if (await db.Set<Person>().AnyAsync(cancellationToken))
        {
            return;
        }

        var address = options.PublicUrl?.ToString() ?? server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost";
        address = address.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal);
        var token = await link.IssueAsync();
        LogSetupLink($"{address.TrimEnd('/')}/setup?token={token}");
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody can sign in yet. Make the owner's account within an hour, once, at {Link}")]
    private partial void LogSetupLink(string link);
}
