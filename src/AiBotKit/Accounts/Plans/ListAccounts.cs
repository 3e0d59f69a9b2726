using AiBotKit.Durability;
using AiBotKit.Hosting.Paging;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts.Plans;

/// <summary>All accounts of the installation with plan and usage, the latest first: for the operator only.</summary>
internal sealed class ListAccounts(ReadDb reads, PlanCatalogue plans, TimeProvider time)
{
    public async Task<Page<AccountItem>> RunAsync(PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var rows = await db.Set<Account>().Paged(page, a => a.CreatedAt, a => a.Id).ToListAsync(cancellationToken);
        var cut = page.Cut(rows, a => a.CreatedAt);
        var items = await ItemsAsync(db, cut.Items, cancellationToken);
        return new Page<AccountItem>(items, cut.Next);
    }

    /// <summary>Null when there is none.</summary>
    public async Task<AccountItem?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return await db.Set<Account>().FirstOrDefaultAsync(a => a.Id == id, cancellationToken) is { } account ? (await ItemsAsync(db, [account], cancellationToken))[0] : null;
    }

    private async Task<IReadOnlyList<AccountItem>> ItemsAsync(AppDbContext db, IReadOnlyList<Account> accounts, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var ids = accounts.Select(a => a.Id).ToList();
        var earliest = now.AddMonths(-2);
        var counters = await db.Set<UsageCounter>().Where(u => ids.Contains(u.AccountId) && u.PeriodStart >= earliest).ToDictionaryAsync(u => (u.AccountId, u.PeriodStart), u => u.AiMessages, cancellationToken);
        return [.. accounts.Select(account =>
        {
            var plan = plans.Of(account);
            var (start, end) = UsagePeriods.Of(plan.StartedAt, now);
            var usage = UsageItem.Of(new UsageState(plan, start, end, counters.GetValueOrDefault((account.Id, start))));
            return new AccountItem(account.Id, account.Name, account.CreatedAt, usage.Plan, account.PlanStartedAt, account.ExtraMessageUnits, account.ExtraStorageUnits, usage.Period, usage.AiMessages);
        })];
    }
}

/// <summary>An account as the operator sees it: nothing of what is in it.</summary>
/// <param name="Plan">Name of the plan.</param>
/// <param name="ExtraMessageUnits">Units of 1,000 AI messages.</param>
/// <param name="ExtraStorageUnits">Units of 5 million characters.</param>
internal sealed record AccountItem(
    Guid Id, string Name, DateTimeOffset CreatedAt, string Plan, DateTimeOffset PlanStartedAt, int ExtraMessageUnits, int ExtraStorageUnits, UsagePeriod Period, UsedMessages AiMessages);
