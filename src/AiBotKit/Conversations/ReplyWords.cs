using AiBotKit.Durability;

namespace AiBotKit.Conversations;

/// <summary>Why a person's message cannot be sent, for programs (a code that never changes) and for people (one sentence).</summary>
internal static class ReplyWords
{
    /// <summary>Longest key of a request, in characters.</summary>
    public const int LongestKey = 200;

    /// <summary>Of the REST API; null for what is no refusal, or not found.</summary>
    public static string? Code(ReplyVerdict verdict) => verdict switch
    {
        ReplyVerdict.Disconnected => "CONNECTION_DISCONNECTED",
        ReplyVerdict.Paused or ReplyVerdict.PausedByPlan => "CONNECTION_PAUSED",
        ReplyVerdict.WindowClosed => "WA_WINDOW_CLOSED",
        ReplyVerdict.WindowOpen => "WA_WINDOW_OPEN",
        ReplyVerdict.AiRepliesOn => "AI_REPLIES_ON",
        ReplyVerdict.KeyUsed => "request_key_used",
        ReplyVerdict.Empty or ReplyVerdict.TooLong => "invalid_message",
        _ => null,
    };

    /// <summary>What stands in the way and what helps. Empty for what is no refusal.</summary>
    public static string Sentence(ReplyVerdict verdict) => verdict switch
    {
        ReplyVerdict.Disconnected => "This WhatsApp number is disconnected. Connect it again under Integrations.",
        ReplyVerdict.Paused => "WhatsApp is switched off for this chatbot. Switch it on under Integrations.",
        ReplyVerdict.PausedByPlan => "The account's plan has no WhatsApp, so nothing is sent. It goes on with a plan that has it.",
        ReplyVerdict.WindowClosed => "WhatsApp allows free text only for 24 hours after the customer's last message. It opens again by itself when the customer writes.",
        ReplyVerdict.WindowOpen => "The 24-hour window is open: write to the customer now, nothing has to be held.",
        ReplyVerdict.AiRepliesOn => "AI replies are on in this conversation. Switch them off first, or take over with the message.",
        ReplyVerdict.KeyUsed => "This Idempotency-Key was used for another message.",
        ReplyVerdict.Empty => "Write something to send.",
        ReplyVerdict.TooLong => "A WhatsApp message holds 4,096 characters. Send it in two parts.",
        ReplyVerdict.NotFound or ReplyVerdict.Merged => "This conversation is not here any more.",
        _ => "",
    };
}
