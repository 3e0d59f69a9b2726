using System.Linq.Expressions;
using AiBotKit.Conversations.Team;
using AiBotKit.Hosting.Paging;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations;

/// <summary>The conversations of an account, the latest first. A merged conversation is shown as the one that continues it.</summary>
internal sealed class ListConversations(ReadDb reads, TimeProvider time)
{
    private static readonly Expression<Func<Conversation, ConversationItem>> Item = c => new ConversationItem(
        c.Id, c.SessionId, c.Channel, c.ContactName, c.AiReplies, c.LastInboundAt, c.LastMessageAt, c.Unread, c.TakenOverBy, c.TakeoverUntil, c.WaitingReason, c.WaitingSince, c.AssignedTo);

    /// <param name="viewer">The asking person; null for a key.</param>
    /// <param name="words">In the contact's name or number; null = any.</param>
    public async Task<Page<ConversationItem>> RunAsync(Guid accountId, Guid? viewer, ConversationFilter filter, SearchWords? words, PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var query = ConversationFamily.Shown(db, accountId).Matching(db, accountId, filter, viewer, time.GetUtcNow());
        if (words is not null)
        {
            var named = await FindContacts.RunAsync(db, accountId, words, cancellationToken);
            if (named.Count == 0)
            {
                return new Page<ConversationItem>([], null);
            }

            query = query.Where(c => named.Contains(c.Id));
        }

        if (page.After is { } after)
        {
            query = query.Where(c => c.LastMessageAt <= after.At);
        }

        var rows = await query.LatestFirst().Skip(page.Skip).Take(page.Limit + 1)
            .Select(Item)
            .ToListAsync(cancellationToken);
        return page.Cut(await LabelledAsync(db, accountId, rows, cancellationToken), c => c.LastMessageAt);
    }

    /// <summary>One conversation; null when the account has none of that id.</summary>
    public async Task<ConversationItem?> FindAsync(Guid accountId, Guid id, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var found = await db.Set<Conversation>().Where(c => c.AccountId == accountId && c.Id == id)
            .Select(Item)
            .FirstOrDefaultAsync(cancellationToken);
        return found is null ? null : (await LabelledAsync(db, accountId, [found], cancellationToken))[0];
    }

    private static async Task<List<ConversationItem>> LabelledAsync(AppDbContext db, Guid accountId, List<ConversationItem> rows, CancellationToken cancellationToken)
    {
        var labels = await ListLabels.OfAsync(db, accountId, [.. rows.Select(row => row.Id)], cancellationToken);
        return rows.ConvertAll(row => row with { Labels = [.. labels[row.Id]] });
    }
}

/// <summary>One conversation as the REST API shows it.</summary>
/// <param name="TakenOverBy">The person who has it in hand while AI replies are off; null for the phone, a key, a rule.</param>
/// <param name="TakeoverUntil">When a takeover ends by itself and the AI answers again; null = not by itself, or no takeover.</param>
/// <param name="AssignedTo">Who of the team looks after it; null = nobody in particular.</param>
/// <param name="WaitingReason">Why a person is wanted: <c>gap</c>, <c>late</c>, <c>outage</c>, <c>dead_letter</c>…; null when nobody waits.</param>
internal sealed record ConversationItem(
    Guid Id,
    string SessionId,
    string Channel,
    string? ContactName,
    bool AiReplies,
    DateTimeOffset? LastInboundAt,
    DateTimeOffset LastMessageAt,
    int Unread,
    Guid? TakenOverBy,
    DateTimeOffset? TakeoverUntil,
    string? WaitingReason,
    DateTimeOffset? WaitingSince,
    Guid? AssignedTo)
{
    public IReadOnlyList<string> Labels { get; init; } = [];
}
