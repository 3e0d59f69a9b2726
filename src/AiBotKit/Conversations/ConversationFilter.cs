using AiBotKit.Conversations.Team;
using AiBotKit.Durability;
using AiBotKit.Storage;

namespace AiBotKit.Conversations;

/// <summary>Who has a conversation, as a list can be asked for it.</summary>
public enum ConversationOwner
{
    /// <summary>The AI answers next.</summary>
    Ai,

    /// <summary>A person is wanted.</summary>
    Waiting,

    /// <summary>A person took it over.</summary>
    Person,

    /// <summary>The asking person took it over, or it is assigned to them.</summary>
    Mine,
}

/// <summary>Which conversations a list holds: every part that is given must be true. The dashboard's address and the REST API call the parts the same.</summary>
/// <param name="Unread">Only those with messages that nobody of the team has read.</param>
/// <param name="Closing">Only those whose service window is open and closes in less than <see cref="ConversationFilters.ClosingSoon"/>.</param>
/// <param name="Failed">Only those whose latest message is one of ours that did not arrive.</param>
/// <param name="Label">Only those that carry it.</param>
public sealed record ConversationFilter(Guid? Bot = null, string? Channel = null, ConversationOwner? Owner = null, bool Unread = false, bool Closing = false, bool Failed = false, string? Label = null)
{
    public const string Channels = "whatsapp or website";

    /// <summary>What a wrong value is answered with.</summary>
    public const string Allowed = "bot must be the id of a chatbot; channel " + Channels + "; owner ai, waiting, person or mine; unread, closing and failed true or false; label a label of at most 24 characters.";

    public static ConversationFilter None { get; } = new();

    /// <summary>Whether it leaves nothing out.</summary>
    public bool IsNone => this == None;

    /// <summary>From the words of an address; null when one of them is not allowed.</summary>
    public static ConversationFilter? Parse(string? bot, string? channel, string? owner, string? unread, string? closing, string? failed, string? label = null)
    {
        var filter = None;
        if (!string.IsNullOrEmpty(bot))
        {
            if (!Guid.TryParseExact(bot, "D", out var id))
            {
                return null;
            }

            filter = filter with { Bot = id };
        }

        if (!string.IsNullOrEmpty(owner))
        {
            if (owner is not ("ai" or "waiting" or "person" or "mine") || !Enum.TryParse<ConversationOwner>(owner, true, out var whose))
            {
                return null;
            }

            filter = filter with { Owner = whose };
        }

        if (!string.IsNullOrWhiteSpace(label))
        {
            if (LabelRules.Clean([label]) is not [var name] || LabelRules.Problem([name]) is not null)
            {
                return null;
            }

            filter = filter with { Label = name };
        }

        return channel is null or "" or "whatsapp" or "website" && Flag(unread) is { } isUnread && Flag(closing) is { } isClosing && Flag(failed) is { } isFailed
            ? filter with { Channel = channel is "" ? null : channel, Unread = isUnread, Closing = isClosing, Failed = isFailed }
            : null;
    }

    private static bool? Flag(string? value) => value switch
    {
        null or "" or "false" => false,
        "true" => true,
        _ => null,
    };
}

/// <summary>The parts of a filter as queries. Each asks only for what the index of the list holds.</summary>
internal static class ConversationFilters
{
    /// <summary>What is left of a window that closes soon.</summary>
    public static readonly TimeSpan ClosingSoon = TimeSpan.FromHours(3);

    extension(IQueryable<Conversation> conversations)
    {
        /// <param name="accountId">Whose conversations these are.</param>
        /// <param name="viewer">The asking person; null for a key, which has taken over nothing.</param>
        public IQueryable<Conversation> Matching(AppDbContext db, Guid accountId, ConversationFilter filter, Guid? viewer, DateTimeOffset now)
        {
            var found = conversations.InScope(db, accountId, filter);
            found = filter.Owner switch
            {
                ConversationOwner.Ai => found.Where(c => c.AiReplies && c.WaitingReason == null),
                ConversationOwner.Waiting => found.WaitingForPerson(),
                ConversationOwner.Person => found.Where(c => !c.AiReplies && c.AiRepliesReason != "stop_word" && c.AiRepliesReason != "loop_guard"),
                ConversationOwner.Mine => found.Where(c => c.TakenOverBy == (viewer ?? Guid.Empty) || c.AssignedTo == (viewer ?? Guid.Empty)),
                _ => found,
            };
            found = filter.Unread ? found.Where(c => c.Unread > 0) : found;
            found = filter.Failed ? found.Where(c => c.FailedAt == c.LastMessageAt) : found;
            var (closed, soon) = (now - WindowRules.Length, now - WindowRules.Length + ClosingSoon);
            return filter.Closing ? found.Where(c => c.LastInboundAt > closed && c.LastInboundAt < soon) : found;
        }

        /// <summary>Those of its chatbot, channel and label, whatever their state.</summary>
        public IQueryable<Conversation> InScope(AppDbContext db, Guid accountId, ConversationFilter filter)
        {
            var found = filter.Bot is { } bot ? conversations.Where(c => c.ChatbotId == bot) : conversations;
            found = filter.Channel is { } channel ? found.Where(c => c.Channel == channel) : found;
            if (filter.Label is not { } label)
            {
                return found;
            }

            // A set that is made once: asked about each conversation by itself, a label takes half as long again.
            var key = LabelRules.Key(label);
            return found.Where(c => db.Set<ConversationLabel>().Where(l => l.AccountId == accountId && l.Key == key).Select(l => l.ConversationId).Contains(c.Id));
        }

        /// <summary>A customer who opted out waits for nobody: a person may write, the AI may not.</summary>
        public IQueryable<Conversation> WaitingForPerson() => conversations.Where(c => c.WaitingReason != null && (c.AiReplies || c.AiRepliesReason != "stop_word"));

        public IQueryable<Conversation> NotWaiting() => conversations.Where(c => c.WaitingReason == null || (!c.AiReplies && c.AiRepliesReason == "stop_word"));

        /// <summary>The order of those that wait: who has waited longest comes first.</summary>
        public IOrderedQueryable<Conversation> LongestWaitingFirst() => conversations.OrderBy(c => c.WaitingSince).ThenBy(c => c.Id);
    }
}
