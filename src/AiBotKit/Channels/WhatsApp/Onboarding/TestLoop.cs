using System.Security.Cryptography;
using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Channels.WhatsApp.Onboarding;

/// <summary>What is known of the way from the provider to us.</summary>
internal enum LoopState
{
    /// <summary>A test event was asked for and is not back yet.</summary>
    Asked,

    /// <summary>We received our own test event, rightly signed.</summary>
    Proved,

    /// <summary>The provider sends no test events; a genuine callback has come since the address was registered.</summary>
    SeenByTraffic,

    /// <summary>The provider sends no test events, and nothing has come yet: the first message will tell.</summary>
    Unknown,

    /// <summary>The provider could not be asked.</summary>
    Failed,
}

/// <summary>
/// Asks the provider for a signed test event with a token that only we know, and reads whether it came back. The simulator sends one; the real Pinnacle and Meta have no
/// such call, so there the first genuine callback is the proof, and that is what people are told.
/// </summary>
internal sealed class TestLoop(ReadDb reads, IDataWriter writer, ConnectionDirectory directory, ProviderSet providers, TimeProvider time)
{
    public async Task<LoopState> AskAsync(Guid accountId, Guid connectionId, CancellationToken cancellationToken)
    {
        if (directory.Find(connectionId) is not { } connection)
        {
            return LoopState.Failed;
        }

        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var now = time.GetUtcNow();
        await SetAsync(accountId, connectionId, row => (row.TestTokenHash, row.TestAskedAt) = (TestEvent.Hash(token), now));
        var answer = await providers.For(connection).AskTestEventAsync(connection, token, cancellationToken);
        if (answer is not { Succeeded: true, Value: true })
        {
            await SetAsync(accountId, connectionId, row => (row.TestTokenHash, row.TestAskedAt) = (null, null));
        }

        return answer.Failure is not null ? LoopState.Failed : await ReadAsync(accountId, connectionId, cancellationToken);
    }

    public async Task<LoopState> ReadAsync(Guid accountId, Guid connectionId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return await db.Set<Connection>().FirstOrDefaultAsync(c => c.Id == connectionId && c.AccountId == accountId, cancellationToken) is { } row ? StateOf(row) : LoopState.Failed;
    }

    /// <summary>Pure: what the row says. A test event counts when it came after the address was last registered.</summary>
    public static LoopState StateOf(Connection row) => row switch
    {
        { TestArrivedAt: { } arrived } when arrived >= (row.TestAskedAt ?? arrived) && arrived >= (row.WebhookSetAt ?? arrived) => LoopState.Proved,
        { TestAskedAt: not null } => LoopState.Asked,
        { LastWebhookAt: { } last } when last >= (row.WebhookSetAt ?? last) => LoopState.SeenByTraffic,
        _ => LoopState.Unknown,
    };

    private Task SetAsync(Guid accountId, Guid connectionId, Action<Connection> change) => writer.SaveAsync(db =>
    {
        if (db.Set<Connection>().FirstOrDefault(c => c.Id == connectionId && c.AccountId == accountId && c.DisconnectedAt == null) is { } row)
        {
            change(row);
        }
    });
}
