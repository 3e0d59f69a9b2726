using AiBotKit.Chatbots;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations.Contacts;

/// <summary>
/// Who a contact is: all conversations of an account that share a number (in any of its forms) or a user id, with those merged into them. A thread belongs to one
/// chatbot, so only threads of one chatbot are merged; the same number at another chatbot of the account is the same contact with another thread. A contact's id is the
/// id of any of its conversations; the one it is shown under is the one that was asked for.
/// </summary>
/// <param name="Conversations">The one that was asked for first (or the one that continues it), then the others, the oldest first.</param>
/// <param name="Aliases">Other names, and the conversations they lead to.</param>
internal sealed record ContactFamily(IReadOnlyList<Conversation> Conversations, IReadOnlyList<ConversationAlias> Aliases)
{
    private const int LongestChain = 8;

    public Conversation Main => Conversations[0];

    public IReadOnlyList<Guid> Ids => [.. Conversations.Select(c => c.Id)];

    /// <summary>Session ids: of the conversations, and what else leads to them.</summary>
    public IEnumerable<string> Names => Conversations.Select(c => c.SessionId).Concat(Aliases.Select(a => a.Alias)).Distinct();

    /// <summary>Null when the account has no conversation of that id.</summary>
    public static async Task<ContactFamily?> ReadAsync(AppDbContext db, Guid accountId, Guid conversationId, CancellationToken cancellationToken)
    {
        var ids = await ConversationFamily.ReadAsync(db, accountId, conversationId, cancellationToken);
        if (ids.Count == 0)
        {
            return null;
        }

        var all = db.Set<Conversation>().Where(c => c.AccountId == accountId);
        var bots = await db.Set<Chatbot>().IgnoreQueryFilters().Where(b => b.AccountId == accountId).Select(b => b.Id).ToListAsync(cancellationToken);
        List<Conversation> members = [];
        List<ConversationAlias> aliases = [];
        for (var i = 0; i < LongestChain; i++)
        {
            members = await all.Where(c => ids.Contains(c.Id)).ToListAsync(cancellationToken);
            aliases = await db.Set<ConversationAlias>().Where(a => bots.Contains(a.ChatbotId) && ids.Contains(a.ConversationId)).ToListAsync(cancellationToken);
            var names = members.Select(c => c.SessionId).Concat(aliases.Select(a => a.Alias)).ToHashSet();
            names.UnionWith(members.Where(c => !c.KeptApart).Select(c => NumberVariants.OfSession(c.SessionId)).OfType<string>().ToList());
            var found = await all.Where(c => bots.Contains(c.ChatbotId) && names.Contains(c.SessionId) && !ids.Contains(c.Id)).Select(c => c.Id).ToListAsync(cancellationToken);
            found.AddRange(await db.Set<ConversationAlias>().Where(a => bots.Contains(a.ChatbotId) && names.Contains(a.Alias) && !ids.Contains(a.ConversationId)).Select(a => a.ConversationId).ToListAsync(cancellationToken));
            var before = ids.Count;
            foreach (var one in found.Distinct())
            {
                var family = await ConversationFamily.ReadAsync(db, accountId, one, cancellationToken);
                var other = await all.Where(c => c.Id == family[0]).FirstAsync(cancellationToken);
                // What people have split in one chatbot is two persons there, whatever another chatbot makes of them.
                if (!members.Exists(c => c.ChatbotId == other.ChatbotId && c.MergedIntoId is null && (c.KeptApart || other.KeptApart)))
                {
                    ids.AddRange(family.Where(id => !ids.Contains(id)));
                }
            }

            if (ids.Count == before)
            {
                break;
            }
        }

        return new ContactFamily([.. members.OrderBy(c => c.Id != ids[0]).ThenBy(c => c.CreatedAt).ThenBy(c => c.Id)], aliases);
    }
}
