using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AiBotKit.PinnacleSimulator.Webhooks;

/// <summary>Writes the callback envelope around items (wire facts 2.1). Items of the same number, field and array that follow each other share one change.</summary>
internal static class EnvelopeWriter
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static byte[] Write(IReadOnlyList<WebhookItem> items)
    {
        var buffer = new ArrayBufferWriter<byte>(512 * items.Count);
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "whatsapp_business_account"u8);
            json.WriteStartArray("entry"u8);
            for (var i = 0; i < items.Count;)
            {
                json.WriteStartObject();
                json.WriteString("id"u8, items[i].Number.WabaId);
                json.WriteStartArray("changes"u8);
                var waba = items[i].Number.WabaId;
                while (i < items.Count && items[i].Number.WabaId == waba)
                {
                    i = WriteChange(json, items, i);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return JsonEscape.Plain(buffer.WrittenSpan);
    }

    private static int WriteChange(Utf8JsonWriter json, IReadOnlyList<WebhookItem> items, int from)
    {
        var first = items[from];
        var to = from + 1;
        while (to < items.Count && items[to].Number == first.Number && items[to].Field == first.Field && items[to].Array == first.Array)
        {
            to++;
        }

        json.WriteStartObject();
        json.WriteStartObject("value"u8);
        json.WriteString("messaging_product"u8, "whatsapp"u8);
        json.WriteStartObject("metadata"u8);
        json.WriteString("display_phone_number"u8, first.Number.DisplayPhoneNumber);
        json.WriteString("phone_number_id"u8, first.Number.PhoneNumberId);
        json.WriteEndObject();
        WriteContacts(json, items, from, to);
        json.WriteStartArray(first.Array);
        for (var i = from; i < to; i++)
        {
            json.WriteRawValue(items[i].Json, skipInputValidation: true);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteString("field"u8, first.Field);
        json.WriteEndObject();
        return to;
    }

    private static void WriteContacts(Utf8JsonWriter json, IReadOnlyList<WebhookItem> items, int from, int to)
    {
        if (to - from == 1)
        {
            if (items[from].Contact is { } only)
            {
                json.WriteStartArray("contacts"u8);
                json.WriteRawValue(only, skipInputValidation: true);
                json.WriteEndArray();
            }

            return;
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        for (var i = from; i < to; i++)
        {
            if (items[i].Contact is { } contact && seen.Add(items[i].Customer))
            {
                if (seen.Count == 1)
                {
                    json.WriteStartArray("contacts"u8);
                }

                json.WriteRawValue(contact, skipInputValidation: true);
            }
        }

        if (seen.Count > 0)
        {
            json.WriteEndArray();
        }
    }
}
