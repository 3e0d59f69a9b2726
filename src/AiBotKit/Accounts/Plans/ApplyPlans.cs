using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts.Plans;

/// <summary>Before the server listens, and after the seeds: what the hot path reads of each account's plan is as the configuration has it now.</summary>
internal sealed class ApplyPlans(PlanCatalogue plans, ReadDb reads, PlanChanges changes, TimeProvider time) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        List<Account> accounts;
        await using (var db = reads.Open())
        {
            accounts = await db.Set<Account>().ToListAsync(cancellationToken);
        }

        foreach (var account in accounts)
        {
            var plan = plans.Of(account).Plan;
            var (messages, storage) = (PlanRules.Units(plan, account.ExtraMessageUnits), PlanRules.Units(plan, account.ExtraStorageUnits));
            await changes.RunAsync(new PlanChange(account.Id, account.Plan, messages, storage, PlanRules.AiMessages(plan, messages), plan.Allows(PlanFeature.Channels), null), time.GetUtcNow());
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
