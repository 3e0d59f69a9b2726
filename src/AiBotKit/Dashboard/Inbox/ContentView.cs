using System.Globalization;
using System.Text.Json;
using AiBotKit.Conversations;

namespace AiBotKit.Dashboard.Inbox;

/// <summary>
/// What the dashboard shows of a message's stored content (JSON with a <c>kind</c>). Reads by name and survives anything: a missing or
/// strange field is left out, content that is no JSON shows nothing. The file itself is a <see cref="MediaView"/>.
/// </summary>
/// <param name="Referral">The ad or post that the customer came from.</param>
/// <param name="Template">Set for an approved template of ours.</param>
internal sealed record ContentView(ContentMarks Marks, AttachmentView? Attachment, ReferralView? Referral, TemplateView? Template = null)
{
    public static ContentView Nothing { get; } = new(ContentMarks.Nothing, null, null);

    public string? Kind => Marks.Kind;

    public static ContentView Read(string type, string? json)
    {
        if (json is null)
        {
            return Nothing;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return Nothing;
            }

            var marks = ContentMarks.Of(root);
            return new ContentView(marks, AttachmentOf(marks.Kind, type, root), ReferralOf(marks.Referral), marks.Kind == "template" ? TemplateOf(root) : null);
        }
        catch (JsonException)
        {
            return Nothing;
        }
    }

    private static AttachmentView? AttachmentOf(string? kind, string type, JsonElement root) => kind switch
    {
        "media" => Media(type, root),
        "location" => Location(root),
        "contacts" => Contacts(root),
        "order" => Order(root),
        "choice" => new("hand", "Tapped", Text(root, "title") ?? Text(root, "id") ?? "a button"),
        "form" => new("doc", "Form answered", Text(root, "name") ?? ""),
        "unsupported" => new("alert", "A kind that WhatsApp does not pass on", Join(Text(root, "type")?.Replace('_', ' '), Text(root, "reason"))),
        _ => null,
    };

    private static TemplateView TemplateOf(JsonElement root) => new((Text(root, "name") ?? "template").Replace('_', ' '), Text(root, "footer"), [.. List(root, "buttons").OfType<string>()]);

    private static AttachmentView Media(string type, JsonElement root)
    {
        var mime = Text(root, "mimeType");
        var family = type is "image" or "audio" or "video" or "document" or "sticker" ? type : mime?.Split('/')[0] ?? "document";
        var voice = Flag(root, "voice");
        var (icon, title) = family switch
        {
            "image" => ("image", "Photo"),
            "audio" => ("mic", voice ? "Voice note" : "Audio"),
            "video" => ("video", "Video"),
            "sticker" => ("smile", "Sticker"),
            _ => ("doc", "Document"),
        };
        return new AttachmentView(icon, Text(root, "fileName") ?? title, Join(Text(root, "fileName") is null ? null : title, FormatOf(mime)));
    }

    /// <summary>"PDF" for <c>application/pdf</c>; null where the type's name says nothing to people.</summary>
    private static string? FormatOf(string? mime) =>
        mime?.Split(';')[0].Split('/') is [_, { Length: > 1 and < 6 } format] && format.All(char.IsAsciiLetterOrDigit) ? format.ToUpperInvariant() : null;

    private static AttachmentView Location(JsonElement root)
    {
        var (latitude, longitude) = (Number(root, "latitude"), Number(root, "longitude"));
        var href = latitude is { } y && longitude is { } x
            ? string.Create(CultureInfo.InvariantCulture, $"https://www.openstreetmap.org/?mlat={y}&mlon={x}#map=16/{y}/{x}")
            : null;
        var place = latitude is null || longitude is null ? "without coordinates" : string.Create(CultureInfo.InvariantCulture, $"{latitude:0.#####}, {longitude:0.#####}");
        return new AttachmentView("pin", Text(root, "name") ?? "Location", Join(Text(root, "address"), place), href);
    }

    private static AttachmentView Contacts(JsonElement root)
    {
        var lines = new List<string>();
        if (root.TryGetProperty("cards", out var cards) && cards.ValueKind == JsonValueKind.Array)
        {
            foreach (var card in cards.EnumerateArray().Where(card => card.ValueKind == JsonValueKind.Object))
            {
                lines.Add(Join([Text(card, "name") ?? "Without a name", .. List(card, "phones"), .. List(card, "emails")]));
            }
        }

        return new AttachmentView("person", lines.Count == 1 ? "Contact" : $"{lines.Count} contacts", "", Lines: lines);
    }

    private static AttachmentView Order(JsonElement root)
    {
        var lines = new List<string>();
        if (root.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in items.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object))
            {
                var price = Number(item, "price") is { } amount ? string.Create(CultureInfo.InvariantCulture, $"{amount:0.00} {Text(item, "currency")}") : null;
                lines.Add(Join(string.Create(CultureInfo.InvariantCulture, $"{Number(item, "quantity") ?? 1:0.##} × {Text(item, "productId") ?? "an item"}"), price));
            }
        }

        return new AttachmentView("cart", lines.Count == 1 ? "Order, 1 item" : $"Order, {lines.Count} items", Text(root, "note") ?? "", Lines: lines);
    }

    private static ReferralView? ReferralOf(MessageReferral? referral)
    {
        if (referral is null)
        {
            return null;
        }

        var source = referral.SourceType switch { "ad" => "An ad", "post" => "A post", _ => "A link" };
        var href = Uri.TryCreate(referral.SourceUrl, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" ? uri.AbsoluteUri : null;
        return new ReferralView(source, referral.Headline, referral.Body, href);
    }

    private static bool Flag(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static string Join(params IEnumerable<string?> parts) => string.Join(" · ", parts.Where(part => !string.IsNullOrEmpty(part)));

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static double? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number : null;

    private static List<string?> List(JsonElement element, string name) =>
        element.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Array
            ? values.EnumerateArray().Where(value => value.ValueKind == JsonValueKind.String).Select(value => value.GetString()).ToList()
            : [];
}
