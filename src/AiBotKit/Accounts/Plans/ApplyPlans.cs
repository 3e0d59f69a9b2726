using AiBotKit.Storage;

namespace AiBotKit.Accounts.Plans;

/// <summary>Before the server listens: what the hot path reads of a plan is as the configuration has it now.</summary>
internal sealed class ApplyPlans(PlanCatalogue plans, IDataWriter writer) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => writer.SaveAsync(db =>
    {
        foreach (var account in db.Set<Account>())
        {
            account.MonthlyAiMessages = plans.Of(account).AiMessages;
        }
    });

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
