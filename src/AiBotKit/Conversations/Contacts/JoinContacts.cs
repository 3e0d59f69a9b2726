using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;

namespace AiBotKit.Conversations.Contacts;

/// <summary>
/// A person says who is whom: merges two conversations of one chatbot, or splits a name off. Like every human act it is committed under the send gates of the
/// conversations, so that after its answer no AI byte begins; the store checks everything again in the transaction, so that a message that arrives meanwhile lands in
/// one thread or the other, whole.
/// </summary>
internal sealed class JoinContacts(IMessageStore store, SendGates gates, ReadDb reads, FaultPoints faults, TimeProvider time)
{
    private const int Looks = 4;

    /// <param name="into">A conversation of the contact that goes on.</param>
    /// <param name="from">A conversation of the other.</param>
    public async Task<ContactVerdict> MergeAsync(Guid accountId, Guid into, Guid from, string author, Actor by, CancellationToken cancellationToken)
    {
        for (var look = 0; look < Looks; look++)
        {
            var (main, other) = (await SurvivorAsync(accountId, into, cancellationToken), await SurvivorAsync(accountId, from, cancellationToken));
            if (main is not { } a || other is not { } b)
            {
                return ContactVerdict.NotFound;
            }

            // In one order, whoever merges what into what: two people at once wait for each other and not in a circle.
            var (first, second) = a.CompareTo(b) <= 0 ? (a, b) : (b, a);
            using var gate = await gates.EnterAsync(first, cancellationToken);
            using var next = second == first ? null : await gates.EnterAsync(second, cancellationToken);
            faults.Reach(FaultPoint.H0BeforeTakeover);
            var verdict = await store.MergeContactsAsync(accountId, a, b, by, $"{author} has merged two contacts: what both wrote is here", time.GetUtcNow());
            faults.Reach(FaultPoint.H1AfterTakeover);
            if (verdict != ContactVerdict.Moved)
            {
                return verdict;
            }
        }

        return ContactVerdict.NotFound;
    }

    /// <param name="name">Session id of what is somebody else's.</param>
    public async Task<SplitResult> SplitAsync(Guid accountId, Guid id, string name, string author, Actor by, CancellationToken cancellationToken)
    {
        for (var look = 0; look < Looks; look++)
        {
            if (await SurvivorAsync(accountId, id, cancellationToken) is not { } main)
            {
                break;
            }

            using var gate = await gates.EnterAsync(main, cancellationToken);
            faults.Reach(FaultPoint.H0BeforeTakeover);
            var result = await store.SplitContactAsync(accountId, main, name, by, $"{author} has split this contact into two", time.GetUtcNow());
            faults.Reach(FaultPoint.H1AfterTakeover);
            if (result.Verdict != ContactVerdict.Moved)
            {
                return result;
            }
        }

        return new SplitResult(ContactVerdict.NotFound);
    }

    private async Task<Guid?> SurvivorAsync(Guid accountId, Guid id, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return await ConversationFamily.ReadAsync(db, accountId, id, cancellationToken) is [var survivor, ..] ? survivor : null;
    }
}
