using AiBotKit.Durability;

namespace AiBotKit.Conversations;

/// <summary>
/// Two machines answering each other would go on for ever (S-R3): more than 20 AI replies in 10 minutes, or three equal exchanges in
/// a row within 2 minutes, switch AI replies off and call a person. Pure.
/// </summary>
internal static class LoopGuard
{
    private static readonly TimeSpan CountingPeriod = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RepeatPeriod = TimeSpan.FromMinutes(2);

    /// <param name="maxTurns">AI replies allowed in 10 minutes; 0 switches the guard off.</param>
    public static bool Triggers(TurnSnapshot turn, DateTimeOffset now, int maxTurns) =>
        maxTurns > 0 && (turn.RecentReplies.Count(r => r.At > now - CountingPeriod) >= maxTurns || Repeats(turn, now));

    private static bool Repeats(TurnSnapshot turn, DateTimeOffset now)
    {
        var said = turn.History.Where(m => m.Role == MessageRole.Customer).TakeLast(3).ToList();
        var replies = turn.RecentReplies.Take(3).ToList();
        var asked = Fold(turn.Unanswered[^1].Text);
        return said.Count == 3
            && replies.Count == 3
            && said[0].At > now - RepeatPeriod
            && said.TrueForAll(m => Fold(m.Text) == asked)
            && replies.TrueForAll(r => Fold(r.Text) == Fold(replies[0].Text));
    }

    private static string Fold(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToUpperInvariant();
}
