using AiBotKit.Chatbots;
using AiBotKit.Conversations.Leads;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations.Team;

/// <summary>The account's canned replies, as they are kept and as they would be said in a conversation.</summary>
internal sealed class ListCannedReplies(ReadDb reads)
{
    /// <summary>By shortcut.</summary>
    public async Task<IReadOnlyList<CannedReplyItem>> RunAsync(Guid accountId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return await db.Set<CannedReply>().Where(c => c.AccountId == accountId).OrderBy(c => c.Shortcut).Take(CannedText.Most)
            .Select(c => new CannedReplyItem(c.Id, c.Shortcut, c.Text, c.ChangedAt)).ToListAsync(cancellationToken);
    }

    /// <summary>Null when the account has none of that id.</summary>
    public async Task<CannedReplyItem?> FindAsync(Guid accountId, Guid id, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return await db.Set<CannedReply>().Where(c => c.AccountId == accountId && c.Id == id)
            .Select(c => new CannedReplyItem(c.Id, c.Shortcut, c.Text, c.ChangedAt)).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>All of them with this conversation's values in the variables' places; none when the account has no such conversation.</summary>
    /// <param name="agent">The name under which the person speaks.</param>
    public async Task<IReadOnlyList<FilledReply>> FillAsync(Guid accountId, Guid conversationId, string agent, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var known = await db.Set<Conversation>().Where(c => c.AccountId == accountId && c.Id == conversationId)
            .Join(db.Set<Chatbot>(), c => c.ChatbotId, b => b.Id, (c, b) => new { c.ContactName, c.Address, Chatbot = b.Name }).FirstOrDefaultAsync(cancellationToken);
        if (known is null)
        {
            return [];
        }

        var values = new CannedValues(known.ContactName, LeadFieldRules.KnownPhone(known.Address), agent, known.Chatbot);
        var texts = await db.Set<CannedReply>().Where(c => c.AccountId == accountId).OrderBy(c => c.Shortcut).Take(CannedText.Most).Select(c => new { c.Shortcut, c.Text }).ToListAsync(cancellationToken);
        return texts.ConvertAll(c => new FilledReply(c.Shortcut, CannedText.Fill(c.Text, values)));
    }
}

/// <summary>A canned reply as the REST API and its page show it.</summary>
internal sealed record CannedReplyItem(Guid Id, string Shortcut, string Text, DateTimeOffset ChangedAt);

/// <summary>A canned reply as it would be said.</summary>
public sealed record FilledReply(string Shortcut, string Text);
