using AiBotKit.Durability;

namespace AiBotKit.Conversations;

/// <summary>Which reactions a message has now: one of each side, the latest counts, an empty one takes it back. Pure.</summary>
internal static class ReactionRules
{
    /// <param name="reactions">In timeline order; what is no reaction is skipped.</param>
    /// <returns>By the provider id of the message that was reacted to.</returns>
    public static ILookup<string, (MessageRole By, string Emoji)> Current(IEnumerable<(MessageRole By, ContentMarks Marks)> reactions)
    {
        var latest = new Dictionary<(string Target, MessageRole By), string?>();
        foreach (var (by, marks) in reactions)
        {
            if (marks is { Kind: "reaction", TargetProviderId: { } target })
            {
                latest[(target, by)] = marks.Emoji;
            }
        }

        return latest.Where(one => one.Value is not null).ToLookup(one => one.Key.Target, one => (one.Key.By, one.Value!));
    }
}
