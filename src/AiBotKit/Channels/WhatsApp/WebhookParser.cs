using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>
/// Reads a callback in one pass into typed items. Total: whatever the bytes are, it returns. Structure that cannot hold a
/// message (a null entry, an unknown field) is <see cref="Ignored"/>; a message that cannot be used is a <see cref="BadItem"/>
/// and harms no sibling. For duplicate keys the last one wins, everywhere, because there is only this one parse.
/// </summary>
internal static class WebhookParser
{
    // Our deepest path is nine levels; a hostile depth is refused by the tokenizer without recursion.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 256 };

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <param name="body">The verified raw bytes. Items keep slices of it: do not return the buffer to a pool before they are stored.</param>
    public static ParsedWebhook Parse(ReadOnlyMemory<byte> body)
    {
        var json = body.Span.StartsWith(ByteOrderMark) ? body[3..] : body;
        if (json.IsEmpty)
        {
            return new([new BadItem("empty body") { Raw = body, IsWholeBody = true }]);
        }

        try
        {
            using var document = JsonDocument.Parse(json, Options);
            var items = new List<WebhookItem>();
            new Envelope(json, items).ReadRoot(document.RootElement);
            return new(items);
        }
        catch (JsonException)
        {
            return new([new BadItem("not JSON") { Raw = body, IsWholeBody = true }]);
        }
    }

    /// <summary>Reads one stored item again (a dead letter that a person replays). The sender's name is not part of it.</summary>
    public static WebhookItem ParseItem(string field, ReadOnlyMemory<byte> raw, string phoneNumberId, string? wabaId, string? displayPhone)
    {
        try
        {
            using var document = JsonDocument.Parse(raw, Options);
            var source = new ItemSource(raw, field, wabaId, phoneNumberId, displayPhone, Contacts: null);
            return field switch
            {
                "messages" when IsStatus(document.RootElement) => EventReader.ReadStatus(document.RootElement, source),
                "messages" => MessageReader.ReadMessage(document.RootElement, source),
                "smb_message_echoes" => MessageReader.ReadEcho(document.RootElement, source),
                _ => source.Ignore(document.RootElement, $"{field} items are not replayed"),
            };
        }
        catch (JsonException)
        {
            return new BadItem("not JSON") { Raw = raw, Field = field, PhoneNumberId = phoneNumberId, WabaId = wabaId };
        }
    }

    private static bool IsStatus(JsonElement item) => item.ValueKind == JsonValueKind.Object && item.Text("status"u8) is not null && item.Text("type"u8) is null;

    private sealed class Envelope(ReadOnlyMemory<byte> body, List<WebhookItem> items)
    {
        public void ReadRoot(JsonElement root)
        {
            var nowhere = new ItemSource(body, "", null, null, null, null);
            if (root.ValueKind != JsonValueKind.Object)
            {
                items.Add(nowhere.Ignore(root, "the root is no object"));
            }
            else if (root.Text("object"u8) != "whatsapp_business_account")
            {
                items.Add(nowhere.Ignore(root, "the object is no WhatsApp account"));
            }
            else if (!root.TryGetArray("entry"u8, out var entries))
            {
                items.Add(nowhere.Ignore(root, "entry is no array"));
            }
            else
            {
                foreach (var entry in entries.EnumerateArray())
                {
                    ReadEntry(entry, nowhere);
                }
            }
        }

        private void ReadEntry(JsonElement entry, ItemSource nowhere)
        {
            var source = nowhere with { WabaId = entry.Line("id"u8), At = entry.Time("time"u8) };
            if (!entry.TryGetArray("changes"u8, out var changes))
            {
                items.Add(source.Ignore(entry, "an entry without changes"));
                return;
            }

            foreach (var change in changes.EnumerateArray())
            {
                ReadChange(change, source);
            }
        }

