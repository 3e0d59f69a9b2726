using AiBotKit.Accounts;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations.Team;

/// <summary>What became of an assignment.</summary>
internal enum AssignVerdict
{
    Done,
    NotFound,

    /// <summary>The account has no such person, or they may not sign in any more.</summary>
    NoSuchPerson,
}

/// <summary>
/// Says who of the team looks after a conversation. It is no human act: whoever answers, the AI or a person, goes on as before.
/// </summary>
internal sealed class AssignConversation(IDataWriter writer, ConversationFeed feed, TimeProvider time)
{
    /// <summary>The event's name in the timeline.</summary>
    public const string Type = "assigned";

    /// <param name="person">Null: nobody any more.</param>
    /// <param name="author">Who assigns, as the timeline says it.</param>
    public async Task<AssignVerdict> RunAsync(Guid accountId, Guid conversationId, Guid? person, string author, Actor by)
    {
        var now = time.GetUtcNow();
        var (verdict, changed) = await writer.SaveAsync(db =>
        {
            var assignee = person is { } id ? db.Set<Person>().FirstOrDefault(p => p.Id == id && p.AccountId == accountId && p.DeactivatedAt == null) : null;
            if (person is not null && assignee is null)
            {
                var known = db.Set<Conversation>().Any(c => c.AccountId == accountId && c.Id == conversationId);
                return (known ? AssignVerdict.NoSuchPerson : AssignVerdict.NotFound, (ConversationChanged?)null);
            }

            if (ConversationFamily.Touch(db, accountId, conversationId) is not { } seen)
            {
                return (AssignVerdict.NotFound, null);
            }

            var conversation = db.Set<Conversation>().AsTracking().First(c => c.AccountId == accountId && c.Id == seen.ConversationId);
            if (conversation.AssignedTo == person)
            {
                return (AssignVerdict.Done, null);
            }

            conversation.AssignedTo = person;
            db.Add(Message.Event(Guid.CreateVersion7(now), accountId, seen.ConversationId, Type, Sentence(author, assignee?.DisplayName, by.Id == person), author, now));
            AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.ConversationAssigned, "conversation", seen.ConversationId.ToString(), assignee?.DisplayName), now);
            return (AssignVerdict.Done, seen);
        });
        if (changed is { } change)
        {
            feed.Publish(change);
        }

        return verdict;
    }

    private static string Sentence(string author, string? assignee, bool self) => assignee switch
    {
        null => $"{author} took the assignment away: nobody in particular looks after this",
        _ when self => $"{author} looks after this from here on",
        _ => $"{author} assigned this to {assignee}",
    };
}
