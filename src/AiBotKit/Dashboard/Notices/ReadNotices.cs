using AiBotKit.Conversations;
using AiBotKit.Conversations.Team;
using AiBotKit.Dashboard.Inbox;
using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Dashboard.Notices;

/// <summary>Reads what one viewer is to be told: who waits for a person, what was assigned to the viewer, and what was written in the conversations that the viewer has taken over.</summary>
internal sealed class ReadNotices(ReadDb reads)
{
    /// <summary>The latest that began to wait; with more waiting, the oldest of them were told long ago.</summary>
    private const int MostWaiting = 100;

    public async Task<NoticePlace> BeginAsync(Guid accountId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return NoticeRules.PlaceOf(await WaitingAsync(db, accountId, cancellationToken), await NewestAsync(db, accountId, cancellationToken));
    }

    /// <param name="personId">Null for a key, which has taken over nothing.</param>
    public async Task<(IReadOnlyList<Notice> Notices, NoticePlace Place)> RunAsync(Guid accountId, Guid? personId, NoticePlace place, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        // Read first, so that a message that comes in between is behind it and is told next time.
        var newest = await NewestAsync(db, accountId, cancellationToken);
        var waiting = await WaitingAsync(db, accountId, cancellationToken);
        var written = await db.Set<Message>()
            .Where(m => m.AccountId == accountId && m.Seq > place.Seq && m.Seq <= newest && m.Role == MessageRole.Customer && m.StartsTurn)
            .Join(ConversationFamily.Shown(db, accountId).Where(c => personId != null && c.TakenOverBy == personId), m => m.ConversationId, c => c.Id, (m, c) => new { m.Seq, c.Id, c.ContactName, c.Address, m.Text })
            .OrderByDescending(m => m.Seq).Take(NoticeRules.Most).ToListAsync(cancellationToken);
        written.Reverse();
        var assigned = await db.Set<Message>()
            .Where(m => m.AccountId == accountId && m.Seq > place.Seq && m.Seq <= newest && m.Role == MessageRole.Event && m.Type == AssignConversation.Type)
            .Join(ConversationFamily.Shown(db, accountId).Where(c => personId != null && c.AssignedTo == personId), m => m.ConversationId, c => c.Id, (m, c) => new { m.Seq, c.Id, c.ContactName, c.Address, m.Text })
            .OrderByDescending(m => m.Seq).Take(NoticeRules.Most).ToListAsync(cancellationToken);
        assigned.Reverse();
        return NoticeRules.Next(
            place,
            waiting,
            written.ConvertAll(m => new WrittenOne(m.Seq, m.Id, NameOf(m.ContactName, m.Address), m.Text)),
            assigned.ConvertAll(m => new AssignedOne(m.Seq, m.Id, NameOf(m.ContactName, m.Address), m.Text)),
            newest);
    }

    private static async Task<long> NewestAsync(AppDbContext db, Guid accountId, CancellationToken cancellationToken) =>
        await db.Set<Message>().Where(m => m.AccountId == accountId).OrderByDescending(m => m.Seq).Select(m => (long?)m.Seq).FirstOrDefaultAsync(cancellationToken) ?? 0;

    private static async Task<List<WaitingOne>> WaitingAsync(AppDbContext db, Guid accountId, CancellationToken cancellationToken)
    {
        var rows = await ConversationFamily.Shown(db, accountId).WaitingForPerson().Where(c => c.WaitingSince != null)
            .OrderByDescending(c => c.WaitingSince).Take(MostWaiting)
            .Select(c => new
            {
                c.Id,
                c.ContactName,
                c.Address,
                Since = c.WaitingSince!.Value,
                Text = db.Set<Message>().Where(m => m.ConversationId == c.Id && m.Role == MessageRole.Customer).OrderByDescending(m => m.At).ThenByDescending(m => m.Seq).Select(m => m.Text).FirstOrDefault(),
            }).ToListAsync(cancellationToken);
        return rows.ConvertAll(row => new WaitingOne(row.Id, NameOf(row.ContactName, row.Address), row.Since, row.Text ?? ""));
    }

    private static string NameOf(string? name, string address) => string.IsNullOrWhiteSpace(name) ? InboxRules.Number(address) : name;
}
