using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts.Plans;

/// <summary>What became of a new plan.</summary>
/// <param name="Problem">Why it cannot be set, for people; null when it is.</param>
internal sealed record PlanAnswer(string? Problem);

/// <summary>
/// The operator gives an account another plan or other add-ons. Another plan begins a billing period at once. One without channels pauses the
/// account's numbers in the same transaction, and after the answer no byte of an AI reply begins; key and history stay. One with channels
/// resumes what the plan had paused, and answers nothing that came in meanwhile.
/// </summary>
internal sealed class SetPlan(PlanCatalogue plans, ReadDb reads, PlanChanges changes, SendGates gates, ReadPlan read, TimeProvider time)
{
    /// <param name="name">Of the plan.</param>
    /// <param name="extraMessages">Units; null keeps what the account has, as far as the plan allows it.</param>
    /// <param name="extraStorage">Units; null keeps what the account has, as far as the plan allows it.</param>
    /// <returns>Null when there is no such account.</returns>
    public async Task<PlanAnswer?> RunAsync(Guid accountId, string? name, int? extraMessages, int? extraStorage, Actor by, CancellationToken cancellationToken)
    {
        if (plans.Find(name) is not { } plan)
        {
            return new PlanAnswer($"plan must be one of {string.Join(", ", plans.All.Select(p => p.Name))}.");
        }

        if (Wrong(plan, extraMessages) || Wrong(plan, extraStorage))
        {
            return new PlanAnswer(plan.MostAddOns == 0 ? $"The {plan.Title} plan has no add-ons." : $"The {plan.Title} plan takes 0 to {plan.MostAddOns} units of an add-on.");
        }

        Account? account;
        await using (var db = reads.Open())
        {
            account = await db.Set<Account>().FirstOrDefaultAsync(a => a.Id == accountId, cancellationToken);
        }

        if (account is null)
        {
            return null;
        }

        var (messages, storage) = (extraMessages ?? PlanRules.Units(plan, account.ExtraMessageUnits), extraStorage ?? PlanRules.Units(plan, account.ExtraStorageUnits));
        var note = new AuditNote(accountId, by, AuditActs.PlanSet, "plan", plan.Name, messages + storage == 0 ? null : $"{messages} × 1,000 AI messages, {storage} × 5 million characters added");
        if (!await changes.RunAsync(new PlanChange(accountId, plan.Name, messages, storage, PlanRules.AiMessages(plan, messages), plan.Allows(PlanFeature.Channels), note), time.GetUtcNow()))
        {
            return null;
        }

        read.Forget(accountId);
        // No send can be claimed any more; one claimed just before writes its last byte first.
        await gates.PassAllAsync(cancellationToken);
        return new PlanAnswer(null);
    }

    private static bool Wrong(Plan plan, int? units) => units is { } wanted && (wanted < 0 || wanted > plan.MostAddOns);
}
