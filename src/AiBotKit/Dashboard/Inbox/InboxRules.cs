using AiBotKit.Conversations;
using AiBotKit.Durability;

namespace AiBotKit.Dashboard.Inbox;

/// <summary>What a row and the header of a conversation say, from stored values and the time.</summary>
internal static class InboxRules
{
    public static readonly TimeSpan ServiceWindow = TimeSpan.FromHours(24);

    /// <summary>Who answers next.</summary>
    /// <param name="takenBy">The person who took over, as the row calls it; null when nobody is known.</param>
    public static OwnerView OwnerOf(bool aiReplies, string? aiRepliesReason, string? waitingReason, DateTimeOffset? waitingSince, DateTimeOffset now, string? takenBy = null)
    {
        // A customer who opted out waits for nobody: a person may write, the AI may not.
        if (waitingReason is not null && (aiReplies || aiRepliesReason != "stop_word"))
        {
            var label = waitingSince is { } since ? "Waiting " + TimeWords.Span(now - since) : "Waiting";
            return new OwnerView(Owner.Waiting, label, WaitingSentence(waitingReason));
        }

        if (aiReplies)
        {
            return new OwnerView(Owner.Ai, "AI", "The AI answers next. AI replies are on here.");
        }

        return aiRepliesReason switch
        {
            "phone" => new OwnerView(Owner.Person, "On the phone", "A person answers next. Somebody replied from the phone, so the AI is off here."),
            "stop_word" => new OwnerView(Owner.Nobody, "Opted out", "Nobody writes by default. The customer asked to stop; START switches the AI on again."),
            "loop_guard" => new OwnerView(Owner.Nobody, "AI off", "Nobody answers by default. It looked like two bots talking to each other, so the AI is off here."),
            _ => new OwnerView(Owner.Person, takenBy ?? "A person", "A person answers next. The AI is off in this conversation."),
        };
    }

    /// <summary>The service window: 24 hours from the customer's latest message.</summary>
    public static WindowView WindowOf(DateTimeOffset? lastInboundAt, DateTimeOffset now)
    {
        if (lastInboundAt is not { } last)
        {
            return new WindowView(true, "No window", 0, "shut", "The customer has not written yet, so WhatsApp allows no free text");
        }

        var left = last + ServiceWindow - now;
        if (left <= TimeSpan.Zero)
        {
            return new WindowView(true, "Closed", 0, "shut", "The 24-hour window is closed. It opens again when the customer writes");
        }

        var text = TimeWords.Span(left);
        var tone = left < TimeSpan.FromHours(1) ? "last" : left < TimeSpan.FromHours(2) ? "soon" : "";
        return new WindowView(false, text, (int)Math.Clamp(Math.Ceiling(left / ServiceWindow * 100), 1, 100), tone, $"{text} left of the 24-hour window");
    }

    /// <summary>Whether the viewer may write now, and if not, why.</summary>
    /// <param name="draft">What the AI had written when a person took over.</param>
    public static ComposerView ComposerOf(in ReplyCircumstances circumstances, string? draft, DateTimeOffset now, TimeZoneInfo zone)
    {
        var verdict = ReplyRules.Decide(circumstances, true, now);
        DateTimeOffset? ends = circumstances.LastInboundAt + ServiceWindow;
        return verdict switch
        {
            ReplyVerdict.Stored => new ComposerView(null, "", ends, TimeWords.ToCome(ends!.Value, now, zone), draft),
            ReplyVerdict.WindowClosed => new ComposerView(Shut(), ReplyWords.Sentence(verdict), null, "", draft) { HasWays = true },
            ReplyVerdict.Disconnected => new ComposerView("Nothing can be sent.", ReplyWords.Sentence(verdict), null, "", draft),
            _ => new ComposerView("Sending is paused.", ReplyWords.Sentence(verdict), null, "", draft),
        };

        string Shut() => ends is { } closed ? $"The 24-hour window closed {Day(TimeWords.Alone(closed, now, zone).Text)}." : "The customer has not written yet.";

        static string Day(string alone) => alone.StartsWith("today, ", StringComparison.Ordinal) ? "at " + alone["today, ".Length..] : alone.Replace(", ", " at ", StringComparison.Ordinal);
    }

    /// <summary>The end of a takeover; null when it has none.</summary>
    /// <param name="hours">Of the chatbot.</param>
    public static HoldView? HoldOf(bool aiReplies, DateTimeOffset? until, int? hours, DateTimeOffset now, TimeZoneInfo zone) =>
        !aiReplies && until is { } end ? new HoldView(end, TimeWords.ToCome(end, now, zone), TimeSpan.FromHours(hours ?? Chatbots.Chatbot.DefaultTakeoverHours)) : null;

    /// <summary>Digits as a phone number that can be read aloud; anything else as it is. Groups are known for North America only: a wrong group is worse than none.</summary>
    public static string Number(string address)
    {
        if (address.Length is < 7 or > 15 || !address.All(char.IsAsciiDigit))
        {
            return address;
        }

        return address is ['1', .. { Length: 10 } rest] ? $"+1 {rest[..3]} {rest[3..6]} {rest[6..]}" : "+" + address;
    }

    private static string WaitingSentence(string reason) => reason switch
    {
        "asked" => "A person is wanted. The customer asked for one.",
        "unanswered" => "A person is wanted. The AI did not know the answer several times in a row.",
        "judged" => "A person is wanted. The AI left this to a person.",
        "outage" => "A person is wanted. The AI could not answer: its model could not be reached.",
        "late" => "A person is wanted. A message arrived too late to be answered by the AI.",
        "gap" => "A person is wanted. The answer is not in the knowledge.",
        "restored" => "A person is wanted. This copy was restored from a backup; a message may or may not have been answered before.",
        "dead_letter" => "A person is wanted. A message could not be processed and is among the dead letters.",
        "quota" => "A person is wanted. The monthly AI messages are used up.",
        "loop" => "A person is wanted. It looks like two bots talking to each other.",
        "window" => "A person is wanted. The answer came after the 24-hour window had closed.",
        "send_failed" or "failed" => "A person is wanted. A reply could not be delivered.",
        _ => "A person is wanted. Somebody should look here.",
    };
}
