using System.Collections.Concurrent;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts.Plans;

/// <summary>The plan of an account. Kept in memory until it changes, so that it may be asked for on every request.</summary>
internal sealed class ReadPlan(ReadDb reads, PlanCatalogue plans)
{
    private readonly ConcurrentDictionary<Guid, AccountPlan> _known = new();
    private long _changes;

    /// <summary>Raised on the writer's thread after a plan has changed; handlers return at once.</summary>
    public event Action<Guid>? Changed;

    /// <exception cref="InvalidOperationException">There is no such account.</exception>
    public async Task<AccountPlan> RunAsync(Guid accountId, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(accountId, out var known))
        {
            return known;
        }

        var before = Interlocked.Read(ref _changes);
        await using var db = reads.Open();
        var account = await db.Set<Account>().FirstOrDefaultAsync(a => a.Id == accountId, cancellationToken)
            ?? throw new InvalidOperationException("A plan was asked for of an account that does not exist.");
        var plan = plans.Of(account);
        _known[accountId] = plan;
        if (Interlocked.Read(ref _changes) != before)
        {
            // It may have been read before the change and kept after it.
            _known.TryRemove(accountId, out _);
        }

        return plan;
    }

    /// <summary>After the commit of a change.</summary>
    public void Forget(Guid accountId)
    {
        Interlocked.Increment(ref _changes);
        _known.TryRemove(accountId, out _);
        Changed?.Invoke(accountId);
    }
}
