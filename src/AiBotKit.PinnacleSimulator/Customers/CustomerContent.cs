using System.Text.Json.Nodes;
using AiBotKit.PinnacleSimulator.Media;

namespace AiBotKit.PinnacleSimulator.Customers;

/// <summary>Turns a control request into the object named after the message type (wire facts section 3). Pure but for the media store.</summary>
internal static class CustomerContent
{
    /// <summary>Wire type, object, and the words a person reads. Null: the request makes no message.</summary>
    public static (string Type, JsonNode? Content, string? Text)? Build(CustomersEndpoints.SendRequest ask, Func<string, MediaFile> media, Func<MediaFile, string> url) => ask.Type switch
    {
        "text" => ("text", new JsonObject { ["body"] = ask.Text ?? "" }, ask.Text),
        "image" or "video" or "document" or "sticker" or "audio" or "voice" => Media(ask, media(ask.Type), url),
        "location" => ("location", Without(new JsonObject
        {
            ["latitude"] = ask.Latitude ?? 39.4699,
            ["longitude"] = ask.Longitude ?? -0.3763,
            ["name"] = ask.Name,
            ["address"] = ask.Address,
        }), ask.Name),
        "contacts" => ("contacts", Card(ask), ask.Name ?? "Sam Placeholder"),
        "reaction" => ("reaction", Without(new JsonObject { ["message_id"] = ask.MessageId, ["emoji"] = string.IsNullOrEmpty(ask.Emoji) ? null : ask.Emoji }), ask.Emoji),
        "button_reply" => ("interactive", new JsonObject
        {
            ["type"] = "button_reply",
            ["button_reply"] = new JsonObject { ["id"] = ask.ButtonId ?? ask.Title, ["title"] = ask.Title },
        }, ask.Title),
        "list_reply" => ("interactive", new JsonObject
        {
            ["type"] = "list_reply",
            ["list_reply"] = Without(new JsonObject { ["id"] = ask.ButtonId ?? ask.Title, ["title"] = ask.Title, ["description"] = ask.Description }),
        }, ask.Title),
        "button" => ("button", new JsonObject { ["payload"] = ask.ButtonId ?? ask.Title, ["text"] = ask.Title }, ask.Title),
        "edit" => ("edit", new JsonObject
        {
            ["original_message_id"] = ask.MessageId,
            ["message"] = new JsonObject
            {
                ["context"] = new JsonObject { ["id"] = "M0" },
                ["type"] = "text",
                ["text"] = new JsonObject { ["body"] = ask.Text ?? "" },
            },
        }, ask.Text),
        "revoke" => ("revoke", new JsonObject { ["original_message_id"] = ask.MessageId }, null),
        "order" => ("order", new JsonObject
        {
            ["catalog_id"] = "900000000000001",
            ["text"] = ask.Text ?? "",
            ["product_items"] = new JsonArray(new JsonObject { ["product_retailer_id"] = "moka-250", ["quantity"] = 2, ["item_price"] = 9.5, ["currency"] = "EUR" }),
        }, ask.Text),
        "unsupported" => ("unsupported", new JsonObject { ["type"] = "poll" }, null),
        "request_welcome" => ("request_welcome", null, null),
        _ when ask.Content is { } given => (ask.Type, JsonNode.Parse(given.GetRawText()), null),
        _ => null,
    };

    private static (string Type, JsonNode? Content, string? Text) Media(CustomersEndpoints.SendRequest ask, MediaFile file, Func<MediaFile, string> url)
    {
        var type = ask.Type == "voice" ? "audio" : ask.Type;
        var content = Without(new JsonObject
        {
            ["mime_type"] = file.MimeType,
            ["sha256"] = Convert.ToBase64String(file.Hash),
            ["id"] = file.Id,
            ["url"] = url(file),
            ["caption"] = type is "audio" or "sticker" ? null : ask.Caption ?? ask.Text,
            ["filename"] = type == "document" ? ask.Filename ?? file.Filename : null,
        });
        if (type == "audio")
        {
            content["voice"] = ask.Type == "voice" || ask.Voice == true;
        }

        if (type == "sticker")
        {
            content["animated"] = false;
        }

        return (type, content, type is "audio" or "sticker" ? null : ask.Caption ?? ask.Text);
    }

    private static JsonArray Card(CustomersEndpoints.SendRequest ask)
    {
        var name = ask.Name ?? "Sam Placeholder";
        // Typed by people, so in any spelling; WhatsApp's own id of a number is its digits.
        var digits = string.Concat((ask.Phone ?? "").Where(char.IsAsciiDigit));
        var phone = digits.Length > 0 ? digits : "15550100199";
        return new JsonArray(new JsonObject
        {
            ["name"] = new JsonObject { ["formatted_name"] = name, ["first_name"] = name.Split(' ')[0] },
            ["phones"] = new JsonArray(new JsonObject { ["phone"] = "+" + phone, ["wa_id"] = phone, ["type"] = "CELL" }),
        });
    }

    private static JsonObject Without(JsonObject content)
    {
        foreach (var name in content.Where(static member => member.Value is null).Select(static member => member.Key).ToList())
        {
            content.Remove(name);
        }

        return content;
    }
}
