using AiBotKit.Chatbots;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Dashboard.Inbox;

/// <summary>Whose list it is.</summary>
/// <param name="Person">For "mine"; null for a key.</param>
internal readonly record struct InboxViewer(Guid AccountId, Guid? Person, TimeZoneInfo Zone);

/// <summary>How many conversations each filter holds, of the chosen chatbot, channel and label.</summary>
/// <param name="Shown">What the whole filter holds.</param>
internal sealed record InboxCounts(int All, int Waiting, int Mine, int Ai, int Unread, int Closing, int Failed, int Shown)
{
    public static InboxCounts Nothing { get; } = new(0, 0, 0, 0, 0, 0, 0, 0);
}

/// <summary>
/// Reads the list of conversations, a window at a time: first those that wait for a person, who has waited longest first, then all others, the latest message first.
/// Everything that decides about the order, the filters and the counts is in one index (<see cref="Conversation"/>), so that a place deep in a long list is found by walking it alone.
/// </summary>
internal sealed class ReadInbox(ReadDb reads, TimeProvider time)
{
    /// <param name="asOf">Leaves out what has had a message since: while somebody reads further down, nothing moves there.</param>
    public async Task<List<InboxRow>> RunAsync(InboxViewer viewer, ConversationFilter filter, int skip, int take, DateTimeOffset? asOf, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var now = time.GetUtcNow();
        var wanted = ConversationFamily.Shown(db, viewer.AccountId).Matching(db, viewer.AccountId, filter, viewer.Person, now);
        wanted = asOf is { } until ? wanted.Where(c => c.LastMessageAt <= until) : wanted;
        var waiting = wanted.WaitingForPerson();
        var before = await waiting.CountAsync(cancellationToken);
        var rows = skip < before ? await RowsAsync(waiting.LongestWaitingFirst().Skip(skip).Take(take)) : [];
        if (rows.Count < take)
        {
            rows.AddRange(await RowsAsync(wanted.NotWaiting().LatestFirst().Skip(Math.Max(0, skip - before)).Take(take - rows.Count)));
        }

        Head(0, InboxHeading.Waiting, before > 0);
        Head(before, InboxHeading.Latest, before > 0);
        return rows;

        Task<List<InboxRow>> RowsAsync(IQueryable<Conversation> part) => InboxRows.ReadAsync(db, viewer.AccountId, viewer.Person, part, now, viewer.Zone, cancellationToken);

        void Head(int place, InboxHeading heading, bool there)
        {
            if (there && place >= skip && place - skip < rows.Count)
            {
                rows[place - skip] = rows[place - skip] with { Heading = heading };
            }
        }
    }

    /// <summary>These conversations as they are now, by id.</summary>
    public async Task<Dictionary<Guid, InboxRow>> RowsAsync(InboxViewer viewer, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var wanted = ConversationFamily.Shown(db, viewer.AccountId).Where(c => ids.Contains(c.Id));
        return (await InboxRows.ReadAsync(db, viewer.AccountId, viewer.Person, wanted, time.GetUtcNow(), viewer.Zone, cancellationToken)).ToDictionary(row => row.Id);
    }

    public async Task<InboxCounts> CountAsync(InboxViewer viewer, ConversationFilter filter, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var now = time.GetUtcNow();
        var me = viewer.Person ?? Guid.Empty;
        var (closed, soon) = (now - WindowRules.Length, now - WindowRules.Length + ConversationFilters.ClosingSoon);
        var scope = ConversationFamily.Shown(db, viewer.AccountId).InScope(db, viewer.AccountId, filter);
        var counts = await scope.GroupBy(_ => 1).Select(group => new InboxCounts(
            group.Count(),
            group.Count(c => c.WaitingReason != null && (c.AiReplies || c.AiRepliesReason != "stop_word")),
            group.Count(c => c.TakenOverBy == me || c.AssignedTo == me),
            group.Count(c => c.AiReplies && c.WaitingReason == null),
            group.Count(c => c.Unread > 0),
            group.Count(c => c.LastInboundAt > closed && c.LastInboundAt < soon),
            group.Count(c => c.FailedAt == c.LastMessageAt),
            0)).FirstOrDefaultAsync(cancellationToken) ?? InboxCounts.Nothing;
        return counts with { Shown = ShownOf(counts, filter) ?? await ConversationFamily.Shown(db, viewer.AccountId).Matching(db, viewer.AccountId, filter, viewer.Person, now).CountAsync(cancellationToken) };
    }

    /// <summary>What a filter holds that asks for one state at most was counted with the others; null: not counted yet.</summary>
    private static int? ShownOf(InboxCounts counts, ConversationFilter filter) => (filter.Owner, filter.Unread, filter.Closing, filter.Failed) switch
    {
        (null, false, false, false) => counts.All,
        (ConversationOwner.Waiting, false, false, false) => counts.Waiting,
        (ConversationOwner.Mine, false, false, false) => counts.Mine,
        (ConversationOwner.Ai, false, false, false) => counts.Ai,
        (null, true, false, false) => counts.Unread,
        (null, false, true, false) => counts.Closing,
        (null, false, false, true) => counts.Failed,
        _ => null,
    };

    /// <summary>The account's chatbots by name, to filter by.</summary>
    public async Task<IReadOnlyList<(Guid Id, string Name)>> BotsAsync(Guid accountId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var bots = await db.Set<Chatbot>().Where(b => b.AccountId == accountId).OrderBy(b => b.Name).Select(b => new { b.Id, b.Name }).ToListAsync(cancellationToken);
        return bots.ConvertAll(b => (b.Id, b.Name));
    }

    /// <summary>How many wait for a person.</summary>
    public async Task<int> WaitingAsync(Guid accountId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return await ConversationFamily.Shown(db, accountId).WaitingForPerson().CountAsync(cancellationToken);
    }

    /// <summary>How many have had a message since, and how many of those were there already.</summary>
    public async Task<(int Changed, int Moved)> SinceAsync(InboxViewer viewer, ConversationFilter filter, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var newer = ConversationFamily.Shown(db, viewer.AccountId).Matching(db, viewer.AccountId, filter, viewer.Person, time.GetUtcNow()).Where(c => c.LastMessageAt > since);
        return (await newer.CountAsync(cancellationToken), await newer.CountAsync(c => c.CreatedAt <= since, cancellationToken));
    }
}
