using AiBotKit.Durability;

namespace AiBotKit.Conversations;

/// <summary>What a replay came to.</summary>
/// <param name="Code">Stable; null when it was replayed.</param>
/// <param name="Sentence">For people.</param>
/// <param name="IsUnusable">Its content cannot be processed as it is (422); otherwise the circumstances refuse it (409).</param>
internal sealed record ReplayAnswer(string? Code, string Sentence, bool IsUnusable = false);

/// <summary>The words and codes of a replay. Pure.</summary>
internal static class ReplayRules
{
    /// <summary>Why what was read again is of no use; null when it can be stored.</summary>
    public static string? WhyUnusable(bool hasContent, IReadOnlyList<Arrival> arrivals) =>
        !hasContent ? "its content is not kept any more"
        : arrivals.Count == 0 ? "it holds nothing for a conversation"
        : arrivals.All(a => a is UnusableArrival) ? ((UnusableArrival)arrivals[0]).Reason
        : null;

    public static ReplayAnswer Unusable(string reason) => new("unusable", $"It still cannot be processed: {reason}.", IsUnusable: true);

    public static ReplayAnswer Answer(ReplayVerdict verdict) => verdict switch
    {
        ReplayVerdict.Done => new(null, "Replayed."),
        ReplayVerdict.AlreadyReplayed => new("already_replayed", "It was replayed before."),
        ReplayVerdict.AlreadyStored => new("already_stored", "Its message came in again meanwhile and is in its conversation; nothing was added."),
        ReplayVerdict.UnknownNumber => new("unknown_number", "No connection has the number that it came in on. Connect the number, then replay it."),
        ReplayVerdict.NothingOpen => new("nothing_open", "Its messages have found another end; there is nothing to answer."),
        ReplayVerdict.AiOff => new("ai_off", "AI replies are off in this conversation. Switch them on to have it answered, or answer it yourself."),
        ReplayVerdict.Paused => new("paused", "WhatsApp is switched off for this chatbot, so nothing can be answered."),
        ReplayVerdict.Late => new("late", "The customer wrote too long ago for an automatic answer. Answer it yourself."),
        ReplayVerdict.WindowClosed => new("window_closed", "The 24-hour window is closed. Only a template can reach the customer now."),
        ReplayVerdict.AnsweredByPerson => new("answered_by_person", "A person has written to the customer since. It is not answered again."),
        _ => Unusable("the store refuses it"),
    };
}
