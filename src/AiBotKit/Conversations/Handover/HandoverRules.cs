using System.Net.Mail;
using AiBotKit.Durability;

namespace AiBotKit.Conversations.Handover;

/// <summary>When a person is called. Pure.</summary>
internal static class HandoverRules
{
    public const int MaxWords = 2_000;

    /// <summary>One bubble, with room for the hours and the disclosure.</summary>
    public const int MaxMessage = 1_000;

    public const int MaxAfterUnanswered = 20;

    public const int MaxMails = 10;

    /// <summary>The language in which the unanswered messages ask for a person; empty = the owner's own words; null = they do not.</summary>
    public static string? AskedFor(TurnSnapshot turn) => HandoverWords.Find(turn.Unanswered.Select(m => m.Text), turn.Handover.Languages, turn.Handover.Words);

    /// <summary>Unanswered questions in a row after this answer.</summary>
    /// <param name="unanswered">The knowledge did not hold the answer.</param>
    /// <param name="counts">The answer says something about it at all: small talk does not.</param>
    public static int InARow(int before, bool unanswered, bool counts) => unanswered ? before + 1 : counts ? 0 : before;

    /// <summary>Whether so many unanswered questions call a person.</summary>
    public static bool IsEnough(int inARow, int? afterUnanswered) => afterUnanswered is { } enough && inARow >= enough;

    /// <summary>The same, trimmed, with lists one entry a line.</summary>
    public static HandoverValues Clean(HandoverValues values) => values with
    {
        Words = Lines(values.Words),
        Message = values.Message.Trim(),
        OpeningHours = OpeningHours.Parse(values.OpeningHours)?.ToString() ?? values.OpeningHours.Trim(),
        Mails = Lines(values.Mails),
        TakeoverMessage = values.TakeoverMessage.Trim(),
        HandbackMessage = values.HandbackMessage.Trim(),
    };

    /// <summary>One sentence about the first value that cannot stand, and which one that is; null when all can.</summary>
    public static (string Field, string Sentence)? Problem(HandoverValues values) => values switch
    {
        _ when values.Words.Length > MaxWords => ("words", $"Keep the list of words under {MaxWords:N0} characters."),
        _ when values.AfterUnanswered is < 0 or > MaxAfterUnanswered => ("afterUnanswered", $"Call a person after 1 to {MaxAfterUnanswered} unanswered questions, or 0 for never."),
        _ when values.Message.Length > MaxMessage => ("message", $"Keep the message under {MaxMessage:N0} characters."),
        _ when OpeningHours.Parse(values.OpeningHours) is null => ("openingHours", "Write the times of a day as 09:00-17:00, several with a comma between, without an overlap."),
        _ when values.Mails.Split('\n').Length > MaxMails => ("mails", $"Name at most {MaxMails} addresses."),
        _ when values.Mails.Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(one => one.Length > 254 || !MailAddress.TryCreate(one, out var address) || address.Address != one) is { } bad => ("mails", $"{(bad.Length > 60 ? bad[..60] + "…" : bad)} is not an e-mail address."),
        _ when values.TakeoverMessage.Length > MaxMessage => ("takeoverMessage", $"Keep what customers read at a takeover under {MaxMessage:N0} characters."),
        _ when values.HandbackMessage.Length > MaxMessage => ("handbackMessage", $"Keep what customers read when the AI answers again under {MaxMessage:N0} characters."),
        _ => null,
    };

    private static string Lines(string text) => string.Join('\n', text.Split(['\n', '\r', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.OrdinalIgnoreCase));
}

/// <summary>What a person may set of a chatbot's handover.</summary>
/// <param name="Words">Further phrases that ask for a person, one a line or separated by commas.</param>
/// <param name="AfterUnanswered">Unanswered questions in a row that call a person; 0 = never.</param>
/// <param name="Message">The owner's own words to the customer; empty = ours, in the customer's language.</param>
/// <param name="OpeningHours">Lines such as <c>mon 09:00-12:30</c> in the chatbot's time zone; empty = nothing is said of it.</param>
/// <param name="Mails">Addresses that are told, one a line or separated by commas; empty = none.</param>
/// <param name="TakeoverMessage">Sent when a person takes over; <c>{name}</c> is theirs. Empty = not told.</param>
/// <param name="HandbackMessage">Sent when the AI answers again. Empty = not told.</param>
internal sealed record HandoverValues(string Words, int AfterUnanswered, string Message, string OpeningHours, string Mails, string TakeoverMessage, string HandbackMessage)
{
    public static HandoverValues Default { get; } = new("", HandoverSettings.DefaultAfterUnanswered, "", "", "", "", "");

    public static HandoverValues Of(HandoverSettings? stored) => stored is null
        ? Default
        : new(stored.Words, stored.AfterUnanswered ?? 0, stored.Message, stored.OpeningHours, stored.Mails, stored.TakeoverMessage, stored.HandbackMessage);

    public void CopyTo(HandoverSettings stored)
    {
        stored.Words = Words;
        stored.AfterUnanswered = AfterUnanswered == 0 ? null : AfterUnanswered;
        stored.Message = Message;
        stored.OpeningHours = OpeningHours;
        stored.Mails = Mails;
        stored.TakeoverMessage = TakeoverMessage;
        stored.HandbackMessage = HandbackMessage;
    }
}
