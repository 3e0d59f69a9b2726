using AiBotKit.Durability;
using AiBotKit.Knowledge.Language;

namespace AiBotKit.Conversations;

/// <summary>
/// Two machines answering each other would go on for ever (S-R3): more than 20 AI replies in 10 minutes, or three near-equal exchanges in a row
/// within them, switch AI replies off and call a person. A person who says "hello?" again and again is no machine: what is as short as that must
/// come back ten times. Counted anew once a person has written. Pure.
/// </summary>
internal static class LoopGuard
{
    private const int Exchanges = 3;
    private const int ShortExchanges = 10;

    /// <summary>Letters of a text that people repeat by hand; Chinese, Japanese and Korean say as much in half of them.</summary>
    private const int ShortLetters = 20;

    /// <summary>Letters from which another number in the same words is another ticket of the same machine, not another question.</summary>
    private const int FormLetters = 80;

    private const double NearAsked = 0.9;

    /// <summary>A model words the same answer a little differently each time.</summary>
    private const double NearReplied = 0.6;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    /// <param name="maxTurns">AI replies allowed in 10 minutes; 0 switches the guard off.</param>
    public static bool Triggers(TurnSnapshot turn, DateTimeOffset now, int maxTurns) =>
        maxTurns > 0 && (turn.RecentReplies.Count(r => r.At > now - Period) >= maxTurns || Repeats(turn, now));

    private static bool Repeats(TurnSnapshot turn, DateTimeOffset now)
    {
        var asked = Folded.Of(string.Join(' ', turn.Unanswered.Select(m => m.Text)));
        var needed = asked.Letters < ShortLetters ? ShortExchanges : Exchanges;
        if (turn.RecentReplies.Count < needed)
        {
            return false;
        }

        var done = Done(turn.History);
        return done.Count >= needed
            && done[^needed].At > now - Period
            && done.TakeLast(needed).All(one => asked.IsNear(Folded.Of(one.Asked), NearAsked) && Folded.Of(done[^1].Replied).IsNear(Folded.Of(one.Replied), NearReplied));
    }

    /// <summary>What the customer said and what the AI answered, since a person wrote last; several bubbles of one side are one.</summary>
    private static List<(DateTimeOffset At, string Asked, string Replied)> Done(IReadOnlyList<TurnMessage> history)
    {
        var done = new List<(DateTimeOffset At, string Asked, string Replied)>();
        var asked = new List<TurnMessage>();
        var isReplying = false;
        // By arrival: a provider's times are whole seconds, and machines answer within one.
        foreach (var line in history.OrderBy(m => m.Seq))
        {
            switch (line.Role)
            {
                case MessageRole.Customer:
                    asked = isReplying ? [line] : [.. asked, line];
                    isReplying = false;
                    break;
                case MessageRole.Assistant when isReplying:
                    done[^1] = done[^1] with { Replied = done[^1].Replied + " " + line.Text };
                    break;
                case MessageRole.Assistant when asked.Count > 0:
                    done.Add((asked[0].At, string.Join(' ', asked.Select(m => m.Text)), line.Text));
                    isReplying = true;
                    break;
                case MessageRole.Owner:
                    done.Clear();
                    asked = [];
                    isReplying = false;
                    break;
            }
        }

        return done;
    }

    /// <summary>A text as it is compared: case, accents, letter forms and punctuation do not count. Pictures of faces alone are compared as they are.</summary>
    private readonly record struct Folded(string Words, string Numbers, int Letters)
    {
        private const int Longest = 1000;

        public static Folded Of(string text)
        {
            var folded = TextFolding.Fold(text.Length > Longest ? text.AsSpan(0, Longest) : text);
            return folded.Length == 0
                ? new(text.Trim(), "", 0)
                : new(
                    string.Concat(folded.Where(c => !char.IsDigit(c))),
                    string.Concat(folded.Where(c => char.IsDigit(c) || c == ' ')),
                    folded.Sum(c => c is ' ' || char.IsDigit(c) ? 0 : Script.IsSpaceless(c) ? 2 : 1));
        }

        public bool IsNear(Folded other, double share) =>
            (Letters >= FormLetters || SameNumbers(other)) && (Words == other.Words || (Letters > 0 && Likeness(Words, other.Words) >= share));

        private bool SameNumbers(Folded other) => Numbers.Split(' ', StringSplitOptions.RemoveEmptyEntries).SequenceEqual(other.Numbers.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        /// <summary>Dice's share of common letter pairs.</summary>
        private static double Likeness(string a, string b)
        {
            if (a.Length < 2 || b.Length < 2)
            {
                return 0;
            }

            var pairs = new Dictionary<(char, char), int>();
            for (var i = 1; i < a.Length; i++)
            {
                pairs[(a[i - 1], a[i])] = pairs.GetValueOrDefault((a[i - 1], a[i])) + 1;
            }

            var common = 0;
            for (var i = 1; i < b.Length; i++)
            {
                var pair = (b[i - 1], b[i]);
                if (pairs.TryGetValue(pair, out var left) && left > 0)
                {
                    pairs[pair] = left - 1;
                    common++;
                }
            }

            return 2.0 * common / (a.Length + b.Length - 2);
        }
    }
}
