using AiBotKit.Accounts.Plans;
using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts;

/// <summary>
/// The account that configuration seeds and that <c>Api:Key</c> is the operator of. Which one it is is stored when it is made: by the clock, an
/// account of a stranger could come before it.
/// </summary>
internal sealed class FirstAccount(PlanCatalogue plans)
{
    private const string Mark = "accounts.first";

    private Guid _id;

    /// <exception cref="InvalidOperationException">Asked before <see cref="EnsureAsync"/> ended.</exception>
    public Guid Id => _id != default ? _id : throw new InvalidOperationException("The first account is not there yet.");

    /// <summary>Finds or creates it; before the server accepts requests.</summary>
    public async Task EnsureAsync(ReadDb reads, IDataWriter writer, TimeProvider time, CancellationToken cancellationToken)
    {
        await using (var db = reads.Open())
        {
            _id = await db.Set<Setting>().FirstOrDefaultAsync(s => s.Name == Mark, cancellationToken) is { } mark ? new Guid(mark.Value) : default;
        }

        if (_id != default)
        {
            return;
        }

        var now = time.GetUtcNow();
        _id = await writer.SaveAsync(db =>
        {
            // Of a store without the mark: the account of the person whom the set-up link made, and while there is none, the oldest.
            var id = db.Set<Person>().Where(p => p.IsFirst).Select(p => (Guid?)p.AccountId).FirstOrDefault()
                ?? db.Set<Account>().OrderBy(a => a.CreatedAt).ThenBy(a => a.Id).Select(a => (Guid?)a.Id).FirstOrDefault();
            if (id is null)
            {
                id = Guid.CreateVersion7(now);
                db.Add(Account.Open(id.Value, "My business", plans.Default, now));
            }

            db.Add(new Setting { Name = Mark, Value = id.Value.ToByteArray() });
            return id.Value;
        });
    }
}
