using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations.Team;

/// <summary>Sets the labels of a conversation. A label that the account has already keeps the spelling it has there.</summary>
internal sealed class LabelConversation(IDataWriter writer, ConversationFeed feed)
{
    /// <param name="names">All of them, as <see cref="LabelRules.Clean"/> leaves them and <see cref="LabelRules.Problem"/> allows.</param>
    /// <returns>The labels as they are now; null when the account has no such conversation.</returns>
    public async Task<IReadOnlyList<string>?> RunAsync(Guid accountId, Guid conversationId, IReadOnlyList<string> names)
    {
        var (labels, changed) = await writer.SaveAsync(db =>
        {
            if (ConversationFamily.Touch(db, accountId, conversationId) is not { } seen)
            {
                return ((IReadOnlyList<string>?)null, (ConversationChanged?)null);
            }

            var keys = names.Select(LabelRules.Key).ToList();
            var known = db.Set<ConversationLabel>().Where(l => l.AccountId == accountId && keys.Contains(l.Key)).Select(l => new { l.Key, l.Name }).Distinct().ToList()
                .GroupBy(l => l.Key).ToDictionary(same => same.Key, same => same.First().Name);
            db.RemoveRange(db.Set<ConversationLabel>().AsTracking().Where(l => l.AccountId == accountId && l.ConversationId == seen.ConversationId && !keys.Contains(l.Key)));
            var kept = db.Set<ConversationLabel>().Where(l => l.AccountId == accountId && l.ConversationId == seen.ConversationId).Select(l => l.Key).ToHashSet();
            var now = names.Select(name => (Key: LabelRules.Key(name), Name: known.GetValueOrDefault(LabelRules.Key(name), name))).ToList();
            db.AddRange(now.Where(label => !kept.Contains(label.Key)).Select(label => new ConversationLabel { ConversationId = seen.ConversationId, Key = label.Key, AccountId = accountId, Name = label.Name }));
            return ([.. now.Select(label => label.Name)], seen);
        });
        if (changed is { } change)
        {
            feed.Publish(change);
        }

        return labels;
    }
}
