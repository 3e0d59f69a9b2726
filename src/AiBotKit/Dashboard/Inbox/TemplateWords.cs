using AiBotKit.Channels.WhatsApp.Templates;

namespace AiBotKit.Dashboard.Inbox;

/// <summary>The plain words of the two ways outside the service window.</summary>
internal static class TemplateWords
{
    /// <summary>As a person reads a template's name; with the language where two have the same.</summary>
    public static string Title(TemplateItem template, IReadOnlyList<TemplateItem> all)
    {
        var name = template.Name.Replace('_', ' ').Trim();
        name = name.Length == 0 ? template.Name : char.ToUpperInvariant(name[0]) + name[1..];
        return all.Count(one => one.Name == template.Name) > 1 ? $"{name} ({template.Language})" : name;
    }

    /// <summary>Over a blank.</summary>
    public static string Label(TemplateField field) => field.Place switch
    {
        TemplateField.InButton => "End of the link",
        TemplateField.InHeader => TemplateForm.IsNumber(field.Name) ? "Heading" : "Heading: " + Spoken(field.Name),
        _ => TemplateForm.IsNumber(field.Name) ? $"Blank {field.Name}" : Spoken(field.Name),
    };

    public static string? Hint(TemplateField field) => field.Example is { Length: > 0 } example ? "For example: " + example : null;

    /// <summary>When the provider was last asked.</summary>
    public static string Asked(DateTimeOffset? syncedAt, DateTimeOffset now, TimeZoneInfo zone) =>
        syncedAt is { } at ? $"As WhatsApp had them: {TimeWords.Alone(at, now, zone).Text}." : "WhatsApp has not been asked for them yet.";

    /// <summary>Under "Send an approved template".</summary>
    public static string Count(int approved, string name) => approved switch
    {
        0 => "None is approved for this number yet",
        _ => $"{approved} approved · reaches {name} now",
    };

    /// <summary>The template as the customer will read it, with what is filled in so far.</summary>
    public static PreviewView Preview(TemplateItem template, IReadOnlyDictionary<string, string> values) => new(
        TemplateRules.Header(template.Form, values),
        WhatsAppText.Parse(TemplateRules.Body(template.Form, values), []),
        template.Footer,
        [.. template.Buttons.Select(button => new PreviewButton(IconOf(button.Kind), button.Text))]);

    private static string IconOf(string kind) => kind switch { TemplateButton.QuickReply => "forward", "url" => "link", _ => "phone" };

    private static string Spoken(string name)
    {
        var words = name.Replace('_', ' ').Trim();
        return words.Length == 0 ? name : char.ToUpperInvariant(words[0]) + words[1..];
    }
}
