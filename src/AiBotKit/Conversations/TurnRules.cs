using AiBotKit.Conversations.Handover;
using AiBotKit.Durability;

namespace AiBotKit.Conversations;

/// <summary>What a turn is to do, decided from values alone.</summary>
internal abstract record TurnDecision
{
    private TurnDecision()
    {
    }

    /// <summary>Ask the assistant.</summary>
    internal sealed record Answer : TurnDecision;

    /// <summary>No AI reply; the messages end with <paramref name="Outcome"/>.</summary>
    /// <param name="WaitingReason">A person is wanted.</param>
    /// <param name="SwitchOffBy">AI replies are switched off by this rule.</param>
    internal sealed record StoreOnly(string Outcome, string? WaitingReason = null, string? SwitchOffBy = null) : TurnDecision;

    /// <summary>A person is called and the customer told.</summary>
    /// <param name="Language">ISO 639-1 code in which they asked; empty when only the owner's own words were used.</param>
    internal sealed record CallPerson(string Language) : TurnDecision;

    /// <summary>A fixed text that costs nothing.</summary>
    internal sealed record Notice(string Outcome, string Text) : TurnDecision;
}

/// <summary>The order of the rules before any AI reply: connection, switch, staleness, window, banned words, asking for a person, quota, loop guard. Pure.</summary>
internal static class TurnRules
{
    /// <summary>After this long since the first unanswered message a turn commits although newer ones came.</summary>
    public static readonly TimeSpan NewerPatience = TimeSpan.FromSeconds(15);

    /// <summary>Decides what the turn of <paramref name="turn"/> does at <paramref name="now"/>.</summary>
    public static TurnDecision Decide(TurnSnapshot turn, DateTimeOffset now, TimeSpan staleAfter, int loopGuardTurns)
    {
        if (!turn.ConnectionEnabled)
        {
            return new TurnDecision.StoreOnly(turn.PausedByPlan ? "plan" : "paused");
        }

        if (!turn.AiReplies)
        {
            return new TurnDecision.StoreOnly("human");
        }

        if (!turn.Asked && turn.Unanswered.All(m => IsStale(m.At, now, staleAfter)))
        {
            return new TurnDecision.StoreOnly("late", "late");
        }

        if (!WindowRules.IsOpenForAi(turn.LastInboundAt, now))
        {
            return new TurnDecision.StoreOnly("window", "window");
        }

        if (BannedWords.Find(turn.BannedWords, turn.Unanswered.Select(m => m.Text)) is not null)
        {
            return new TurnDecision.Notice("banned", turn.BannedWordsMessage);
        }

        if (HandoverRules.AskedFor(turn) is { } language)
        {
            // Told once; who asks again is waited for already.
            return turn.Handover.Told ? new TurnDecision.StoreOnly("handover") : new TurnDecision.CallPerson(language);
        }

        if (turn.AiMessageLimit is { } limit && turn.AiMessagesUsed >= limit)
        {
            return new TurnDecision.StoreOnly("quota", "quota");
        }

        return LoopGuard.Triggers(turn, now, loopGuardTurns)
            ? new TurnDecision.StoreOnly("loop", "loop", "loop_guard")
            : new TurnDecision.Answer();
    }

    /// <summary>A message this old by the provider's clock is for a person, not for the bot.</summary>
    public static bool IsStale(DateTimeOffset at, DateTimeOffset now, TimeSpan staleAfter) => at <= now - staleAfter;

    /// <summary>Whether a commit may pass by newer messages: already redone once, or the customer has waited long enough.</summary>
    public static bool MayPassNewer(TurnSnapshot turn, DateTimeOffset now) => turn.Redone || now - turn.FirstUnansweredAt >= NewerPatience;
}
