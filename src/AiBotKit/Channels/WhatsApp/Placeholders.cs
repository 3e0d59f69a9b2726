namespace AiBotKit.Channels.WhatsApp;

/// <summary>What a message without words reads as in a list or a history; brackets mark that nobody typed it.</summary>
internal static class Placeholders
{
    public static string For(InboundKind kind, MessageContent content) => (kind, content) switch
    {
        (InboundKind.Audio, MediaContent { Voice: true }) => "[Voice message]",
        (InboundKind.Document, MediaContent { FileName: { } file }) => $"[Document: {file}]",
        (InboundKind.Location, LocationContent { Name: { } name }) => $"[Location: {name}]",
        (InboundKind.Contacts, ContactsContent { Cards: [{ Name: { } name }, ..] }) => $"[Contact: {name}]",
        (InboundKind.Reaction, ReactionContent { Emoji: { } emoji }) => emoji,
        (InboundKind.Reaction, _) => "[Reaction removed]",
        (InboundKind.Order, OrderContent order) => $"[Order: {order.Items.Count} item{(order.Items.Count == 1 ? "" : "s")}]",
        (InboundKind.FormReply, FormContent { Body: { } body }) => body,
        (InboundKind.Edit, _) => "[Message edited]",
        (InboundKind.Revoke, _) => "[Message deleted]",
        (InboundKind.RequestWelcome, _) => "[Opened the chat]",
        (InboundKind.CallPermissionReply, _) => "[Call permission answered]",
        (InboundKind.Unsupported, _) => "[Message of a kind WhatsApp does not pass on]",
        (InboundKind.Text, _) => "",
        _ => $"[{kind}]",
    };
}
