using AiBotKit.Assistant;
using AiBotKit.Durability;

namespace AiBotKit.Conversations;

/// <summary>Stored messages as the assistant reads them.</summary>
internal static class Speakers
{
    public static HistoryLine Line(MessageRole role, string text) =>
        new(role switch { MessageRole.Customer => Speaker.Customer, MessageRole.Owner => Speaker.Owner, _ => Speaker.Assistant }, text);
}
