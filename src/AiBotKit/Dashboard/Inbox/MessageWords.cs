using AiBotKit.Durability;

namespace AiBotKit.Dashboard.Inbox;

/// <summary>The plain words for states, outcomes and failures of messages. Present tense, the person before the system.</summary>
internal static class MessageWords
{
    private const string Undelivered = "The message could not be delivered: ";

    /// <summary>The tick of a message of ours; null for what was said by others.</summary>
    public static TickView? Tick(MessageStatus status) => status switch
    {
        MessageStatus.New => new("clock", "Waiting to be sent"),
        MessageStatus.Sending => new("clock", "Sending"),
        MessageStatus.Unconfirmed => new("clock", "Sent, WhatsApp has not confirmed it yet"),
        MessageStatus.Accepted => new("clock", "Handed to WhatsApp"),
        MessageStatus.Sent => new("check", "Sent"),
        MessageStatus.Delivered => new("checks", "Delivered"),
        MessageStatus.Read => new("checks", "Read", Read: true),
        MessageStatus.Played => new("checks", "Played", Read: true),
        MessageStatus.Failed => new("alert", "Not delivered", Failed: true),
        MessageStatus.Cancelled => new("x", "Not sent"),
        MessageStatus.Held => new("clock", "Held until the customer writes"),
        _ => null,
    };

    /// <summary>Why a customer's message has no AI answer; null when it has one, or one is due.</summary>
    /// <param name="type">The wire's type of the message.</param>
    public static string? NotAnswered(string? outcome, string type) => (outcome, type) switch
    {
        ("unsupported", "voice") => "Not answered: voice note",
        ("unsupported", "audio") => "Not answered: audio",
        _ => NotAnswered(outcome),
    };

    private static string? NotAnswered(string? outcome) => outcome switch
    {
        null or "answered" => null,
        "ai_off" => "Not answered: the AI replies switch was off",
        "human" => "Not answered by the AI: a person had taken over",
        "paused" => "Received while paused: not answered",
        "disconnected" => "Not answered: the number was disconnected",
        "window" => "Not answered: the 24-hour window had closed",
        "quota" => "No reply: quota. The monthly AI messages were used up",
        "plan" => "Received while the plan had no WhatsApp: not answered",
        "unconfirmed" => "Perhaps not answered: WhatsApp never said whether it took the reply",
        "late" => "Not answered: it arrived too late to be answered by the AI",
        "stopped" or "opted_out" => "Not answered: the customer had opted out",
        "unsupported" => "Not answered: the AI cannot answer this kind of message",
        "banned" => "Not answered: it contains a banned word",
        "loop" or "loop_guard" => "Not answered: it looks like another bot",
        "handover" => "Left to the person who was called",
        "event" or "started" => null,
        "outage" => "Not answered: the AI's model could not be reached",
        "superseded" => "Not answered on its own: more messages came",
        "restored" => "Not answered: this copy was restored from a backup, and it may have been answered before",
        "revoked" => "Not answered: the customer took it back",
        "failed" => "Not answered: the reply could not be delivered",
        "dead_letter" => "Not answered: it could not be processed and is kept among the dead letters",
        _ => "Not answered: " + outcome.Replace('_', ' '),
    };

    /// <summary>Outcomes after which somebody should look.</summary>
    public static bool NeedsPerson(string? outcome) => outcome is "late" or "unconfirmed" or "failed" or "outage" or "dead_letter" or "restored" or "quota" or "window" or "plan" or "loop" or "loop_guard";

    /// <summary>Outcomes that show that a person (or the customer) had switched the AI off.</summary>
    public static bool HeldByPerson(string? outcome) => outcome is "ai_off" or "human";

    /// <summary>The cause box of a message that did not arrive; null when nothing went wrong.</summary>
    public static FailureView? Failure(MessageStatus status, int? code, string? reason) => status switch
    {
        MessageStatus.Failed => Split(reason ?? "WhatsApp refused it. It did not reach the customer.", code, true),
        MessageStatus.Cancelled when CancelledBecause(reason) is { } because => new("Not sent.", because, null, false),
        MessageStatus.Unconfirmed => new("Not confirmed yet.", "WhatsApp has not said whether it took this message. It is not sent again by itself, so that the customer never gets it twice.", Code(code), false),
        _ => null,
    };

    private static string? CancelledBecause(string? reason) => reason switch
    {
        null or "" => null,
        "superseded" => "The customer wrote again before it went out, so one answer to everything followed.",
        "human" or "ai_off" => "A person had taken over before it went out.",
        "stopped" => "The customer asked to stop before it went out.",
        "plan" => "The plan had no WhatsApp any more before it went out.",
        "paused" or "disconnected" or "disabled" => "WhatsApp was switched off before it went out.",
        "unanswered" => "It was to follow an answer that did not reach the customer.",
        "merged" => "The customer became known under another address before it went out, and is answered there.",
        "window" => "The 24-hour window closed before it went out.",
        "withdrawn" => "It was held, and taken back before the customer wrote.",
        "handed_back" => "It was held, and the conversation was handed back to the AI before the customer wrote.",
        _ => reason.Contains(' ', StringComparison.Ordinal) ? reason : reason.Replace('_', ' '),
    };

    private static FailureView Split(string reason, int? code, bool final)
    {
        if (reason.StartsWith(Undelivered, StringComparison.Ordinal))
        {
            reason = reason[Undelivered.Length..];
        }

        var stop = reason.IndexOf(". ", StringComparison.Ordinal);
        return stop < 0
            ? new(final ? "Not delivered." : "Not sent.", reason, Code(code), final)
            : new((final ? "Not delivered: " : "Not sent: ") + Lower(reason[..(stop + 1)]), reason[(stop + 2)..], Code(code), final);
    }

    /// <summary>As the middle of a sentence; names and capitals stay.</summary>
    public static string Lower(string sentence) =>
        sentence.Length > 1 && char.IsUpper(sentence[0]) && !char.IsUpper(sentence[1]) && !sentence.StartsWith("WhatsApp", StringComparison.Ordinal)
            ? char.ToLowerInvariant(sentence[0]) + sentence[1..]
            : sentence;

    private static string? Code(int? code) => code is null ? null : $"code {code}";
}