        private void ReadChange(JsonElement change, ItemSource source)
        {
            if (change.Line("field"u8) is not { } field)
            {
                items.Add(source.Ignore(change, "a change without field"));
                return;
            }

            source = source with { Field = field };
            if (!change.TryGet("value"u8, out var value) || value.ValueKind != JsonValueKind.Object)
            {
                items.Add(source.Ignore(change, "a value that is no object"));
                return;
            }

            // Switch on the field first: history carries "messages" and calls carry "statuses" that are none (wire facts 0.14).
            switch (field)
            {
                case "messages":
                    ReadMessages(value, WithNumber(source, value));
                    break;
                case "smb_message_echoes":
                    Each(value, "message_echoes"u8, WithNumber(source, value), MessageReader.ReadEcho);
                    break;
                case "calls":
                    ReadCalls(value, WithNumber(source, value));
                    break;
                case "user_preferences":
                    Each(value, "user_preferences"u8, WithNumber(source, value), EventReader.ReadPreference);
                    break;
                case "webhook_test":
                    items.Add(EventReader.ReadTest(value, WithNumber(source, value)));
                    break;
                case "account_update":
                    items.Add(EventReader.ReadAccount(value, source));
                    break;
                case "message_template_status_update":
                    items.Add(EventReader.ReadTemplate(value, source));
                    break;
                default:
                    items.Add(source.Ignore(change, $"field {field} says nothing to a conversation"));
                    break;
            }
        }

        private static ItemSource WithNumber(ItemSource source, JsonElement value) =>
            value.TryGet("metadata"u8, out var metadata)
                ? source with
                {
                    PhoneNumberId = metadata.Digits("phone_number_id"u8),
                    DisplayPhone = SessionIds.PhoneDigits(metadata.Text("display_phone_number"u8)),
                }
                : source;

        private void ReadMessages(JsonElement value, ItemSource source)
        {
            if (source.PhoneNumberId is null)
            {
                items.Add(source.Ignore(value, "no phone_number_id to route by"));
                return;
            }

            var before = items.Count;
            source = source with { Contacts = SenderContacts.Read(value) };
            Each(value, "messages"u8, source, MessageReader.ReadMessage);
            Each(value, "statuses"u8, source, EventReader.ReadStatus);
            if (value.Errors("errors"u8) is { Count: > 0 } errors)
            {
                items.Add(source.Ignore(value, $"error {errors[0].Code} out of band"));
            }

            if (items.Count == before)
            {
                items.Add(source.Ignore(value, "nothing in the value"));
            }
        }

        private void ReadCalls(JsonElement value, ItemSource source)
        {
            if (source.PhoneNumberId is null)
            {
                items.Add(source.Ignore(value, "no phone_number_id to route by"));
                return;
            }

            source = source with { Contacts = SenderContacts.Read(value) };
            Each(value, "calls"u8, source, EventReader.ReadCall);
            Each(value, "statuses"u8, source, EventReader.ReadCallStatus);
        }

        private void Each(JsonElement value, ReadOnlySpan<byte> name, ItemSource source, Func<JsonElement, ItemSource, WebhookItem> read)
        {
            if (!value.TryGet(name, out var list))
            {
                return;
            }

            if (list.ValueKind != JsonValueKind.Array)
            {
                items.Add(source.Ignore(value, "a list that is no array"));
                return;
            }

            foreach (var element in list.EnumerateArray())
            {
                items.Add(read(element, source));
            }
        }
    }
}

/// <summary>Where an item stands in the callback: what all items of one value share.</summary>
internal sealed record ItemSource(
    ReadOnlyMemory<byte> Body,
    string Field,
    string? WabaId,
    string? PhoneNumberId,
    string? DisplayPhone,
    SenderContacts? Contacts)
{
    /// <summary>The provider's time of account-like entries; others have none.</summary>
    public DateTimeOffset? At { get; init; }

    public ReadOnlyMemory<byte> RawOf(JsonElement element)
    {
        // The document was parsed from this body without a copy, so the element's bytes lie inside it.
        var raw = JsonMarshal.GetRawUtf8Value(element);
        return Body.Span.Overlaps(raw, out var offset) ? Body.Slice(offset, raw.Length) : raw.ToArray();
    }

    public bool IsReadable(JsonElement element) => Utf8.IsValid(JsonMarshal.GetRawUtf8Value(element));

    public Ignored Ignore(JsonElement element, string reason) =>
        new(reason) { Field = Field, WabaId = WabaId, PhoneNumberId = PhoneNumberId, Raw = RawOf(element) };

    public BadItem Bad(JsonElement element, string reason) =>
        new(reason) { Field = Field, WabaId = WabaId, PhoneNumberId = PhoneNumberId, Raw = RawOf(element) };
}
