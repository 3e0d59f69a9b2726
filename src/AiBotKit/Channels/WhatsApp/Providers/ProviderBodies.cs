using System.Text.Json;

namespace AiBotKit.Channels.WhatsApp.Providers;

/// <summary>Request bodies of Meta's Cloud API, which Pinnacle takes unchanged (wire facts 6).</summary>
internal static class ProviderBodies
{
    /// <summary>The provider's limit of a text body, in UTF-16 units to be safe.</summary>
    public const int MaxText = 4096;

    public static byte[] Text(Recipient recipient, string text, string opaqueKey, string? replyTo) => Write(writer =>
    {
        To(writer, recipient);
        if (replyTo is not null)
        {
            writer.WriteStartObject("context");
            writer.WriteString("message_id", replyTo);
            writer.WriteEndObject();
        }

        writer.WriteString("biz_opaque_callback_data", opaqueKey);
        writer.WriteString("type", "text");
        writer.WriteStartObject("text");
        writer.WriteBoolean("preview_url", false);
        writer.WriteString("body", text);
        writer.WriteEndObject();
    });

    /// <param name="template">The object <c>template</c>, as JSON.</param>
    public static byte[] Template(Recipient recipient, string template, string opaqueKey) => Write(writer =>
    {
        To(writer, recipient);
        writer.WriteString("biz_opaque_callback_data", opaqueKey);
        writer.WriteString("type", "template");
        writer.WritePropertyName("template");
        writer.WriteRawValue(template);
    });

    public static byte[] MarkRead(string messageId, bool typing) => Write(writer =>
    {
        writer.WriteString("messaging_product", "whatsapp");
        writer.WriteString("status", "read");
        writer.WriteString("message_id", messageId);
        if (typing)
        {
            writer.WriteStartObject("typing_indicator");
            writer.WriteString("type", "text");
            writer.WriteEndObject();
        }
    });

    private static void To(Utf8JsonWriter writer, Recipient recipient)
    {
        writer.WriteString("messaging_product", "whatsapp");
        writer.WriteString("recipient_type", "individual");
        switch (recipient)
        {
            case Recipient.Phone phone:
                writer.WriteString("to", phone.Digits);
                break;

            // In "to" a BSUID is accepted and never delivered (wire facts 0.9).
            case Recipient.User user:
                writer.WriteString("recipient", user.UserId);
                break;
        }
    }

    public static byte[] Write(Action<Utf8JsonWriter> content)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            content(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
