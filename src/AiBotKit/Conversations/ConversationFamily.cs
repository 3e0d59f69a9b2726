using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations;

/// <summary>Which conversations people see, and which of them are one: a conversation merged into another is read as a part of it.</summary>
internal static class ConversationFamily
{
    private const int LongestChain = 8;

    /// <summary>The account's conversations that stand for themselves.</summary>
    public static IQueryable<Conversation> Shown(AppDbContext db, Guid accountId) =>
        db.Set<Conversation>().Where(c => c.AccountId == accountId && c.MergedIntoId == null);

    /// <summary>The order of every list of conversations.</summary>
    public static IOrderedQueryable<Conversation> LatestFirst(this IQueryable<Conversation> conversations) =>
        conversations.OrderByDescending(c => c.LastMessageAt).ThenByDescending(c => c.Id);

    /// <summary>
    /// Inside a write that changes what people see of a conversation: raises the version of the one that they see, which is the one that goes on when this was
    /// merged. Null when the account has none of that id; what comes back is published after the commit.
    /// </summary>
    public static ConversationChanged? Touch(AppDbContext db, Guid accountId, Guid id)
    {
        Conversation? Find(Guid one) => db.Set<Conversation>().AsTracking().FirstOrDefault(c => c.AccountId == accountId && c.Id == one);

        var conversation = Find(id);
        if (conversation?.MergedIntoId is { } main)
        {
            conversation = Find(main);
        }

        return conversation is null ? null : new ConversationChanged(accountId, conversation.Id, ++conversation.Version);
    }

    /// <summary>The surviving conversation first, then all that were merged into it; empty when the account has none of that id.</summary>
    public static async Task<List<Guid>> ReadAsync(AppDbContext db, Guid accountId, Guid id, CancellationToken cancellationToken)
    {
        var all = db.Set<Conversation>().Where(c => c.AccountId == accountId);
        for (var i = 0; i < LongestChain; i++)
        {
            var found = await all.Where(c => c.Id == id).Select(c => new { c.MergedIntoId }).FirstOrDefaultAsync(cancellationToken);
            if (found is null)
            {
                return [];
            }

            if (found.MergedIntoId is not { } survivor)
            {
                break;
            }

            id = survivor;
        }

        List<Guid> family = [id];
        for (var (i, latest) = (0, new List<Guid> { id }); i < LongestChain && latest.Count > 0; i++)
        {
            var parents = latest;
            latest = await all.Where(c => c.MergedIntoId != null && parents.Contains(c.MergedIntoId.Value)).Select(c => c.Id).ToListAsync(cancellationToken);
            latest.RemoveAll(family.Contains);
            family.AddRange(latest);
        }

        return family;
    }
}
