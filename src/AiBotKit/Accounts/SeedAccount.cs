using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts;

/// <summary>Before the server listens: the first account exists. Once it listens: the set-up link is printed while there is no person.</summary>
internal sealed partial class SeedAccount(FirstAccount account, SetupLink link, ReadDb reads, IDataWriter writer, TimeProvider time, PublicAddress address, ILogger<SeedAccount> logger)
    : IHostedLifecycleService
{
    public Task StartAsync(CancellationToken cancellationToken) => account.EnsureAsync(reads, writer, time, cancellationToken);

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        if (await db.Set<Person>().AnyAsync(p => p.AccountId == account.Id, cancellationToken))
        {
            return;
        }

        LogSetupLink(address.Of($"/setup?token={await link.IssueAsync()}"));
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody can sign in yet. Make the owner's account within an hour, once, at {Link}")]
    private partial void LogSetupLink(string link);
}
