using AiBotKit.Durability.Audit;

namespace AiBotKit.Durability;

/// <summary>What became of a person's wish to write to a customer.</summary>
internal enum ReplyVerdict
{
    Stored,

    /// <summary>The account has no such conversation.</summary>
    NotFound,

    /// <summary>The conversation was merged into another one: that one is to be asked.</summary>
    Merged,

    /// <summary>Nothing is left of the text that could be sent.</summary>
    Empty,

    /// <summary>More than one message of the channel can hold.</summary>
    TooLong,

    /// <summary>The same idempotency key stored another message before.</summary>
    KeyUsed,
    Disconnected,

    /// <summary>The owner has switched the connection off.</summary>
    Paused,

    /// <summary>The plan has no channels.</summary>
    PausedByPlan,
    WindowClosed,

    /// <summary>A reply is to be held although it could go out now.</summary>
    WindowOpen,
    AiRepliesOn,
}

/// <summary>What a person's message depends on.</summary>
/// <param name="Connected">The conversation has a live connection.</param>
/// <param name="Enabled">The owner has not switched it off.</param>
internal readonly record struct ReplyCircumstances(bool Connected, bool Enabled, bool PausedByPlan, DateTimeOffset? LastInboundAt, bool AiReplies);

/// <summary>How a person's message is to reach the customer.</summary>
internal enum ReplyWay
{
    /// <summary>As free text, at once: the service window must be open.</summary>
    Now,

    /// <summary>As an approved template: the window does not matter.</summary>
    Template,

    /// <summary>Held until the customer writes: only while the window is closed.</summary>
    Later,
}

/// <summary>Whether a person may write to a customer now. Pure.</summary>
internal static class ReplyRules
{
    /// <summary>
    /// The first thing that stands in the way, in the order in which a person has to put them right: disconnected, paused, window, AI replies
    /// on. <see cref="ReplyVerdict.Stored"/> when nothing does.
    /// </summary>
    /// <param name="takeOver">AI replies being on is no obstacle: they are switched off with it.</param>
    public static ReplyVerdict Decide(in ReplyCircumstances now, bool takeOver, DateTimeOffset at, ReplyWay way = ReplyWay.Now) => now switch
    {
        { Connected: false } => ReplyVerdict.Disconnected,
        { Enabled: false } => ReplyVerdict.Paused,
        { PausedByPlan: true } => ReplyVerdict.PausedByPlan,
        _ when way == ReplyWay.Now && !WindowRules.IsOpen(now.LastInboundAt, at) => ReplyVerdict.WindowClosed,
        _ when way == ReplyWay.Later && WindowRules.IsOpen(now.LastInboundAt, at) => ReplyVerdict.WindowOpen,
        { AiReplies: true } when !takeOver => ReplyVerdict.AiRepliesOn,
        _ => ReplyVerdict.Stored,
    };
}

/// <summary>A message that a person (or a program on a person's behalf) writes to a customer.</summary>
/// <param name="Text">As it is sent: cleaned for the channel, not empty, no longer than one message.</param>
/// <param name="AuthorName">Shown with the message and in the event line of a takeover.</param>
/// <param name="TakeOver">Switch AI replies off with it.</param>
/// <param name="MessageId">Of the message to be stored. One that is stored already is not stored again.</param>
internal sealed record PersonReply(Guid AccountId, Guid ConversationId, Guid MessageId, string Text, string AuthorName, bool TakeOver, Actor By)
{
    /// <summary>Of the message: <c>text</c> or <c>template</c>.</summary>
    public string Type { get; init; } = "text";

    /// <summary>Typed content of the message as JSON; null for plain text.</summary>
    public string? Content { get; init; }

    /// <summary>What the channel sends instead of the text (<see cref="OutboxRow.Payload"/>).</summary>
    public string? Payload { get; init; }

    /// <summary>The AI's draft that the text may be, unchanged; then it counts as an AI message, as long as one is left.</summary>
    public Guid? DraftId { get; init; }
}

/// <summary>What became of a person's message.</summary>
/// <param name="MessageId">Set when it is stored, now or by the same request before.</param>
/// <param name="InFlight">An AI reply was already on the wire and may still arrive.</param>
internal readonly record struct ReplyResult(ReplyVerdict Verdict, Guid? MessageId = null, bool InFlight = false);
