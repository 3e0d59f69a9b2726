using AiBotKit.Chatbots;
using AiBotKit.Conversations.Media;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations.Contacts;

/// <summary>A contact as the REST API and the contact panel show it.</summary>
/// <param name="Id">The conversation that it is shown under; every conversation's id of the contact leads to it.</param>
/// <param name="Name">The account's own name for it, else the profile name; null when there is neither.</param>
/// <param name="NameGiven">The name is the account's own, and is kept over the profile name.</param>
/// <param name="FirstSeen">When its first conversation began.</param>
/// <param name="Files">Pictures, voice notes, documents… that came with its messages.</param>
internal sealed record ContactItem(Guid Id, string? Name, bool NameGiven, string? ProfileName, DateTimeOffset FirstSeen, int Messages, int Files, IReadOnlyList<ContactName> Names, IReadOnlyList<ContactConversation> Conversations);

/// <summary>One of a contact's names.</summary>
/// <param name="Name">The session id: <c>wa_</c> and the number or user id.</param>
/// <param name="ConversationId">The conversation that goes on under it.</param>
/// <param name="CanSplit">It can be split off: it is not that conversation's own.</param>
internal sealed record ContactName(string Name, Guid ConversationId, bool CanSplit);

/// <summary>A thread of the contact with one chatbot.</summary>
/// <param name="Channel"><c>whatsapp</c> or <c>website</c>.</param>
internal sealed record ContactConversation(Guid Id, Guid ChatbotId, string Chatbot, string Channel, string SessionId, DateTimeOffset CreatedAt, DateTimeOffset LastMessageAt);

/// <summary>Reads who a contact is, and where it has written.</summary>
internal sealed class ReadContact(ReadDb reads)
{
    /// <summary>Null when the account has no conversation of that id.</summary>
    public async Task<ContactItem?> RunAsync(Guid accountId, Guid id, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        if (await ContactFamily.ReadAsync(db, accountId, id, cancellationToken) is not { } family)
        {
            return null;
        }

        var ids = family.Ids;
        var bots = await db.Set<Chatbot>().IgnoreQueryFilters().Where(b => b.AccountId == accountId).ToDictionaryAsync(b => b.Id, b => b.Name, cancellationToken);
        var messages = await db.Set<Message>().CountAsync(m => m.AccountId == accountId && ids.Contains(m.ConversationId) && m.Role != Durability.MessageRole.Event, cancellationToken);
        var files = await db.Set<MediaFile>().CountAsync(m => m.AccountId == accountId && ids.Contains(m.ConversationId), cancellationToken);
        var named = family.Conversations.FirstOrDefault(c => c.NameGiven) ?? family.Conversations.FirstOrDefault(c => c.ContactName is not null) ?? family.Main;
        var shown = family.Conversations.Where(c => c.MergedIntoId is null).ToList();
        return new ContactItem(
            family.Main.Id,
            named.ContactName,
            named.NameGiven,
            (family.Conversations.FirstOrDefault(c => c.ProfileName is not null) ?? named).ProfileName,
            family.Conversations.Min(c => c.CreatedAt),
            messages,
            files,
            Names(family),
            [.. shown.Select(c => new ContactConversation(c.Id, c.ChatbotId, bots.GetValueOrDefault(c.ChatbotId, ""), c.Channel, c.SessionId, c.CreatedAt, c.LastMessageAt))]);
    }

    private static List<ContactName> Names(ContactFamily family)
    {
        var survivor = family.Conversations.ToDictionary(c => c.Id, c => c.MergedIntoId ?? c.Id);
        return
        [
            .. family.Conversations.Select(c => new ContactName(c.SessionId, survivor[c.Id], c.MergedIntoId is not null))
                .Concat(family.Aliases.Where(a => family.Conversations.All(c => c.SessionId != a.Alias)).Select(a => new ContactName(a.Alias, survivor[a.ConversationId], true)))
                .OrderBy(one => one.ConversationId != family.Main.Id).ThenBy(one => one.CanSplit).ThenBy(one => one.Name, StringComparer.Ordinal),
        ];
    }
}
