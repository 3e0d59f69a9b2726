using System.Text.Json;
using System.Text.RegularExpressions;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>Reads what a message holds, by its <c>type</c> (the table of wire facts 3).</summary>
internal static partial class ContentReader
{
    private const int MaxCards = 50;
    private const int MaxPerCard = 20;
    private const int MaxOrderItems = 100;
    private const int MaxFormLength = 16_384;

    internal readonly record struct Reading(InboundKind Kind, string? Text, MessageContent Content);

    /// <param name="nested">True inside an edit, where another edit is not followed.</param>
    public static Reading Read(JsonElement message, string type, bool nested = false) => type switch
    {
        "text" => new(InboundKind.Text, Words(message, "text"u8, "body"u8), new TextContent()),
        "image" => Media(message, "image"u8, InboundKind.Image),
        "audio" or "voice" => Media(message, "audio"u8, InboundKind.Audio),
        "video" => Media(message, "video"u8, InboundKind.Video),
        "document" => Media(message, "document"u8, InboundKind.Document),
        "sticker" => Media(message, "sticker"u8, InboundKind.Sticker),
        "location" => new(InboundKind.Location, null, Location(message)),
        "contacts" => new(InboundKind.Contacts, null, Contacts(message)),
        "interactive" => Interactive(message),
        "button" => TemplateButton(message),
        "reaction" => new(InboundKind.Reaction, null, Reaction(message)),
        "order" => new(InboundKind.Order, null, Order(message)),
        "request_welcome" => new(InboundKind.RequestWelcome, null, new TextContent()),
        "edit" when !nested => Edit(message),
        "revoke" => new(InboundKind.Revoke, null, new RevokeContent(message.TryGet("revoke"u8, out var revoke) ? revoke.Id("original_message_id"u8) : null)),
        _ => new(InboundKind.Unsupported, null, Unsupported(message, type)),
    };

    private static string? Words(JsonElement message, ReadOnlySpan<byte> part, ReadOnlySpan<byte> name)
    {
        var text = message.TryGet(part, out var value) && value.TryGet(name, out var words) && words.ValueKind == JsonValueKind.String
            ? WireText.Clean(WireJson.Text(words))
            : null;
        return string.IsNullOrEmpty(text) ? null : text;
    }

    private static Reading Media(JsonElement message, ReadOnlySpan<byte> part, InboundKind kind)
    {
        var caption = kind is InboundKind.Audio or InboundKind.Sticker ? null : Words(message, part, "caption"u8);
        if (!message.TryGet(part, out var media))
        {
            return new(kind, null, new MediaContent(null, null, null, null, null, false, false));
        }

        var content = new MediaContent(
            media.Digits("id"u8),
            media.Line("mime_type"u8),
            media.Line("sha256"u8),
            FileName(media.Line("filename"u8)),
            caption,
            media.IsTrue("voice"u8),
            media.IsTrue("animated"u8));
        return new(kind, caption, content);
    }

    /// <summary>Shown and offered for download only; no path survives.</summary>
    private static string? FileName(string? name) =>
        name is null ? null : WireText.CleanLine(name[(name.LastIndexOfAny(['/', '\\']) + 1)..]);

    private static LocationContent Location(JsonElement message) =>
        message.TryGet("location"u8, out var location)
            ? new(location.Coordinate("latitude"u8, 90), location.Coordinate("longitude"u8, 180), location.Line("name"u8), location.Line("address"u8, 1024))
            : new(null, null, null, null);

    private static ContactsContent Contacts(JsonElement message)
    {
        var requested = message.Text("origin"u8) == "contact_request";
        if (!message.TryGetArray("contacts"u8, out var cards))
        {
            return new([], requested);
        }

        return new([.. cards.EnumerateArray().Where(card => card.ValueKind == JsonValueKind.Object).Take(MaxCards).Select(Card)], requested);
    }

    private static SharedContact Card(JsonElement card)
    {
        var name = card.TryGet("name"u8, out var names) ? names.Line("formatted_name"u8) ?? names.Line("first_name"u8) : null;
        List<string> phones = [];
        List<string> ids = [];
        if (card.TryGetArray("phones"u8, out var list))
        {
            foreach (var phone in list.EnumerateArray().Take(MaxPerCard))
            {
                AddIfAny(phones, phone.Line("phone"u8));
                AddIfAny(ids, SessionIds.PhoneDigits(phone.Text("wa_id"u8)));
            }
        }

        foreach (Match match in VcardWhatsAppId().Matches(WireText.Clean(card.Text("vcard"u8), 8192) ?? ""))
        {
            if (SessionIds.PhoneDigits(match.Groups[1].Value) is { } id && !ids.Contains(id) && ids.Count < MaxPerCard)
            {
                ids.Add(id);
            }
        }

        List<string> emails = [];
        if (card.TryGetArray("emails"u8, out var mails))
        {
            foreach (var mail in mails.EnumerateArray().Take(MaxPerCard))
            {
                AddIfAny(emails, mail.Line("email"u8));
            }
        }

        return new(name, phones, ids, emails);
    }

