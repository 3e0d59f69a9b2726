using AiBotKit.Durability;

namespace AiBotKit.Conversations;

/// <summary>What becomes of a customer message at the moment it is stored. Pure; runs inside the ingest transaction.</summary>
internal static class ArrivalRules
{
    /// <summary>Applies the rules that need no model and no knowledge: paused, stop words, AI replies off, staleness, quiet window.</summary>
    public static ArrivalDecision Decide(in ArrivalContext arrival, QuietWindow quiet, TimeSpan staleAfter)
    {
        if (!arrival.ConnectionEnabled)
        {
            // Nothing is sent, a confirmation neither; what the customer wants holds all the same, or one click would answer a STOP later.
            return (OfWord(arrival) ?? Stored("paused")) with { Outcome = "paused", Notice = null, WaitingReason = null };
        }

        if (OfWord(arrival) is { } asked)
        {
            return asked;
        }

        if (!arrival.AiReplies)
        {
            return Stored(arrival.AiRepliesReason == "stop_word" ? "stopped" : "ai_off");
        }

        if (TurnRules.IsStale(arrival.At, arrival.Now, staleAfter))
        {
            return Stored("late") with { WaitingReason = "late" };
        }

        return new ArrivalDecision(null, quiet.For(arrival.Text, arrival.IsTap), quiet.Cap);
    }

    /// <summary>A stop or start word that changes something; else null.</summary>
    private static ArrivalDecision? OfWord(in ArrivalContext arrival) => StopWords.Classify(arrival.Text, arrival.Languages) switch
    {
        StopWord.Stop when arrival.AiReplies => Stored("stopped") with
        {
            SwitchAiReplies = false,
            Notice = "You will get no more automatic answers here. A person can still write to you. Send START to switch them on again.",
            EventText = "The customer wrote a stop word: AI replies are off",
            WaitingReason = "stop_word",
        },
        StopWord.Start when !arrival.AiReplies && arrival.AiRepliesReason == "stop_word" => Stored("started") with
        {
            SwitchAiReplies = true,
            Notice = "Automatic answers are on again. How can I help?",
            EventText = "The customer wrote a start word: AI replies are on",
        },
        _ => null,
    };

    private static ArrivalDecision Stored(string outcome) => new(outcome, default, default);
}

/// <summary>How long to wait for more bubbles before answering.</summary>
/// <param name="Longest">Longest wait after the last bubble; adaptation only shortens it.</param>
/// <param name="Cap">Longest wait from the first unanswered message.</param>
internal readonly record struct QuietWindow(TimeSpan Longest, TimeSpan Cap)
{
    /// <summary>Nothing for a tap (complete by itself), three fifths for text that ends like a finished sentence, else the longest.</summary>
    public TimeSpan For(string text, bool isTap)
    {
        if (isTap)
        {
            return TimeSpan.Zero;
        }

        var end = text.AsSpan().TrimEnd();
        return !end.IsEmpty && end[^1] is '.' or '!' or '?' or '؟' or '。' or '？' or '！' or '।' ? Longest * 0.6 : Longest;
    }
}
