namespace AiBotKit.Channels.WhatsApp;

/// <summary>Reads a callback in one pass into typed items. Total: whatever the bytes are, it returns.</summary>
internal static class WebhookParser
{
    public static ParsedWebhook Parse(ReadOnlyMemory<byte> body) =>
        new([new BadItem("not implemented yet") { Raw = body, IsWholeBody = true }]);
}