    private static void AddIfAny(List<string> list, string? value)
    {
        if (value is not null)
        {
            list.Add(value);
        }
    }

    private static Reading Interactive(JsonElement message)
    {
        if (!message.TryGet("interactive"u8, out var interactive))
        {
            return new(InboundKind.Unsupported, null, new UnsupportedContent("interactive", null, "nothing in it"));
        }

        var type = interactive.Line("type"u8);
        switch (type)
        {
            case "button_reply" when interactive.TryGet("button_reply"u8, out var button):
                return Choice(InboundKind.ButtonReply, button);
            case "list_reply" when interactive.TryGet("list_reply"u8, out var row):
                return Choice(InboundKind.ListReply, row);
            case "nfm_reply" when interactive.TryGet("nfm_reply"u8, out var form):
                return new(InboundKind.FormReply, null, new FormContent(
                    form.Line("name"u8), WireText.Clean(form.Text("body"u8), 1024), WireText.Clean(form.Text("response_json"u8), MaxFormLength)));
            case "call_permission_reply" when interactive.TryGet("call_permission_reply"u8, out var permission):
                return new(InboundKind.CallPermissionReply, null, new FormContent("call_permission", permission.Line("response"u8), null));
            default:
                return new(InboundKind.Unsupported, null, new UnsupportedContent(type is null ? "interactive" : $"interactive/{type}", null, null));
        }
    }

    private static Reading Choice(InboundKind kind, JsonElement choice)
    {
        var title = choice.Line("title"u8);
        return new(kind, title, new ChoiceContent(choice.Line("id"u8), title, choice.Line("description"u8)));
    }

    private static Reading TemplateButton(JsonElement message)
    {
        if (!message.TryGet("button"u8, out var button))
        {
            return new(InboundKind.TemplateButton, null, new ChoiceContent(null, null, null));
        }

        var text = button.Line("text"u8);
        return new(InboundKind.TemplateButton, text, new ChoiceContent(button.Line("payload"u8), text, null));
    }

    private static ReactionContent Reaction(JsonElement message) =>
        message.TryGet("reaction"u8, out var reaction)
            ? new(reaction.Id("message_id"u8), reaction.Line("emoji"u8, 64))
            : new(null, null);

    private static OrderContent Order(JsonElement message)
    {
        if (!message.TryGet("order"u8, out var order))
        {
            return new(null, null, []);
        }

        List<OrderItem> items = [];
        if (order.TryGetArray("product_items"u8, out var list))
        {
            foreach (var item in list.EnumerateArray().Take(MaxOrderItems))
            {
                items.Add(new(item.Line("product_retailer_id"u8), item.Decimal("quantity"u8), item.Decimal("item_price"u8), item.Line("currency"u8, 8)));
            }
        }

        return new(order.Line("catalog_id"u8), WireText.Clean(order.Text("text"u8), 4096), items);
    }

    private static Reading Edit(JsonElement message)
    {
        if (!message.TryGet("edit"u8, out var edit))
        {
            return new(InboundKind.Edit, null, new EditContent(null, null));
        }

        var target = edit.Id("original_message_id"u8);
        if (!edit.TryGet("message"u8, out var inner) || inner.Line("type"u8) is not { } type)
        {
            return new(InboundKind.Edit, null, new EditContent(target, null));
        }

        var reading = Read(inner, type, nested: true);
        return new(InboundKind.Edit, reading.Text, new EditContent(target, reading.Content));
    }

    private static UnsupportedContent Unsupported(JsonElement message, string type)
    {
        var error = message.Errors("errors"u8) is [var first, ..] ? first : null;
        var inner = message.TryGet("unsupported"u8, out var unsupported) ? unsupported.Line("type"u8, 64) : null;
        return new(inner ?? type, error?.Code, error?.Details ?? error?.Title);
    }

    /// <summary>The parameter a requested card carries instead of <c>wa_id</c>.</summary>
    [GeneratedRegex(@"^TEL;[^:\n]*waid=([0-9]{1,20})[;:]", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex VcardWhatsAppId();
}
