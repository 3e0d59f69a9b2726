using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts.Plans;

/// <summary>AI messages of an account in the billing period of now.</summary>
/// <param name="PeriodEnd">First instant of the next period.</param>
internal sealed record UsageState(AccountPlan Plan, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, long Used)
{
    /// <summary>Null = no limit.</summary>
    public long? Limit => Plan.AiMessages;

    /// <summary>Null = no limit.</summary>
    public long? Left => PlanRules.Left(Used, Limit);

    public UsageLevel Level => PlanRules.Level(Used, Limit);
}

/// <summary>How many AI messages an account has used in this billing period.</summary>
internal sealed class ReadUsage(ReadPlan plans, ReadDb reads, TimeProvider time)
{
    public async Task<UsageState> RunAsync(Guid accountId, CancellationToken cancellationToken)
    {
        var plan = await plans.RunAsync(accountId, cancellationToken);
        var (start, end) = UsagePeriods.Of(plan.StartedAt, time.GetUtcNow());
        await using var db = reads.Open();
        var used = await db.Set<UsageCounter>().Where(u => u.AccountId == accountId && u.PeriodStart == start).Select(u => u.AiMessages).FirstOrDefaultAsync(cancellationToken);
        return new UsageState(plan, start, end, used);
    }
}

/// <summary>Plan and usage as the REST API shows them.</summary>
/// <param name="Plan">Name of the plan.</param>
internal sealed record UsageItem(string Plan, UsagePeriod Period, UsedMessages AiMessages)
{
    public static UsageItem Of(UsageState usage) => new(usage.Plan.Plan.Name, new UsagePeriod(usage.PeriodStart, usage.PeriodEnd), new UsedMessages(usage.Used, usage.Limit, usage.Left));
}

/// <param name="End">When the next one begins.</param>
internal sealed record UsagePeriod(DateTimeOffset Start, DateTimeOffset End);

/// <param name="Limit">Add-ons included; null = no limit.</param>
/// <param name="Left">Null = no limit.</param>
internal sealed record UsedMessages(long Used, long? Limit, long? Left);
