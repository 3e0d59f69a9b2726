using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AiBotKit.Channels.WhatsApp.Templates;

/// <summary>What a template shows and what has to be filled in, read from its own parts. Total: parts that cannot be understood make it unsendable.</summary>
/// <param name="Header">Text above the body, with its blanks; null when there is none, or it is no text.</param>
/// <param name="Body">With its blanks: <c>{{1}}</c> or <c>{{name}}</c>.</param>
/// <param name="Fields">The blanks in the order in which a form asks for them.</param>
/// <param name="Unsendable">Why it cannot be sent from here, one sentence; null when it can.</param>
internal sealed partial record TemplateForm(string? Header, string Body, string? Footer, IReadOnlyList<TemplateButton> Buttons, IReadOnlyList<TemplateField> Fields, string? Unsendable)
{
    /// <summary>Meta's limits (wire facts 6), in UTF-16 units.</summary>
    public const int LongestBody = 1024;
    public const int LongestHeader = 60;
    public const int LongestUrlPart = 2000;

    /// <summary>A template with a button that a customer can tap to answer.</summary>
    public bool CanBeTapped => Buttons.Any(button => button.Kind == TemplateButton.QuickReply);

    public static TemplateForm Read(string components, string category)
    {
        try
        {
            using var document = JsonDocument.Parse(components);
            return document.RootElement.ValueKind == JsonValueKind.Array ? Read(document.RootElement, category) : Unknown;
        }
        catch (JsonException)
        {
            return Unknown;
        }
    }

