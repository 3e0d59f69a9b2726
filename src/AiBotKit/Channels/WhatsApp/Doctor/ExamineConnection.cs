using AiBotKit.Channels.WhatsApp.Onboarding;
using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Channels.WhatsApp.Doctor;

/// <summary>What the doctor says of one connection.</summary>
internal sealed record Examination(ConnectionItem Connection, IReadOnlyList<DoctorCheck> Checks)
{
    /// <summary>Checks that found nothing wrong.</summary>
    public int Passing => Checks.Count(check => check.Result is CheckResult.Good or CheckResult.Idle);
}

/// <summary>Looks at a connection and asks its provider: key, number, registered callback, quality. With a test, also for a test event, and waits a moment for it.</summary>
internal sealed class ExamineConnection(ReadDb reads, ConnectionDirectory directory, ProviderSet providers, CallbackAddress address, TestLoop loop, RefusedCallbacks refused, WhatsAppOptions options, TimeProvider time)
{
    private static readonly TimeSpan TestPatience = TimeSpan.FromSeconds(5);

    /// <returns>Null when the account has no live connection of that id.</returns>
    public async Task<Examination?> RunAsync(Guid accountId, Guid connectionId, bool withTest, CancellationToken cancellationToken)
    {
        if (await RowAsync(accountId, connectionId, cancellationToken) is not { } row)
        {
            return null;
        }

        var asked = withTest ? await loop.AskAsync(accountId, connectionId, cancellationToken) : (LoopState?)null;
        if (asked == LoopState.Asked)
        {
            await WaitForTestAsync(accountId, connectionId, cancellationToken);
        }

        row = await RowAsync(accountId, connectionId, cancellationToken) ?? row;
        var facts = await FactsAsync(row, cancellationToken);

        // That it could not be asked now counts, whatever came back before.
        return new Examination(ConnectionItem.Of(row), DoctorRules.Checks(asked == LoopState.Failed ? facts with { Loop = LoopState.Failed } : facts, time.GetUtcNow()));
    }

    private async Task<DoctorFacts> FactsAsync(Connection row, CancellationToken cancellationToken)
    {
        var refusals = refused.Of(row.PhoneNumberId) ?? default;
        var facts = new DoctorFacts(
            row.Provider == nameof(ProviderKind.MetaCloud) ? "Meta" : row.Provider,
            IsReachable: true,
            KeyProblem: "No key is stored that could be used.",
            OwnsNumber: null,
            address.For(new Uri(row.BaseUrl), row.CallbackKey),
            Registered: null,
            SaysWebhook: false,
            TestLoop.StateOf(row),
            row.TestArrivedAt,
            row.WebhookSecretProtected is not null,
            options.CallbackSecret.Length > 0,
            row.CallbackHeaderRequired,
            row.LastWebhookAt,
            row.LastSendAt,
            row.BrokenReason,
            Quality: null,
            Throughput: null,
            row.MessagesPerSecond,
            Refused: refusals.Count,
            RefusedAt: refusals.Count > 0 ? refusals.LastAt : null);
        if (directory.Find(row.Id) is not { } connection)
        {
            return facts;
        }

        var provider = providers.For(connection);
        var details = await provider.GetUserDetailsAsync(connection, cancellationToken);
        if (details.Failure is { } failure)
        {
            return failure.Kind switch
            {
                RejectionKind.ConnectionBroken => facts with { KeyProblem = "" },
                RejectionKind.OwnerNeeded or RejectionKind.Final when WhatsAppErrors.OfConnection(failure.Reason) is var (cause, todo) => facts with { KeyProblem = null, AccountProblem = cause, AccountTodo = todo },
                _ => facts with { IsReachable = false, KeyProblem = null },
            };
        }

        var webhook = await provider.GetWebhookAsync(connection, cancellationToken);
        var number = await provider.GetNumberAsync(connection, cancellationToken);
        var subscribed = await provider.GetSubscribedAsync(connection, cancellationToken);
        return facts with
        {
            KeyProblem = null,
            OwnsNumber = details.Value!.Any(one => one.PhoneNumberId == row.PhoneNumberId),
            Registered = webhook.Value,
            SaysWebhook = webhook.Succeeded,
            Subscribed = subscribed.Value,
            Quality = number.Value?.Quality,
            Throughput = number.Value?.Throughput,
        };
    }

    private async Task WaitForTestAsync(Guid accountId, Guid connectionId, CancellationToken cancellationToken)
    {
        for (var start = time.GetTimestamp(); time.GetElapsedTime(start) < TestPatience && await loop.ReadAsync(accountId, connectionId, cancellationToken) == LoopState.Asked;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellationToken);
        }
    }

    private async Task<Connection?> RowAsync(Guid accountId, Guid connectionId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return await db.Set<Connection>().FirstOrDefaultAsync(c => c.Id == connectionId && c.AccountId == accountId && c.DisconnectedAt == null, cancellationToken);
    }
}
