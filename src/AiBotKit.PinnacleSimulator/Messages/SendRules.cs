using System.Text.Json;

namespace AiBotKit.PinnacleSimulator.Messages;

/// <summary>What a send body must look like (wire facts section 6). Pure: values in, error or null out.</summary>
internal static class SendRules
{
    private const int TextLimit = 4096;
    private const int CaptionLimit = 1024;

    public static ApiError? Check(JsonElement body, string type) => type switch
    {
        "text" => Text(body),
        "image" or "video" or "document" or "audio" or "sticker" => Media(body, type),
        "location" => Location(body),
        "contacts" => Contacts(body),
        "reaction" => body.Object("reaction") is not { } reaction ? ApiErrors.Missing("reaction")
            : string.IsNullOrEmpty(reaction.Text("message_id")) ? ApiErrors.Missing("reaction.message_id") : null,
        "interactive" => Interactive(body),
        "template" => body.Object("template") is not { } template ? ApiErrors.Missing("template")
            : string.IsNullOrEmpty(template.Text("name")) ? ApiErrors.Missing("template.name")
            : string.IsNullOrEmpty(template.Object("language")?.Text("code")) ? ApiErrors.Missing("template.language.code") : null,
        _ => ApiErrors.Bad("Param type must be one of {AUDIO, CONTACTS, DOCUMENT, IMAGE, INTERACTIVE, LOCATION, REACTION, STICKER, TEMPLATE, TEXT, VIDEO} - got \"" + type + "\"."),
    };

    private static ApiError? Text(JsonElement body)
    {
        if (body.Object("text") is not { } text)
        {
            return ApiErrors.Missing("text");
        }

        var words = text.Text("body");
        return string.IsNullOrWhiteSpace(words) ? ApiErrors.Missing("text.body")
            : words.Length > TextLimit ? ApiErrors.Bad("Param text['body'] must be at most 4096 characters long.") : null;
    }

    private static ApiError? Media(JsonElement body, string type)
    {
        if (body.Object(type) is not { } media)
        {
            return ApiErrors.Missing(type);
        }

        var link = media.Text("link");
        if (string.IsNullOrEmpty(media.Text("id")) && string.IsNullOrEmpty(link))
        {
            return ApiErrors.Missing(type + ".id");
        }

        if (!string.IsNullOrEmpty(link) && !(Uri.TryCreate(link, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
        {
            return ApiErrors.Invalid($"{type}.link must be an http or https address");
        }

        return media.Text("caption") is not { } caption ? null
            : type is "audio" or "sticker" ? ApiErrors.Invalid($"{type} takes no caption")
            : caption.Length > CaptionLimit ? ApiErrors.Invalid("Caption must be at most 1024 characters long") : null;
    }

    private static ApiError? Location(JsonElement body) => body.Object("location") is not { } location ? ApiErrors.Missing("location")
        : string.IsNullOrEmpty(location.Text("latitude")) ? ApiErrors.Missing("location.latitude")
        : string.IsNullOrEmpty(location.Text("longitude")) ? ApiErrors.Missing("location.longitude") : null;

    private static ApiError? Contacts(JsonElement body)
    {
        if (body.Array("contacts") is not { } contacts || contacts.GetArrayLength() == 0)
        {
            return ApiErrors.Missing("contacts");
        }

        return contacts.EnumerateArray().Any(static one => string.IsNullOrEmpty(one.Object("name")?.Text("formatted_name")))
            ? ApiErrors.Missing("contacts.name.formatted_name")
            : null;
    }

    private static ApiError? Interactive(JsonElement body)
    {
        if (body.Object("interactive") is not { } interactive)
        {
            return ApiErrors.Missing("interactive");
        }

        var type = interactive.Text("type");
        if (string.IsNullOrEmpty(type))
        {
            return ApiErrors.Missing("interactive.type");
        }

        if (interactive.Object("action") is not { } action)
        {
            return ApiErrors.Missing("interactive.action");
        }

        var words = interactive.Object("body")?.Text("text");
        var needsWords = type is "button" or "list" or "cta_url" or "location_request_message";
        if (needsWords && string.IsNullOrEmpty(words))
        {
            return ApiErrors.Missing("interactive.body.text");
        }

        if (words?.Length > (type == "list" ? TextLimit : CaptionLimit))
        {
            return ApiErrors.Invalid("Interactive body is too long");
        }

        if (interactive.Object("header")?.Text("text")?.Length > 60 || interactive.Object("footer")?.Text("text")?.Length > 60)
        {
            return ApiErrors.Invalid("Header and footer must be at most 60 characters long");
        }

        return type switch
        {
            "button" => Buttons(action),
            "list" => List(action),
            "cta_url" => action.Object("parameters") is not { } cta || string.IsNullOrEmpty(cta.Text("url")) ? ApiErrors.Missing("interactive.action.parameters.url")
                : cta.Text("display_text") is not { Length: > 0 and <= 20 } ? ApiErrors.Invalid("Display text must be 1 to 20 characters long") : null,
            _ => null,
        };
    }

    private static ApiError? Buttons(JsonElement action)
    {
        if (action.Array("buttons") is not { } buttons)
        {
            return ApiErrors.Missing("interactive.action.buttons");
        }

        if (buttons.GetArrayLength() is < 1 or > 3)
        {
            return ApiErrors.Invalid("Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3");
        }

        HashSet<string> titles = new(StringComparer.Ordinal);
        HashSet<string> ids = new(StringComparer.Ordinal);
        foreach (var button in buttons.EnumerateArray())
        {
            var reply = button.Object("reply");
            if (reply?.Text("title") is not { Length: > 0 and <= 20 } title)
            {
                return ApiErrors.Invalid("Button title must be 1 to 20 characters long");
            }

            if (reply.Value.Text("id") is not { Length: > 0 and <= 256 } id)
            {
                return ApiErrors.Invalid("Button id must be 1 to 256 characters long");
            }

            if (!titles.Add(title) || !ids.Add(id))
            {
                return ApiErrors.Invalid("Duplicate button title or id");
            }
        }

        return null;
    }

    private static ApiError? List(JsonElement action)
    {
        if (action.Text("button") is not { Length: > 0 and <= 20 })
        {
            return ApiErrors.Invalid("List button must be 1 to 20 characters long");
        }

        if (action.Array("sections") is not { } sections || sections.GetArrayLength() is < 1 or > 10)
        {
            return ApiErrors.Invalid("A list has 1 to 10 sections");
        }

        var rows = 0;
        HashSet<string> ids = new(StringComparer.Ordinal);
        foreach (var section in sections.EnumerateArray())
        {
            if (section.Text("title")?.Length > 24 || (sections.GetArrayLength() > 1 && string.IsNullOrEmpty(section.Text("title"))))
            {
                return ApiErrors.Invalid("Section title must be 1 to 24 characters long");
            }

            foreach (var row in section.Array("rows")?.EnumerateArray() ?? default)
            {
                rows++;
                if (row.Text("title") is not { Length: > 0 and <= 24 } || row.Text("description")?.Length > 72 ||
                    row.Text("id") is not { Length: > 0 and <= 200 } id || !ids.Add(id))
                {
                    return ApiErrors.Invalid("Row title is 1 to 24, description at most 72, id 1 to 200 characters long and unique");
                }
            }
        }

        return rows is < 1 or > 10 ? ApiErrors.Invalid("A list has 1 to 10 rows in total") : null;
    }
}