    /// <summary>Every blank of a text, once, in order: by number when they are numbered.</summary>
    public static IReadOnlyList<string> BlanksOf(string text)
    {
        var names = Blank().Matches(text).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal).ToList();
        return names.TrueForAll(IsNumber) ? [.. names.OrderBy(name => int.Parse(name, CultureInfo.InvariantCulture))] : names;
    }

    /// <summary>The text with its blanks replaced; a blank without a value stays as it is.</summary>
    public static string Fill(string text, Func<string, string?> value) => Blank().Replace(text, match => value(match.Groups[1].Value) ?? match.Value);

    /// <summary>A numbered blank; the others go over the wire with their name.</summary>
    public static bool IsNumber(string name) => name.Length <= 4 && name.All(char.IsAsciiDigit);

    private static TemplateForm Unknown => new(null, "", null, [], [], "Its parts could not be read.");

    private static TemplateForm Read(JsonElement parts, string category)
    {
        string? header = null, footer = null, unsendable = category.Equals("AUTHENTICATION", StringComparison.OrdinalIgnoreCase) ? "It carries a one-time code, which is made by a program." : null;
        var body = "";
        List<TemplateButton> buttons = [];
        List<TemplateField> headerFields = [], bodyFields = [], buttonFields = [];
        foreach (var part in parts.EnumerateArray())
        {
            switch (part.Line("type"u8, 64)?.ToUpperInvariant())
            {
                case "HEADER" when Is(part, "format"u8, "TEXT"):
                    header = WireText.CleanLine(part.Text("text"u8), 200) ?? "";
                    headerFields.AddRange(BlanksOf(header).Select(name => new TemplateField("header." + name, TemplateField.InHeader, name, Example(part, "header_text"u8, name), LongestHeader)));
                    break;
                case "HEADER":
                    unsendable ??= $"Its header is {Article(part.Line("format"u8, 32))}; only text headers can be sent here.";
                    break;
                case "BODY":
                    body = WireText.Clean(part.Text("text"u8), 4 * LongestBody) ?? "";
                    bodyFields.AddRange(BlanksOf(body).Select(name => new TemplateField(name, TemplateField.InBody, name, Example(part, "body_text"u8, name), LongestBody)));
                    break;
                case "FOOTER":
                    footer = WireText.CleanLine(part.Text("text"u8), 200);
                    break;
                case "BUTTONS" when part.TryGetArray("buttons"u8, out var list):
                    foreach (var button in list.EnumerateArray().Take(10))
                    {
                        unsendable ??= Add(button, buttons, buttonFields);
                    }

                    break;
                case "CAROUSEL":
                    unsendable ??= "It is a carousel of cards.";
                    break;
                case "LIMITED_TIME_OFFER":
                    unsendable ??= "It is an offer with an end.";
                    break;
                case var other:
                    unsendable ??= $"It has a part that is not known here ({other?.ToLowerInvariant() ?? "without a type"}).";
                    break;
            }
        }

        return new(header, body, footer, buttons, [.. headerFields, .. bodyFields, .. buttonFields], unsendable ?? (body.Length == 0 ? "It has no text." : null));
    }

    /// <summary>Why a template with this button cannot be sent from here; null when it can.</summary>
    private static string? Add(JsonElement button, List<TemplateButton> buttons, List<TemplateField> fields)
    {
        var (kind, text) = (button.Line("type"u8, 64)?.ToUpperInvariant(), button.Line("text"u8, 80) ?? "");
        switch (kind)
        {
            case "QUICK_REPLY":
                buttons.Add(new(TemplateButton.QuickReply, text, null));
                return null;
            case "URL":
                var url = button.Line("url"u8, 2000) ?? "";
                if (BlanksOf(url) is [var name, ..])
                {
                    fields.Add(new($"button.{buttons.Count}", TemplateField.InButton, name, button.TryGetArray("example"u8, out var examples) ? examples.EnumerateArray().Select(WireJson.Text).FirstOrDefault() : null, LongestUrlPart));
                }

                buttons.Add(new("url", text, url));
                return null;
            case "PHONE_NUMBER" or "VOICE_CALL":
                buttons.Add(new("call", text, null));
                return null;
            case "FLOW":
                return "Its button opens a form (flow).";
            case "COPY_CODE":
                return "Its button copies a coupon code.";
            default:
                return $"It has a button that is not known here ({kind?.ToLowerInvariant() ?? "without a type"}).";
        }
    }

    private static string? Example(JsonElement part, ReadOnlySpan<byte> plural, string name)
    {
        if (!part.TryGet("example"u8, out var example) || example.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var member in example.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Array))
        {
            if (member.Name.EndsWith("_named_params", StringComparison.Ordinal))
            {
                return member.Value.EnumerateArray().Where(one => one.Text("param_name"u8) == name).Select(one => one.Line("example"u8)).FirstOrDefault();
            }
        }

        if (!IsNumber(name) || !example.TryGetArray(plural, out var list))
        {
            return null;
        }

        // A body has a list of lists, a header a list.
        var values = list.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Array } inner ? inner : list;
        var index = int.Parse(name, CultureInfo.InvariantCulture) - 1;
        return index >= 0 && index < values.GetArrayLength() ? WireText.CleanLine(WireJson.Text(values[index])) : null;
    }

    private static bool Is(JsonElement part, ReadOnlySpan<byte> name, string word) => word.Equals(part.Text(name), StringComparison.OrdinalIgnoreCase);

    private static string Article(string? format) => format?.ToUpperInvariant() switch
    {
        "IMAGE" => "a picture",
        "VIDEO" => "a video",
        "DOCUMENT" => "a document",
        "LOCATION" => "a place",
        _ => "of a kind that is not known here",
    };

    [GeneratedRegex(@"\{\{\s*([A-Za-z0-9_]{1,64})\s*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Blank();
}

/// <param name="Kind"><c>quick_reply</c>, <c>url</c> or <c>call</c>.</param>
/// <param name="Url">Where a <c>url</c> leads, with its blank.</param>
internal sealed record TemplateButton(string Kind, string Text, string? Url)
{
    public const string QuickReply = "quick_reply";
}

/// <summary>One blank of a template.</summary>
/// <param name="Key">Under which a request gives its value: <c>1</c> or <c>name</c> for the body, <c>header.1</c>, <c>button.0</c>.</param>
/// <param name="Place"><c>header</c>, <c>body</c> or <c>button</c>.</param>
/// <param name="Name">As it stands between the braces.</param>
/// <param name="Example">What the template's author gave as one.</param>
/// <param name="Longest">In UTF-16 units.</param>
internal sealed record TemplateField(string Key, string Place, string Name, string? Example, int Longest)
{
    public const string InHeader = "header";
    public const string InBody = "body";
    public const string InButton = "button";
}
