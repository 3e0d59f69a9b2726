using AiBotKit.Accounts.Plans;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts;

/// <summary>The account that configuration seeds and that <c>Api:Key</c> is the operator of.</summary>
internal sealed class FirstAccount(PlanCatalogue plans)
{
    private Guid _id;

    /// <exception cref="InvalidOperationException">Asked before <see cref="EnsureAsync"/> ended.</exception>
    public Guid Id => _id != default ? _id : throw new InvalidOperationException("The first account is not there yet.");

    /// <summary>Finds or creates it; before the server accepts requests.</summary>
    public async Task EnsureAsync(ReadDb reads, IDataWriter writer, TimeProvider time, CancellationToken cancellationToken)
    {
        await using (var db = reads.Open())
        {
            _id = await db.Set<Account>().OrderBy(a => a.CreatedAt).ThenBy(a => a.Id).Select(a => a.Id).FirstOrDefaultAsync(cancellationToken);
        }

        if (_id == default)
        {
            var now = time.GetUtcNow();
            var id = Guid.CreateVersion7(now);
            await writer.SaveAsync(db => { db.Add(Account.Open(id, "My business", plans.Default, now)); });
            _id = id;
        }
    }
}
