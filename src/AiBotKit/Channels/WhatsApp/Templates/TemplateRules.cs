using System.Text.Json;
using System.Text.RegularExpressions;
using AiBotKit.Channels.WhatsApp.Providers;

namespace AiBotKit.Channels.WhatsApp.Templates;

/// <summary>A template with every blank filled, ready to be stored and sent.</summary>
/// <param name="Text">What the customer reads, as the conversation shows it.</param>
/// <param name="Content">Typed content of the message (<see cref="TemplateContent"/>) as JSON.</param>
/// <param name="Payload">The object <c>template</c> of the provider's call.</param>
internal sealed record FilledTemplate(string Text, string Content, string Payload);

/// <summary>Filling templates and choosing one. Pure.</summary>
internal static partial class TemplateRules
{
    /// <summary>Blanks that mean the customer's name, when a template names its blanks.</summary>
    private static readonly HashSet<string> NamesOfName = new(StringComparer.OrdinalIgnoreCase) { "name", "first_name", "firstname", "customer", "customer_name", "contact", "contact_name", "full_name" };

    /// <summary>Why this template cannot be sent; null when it can.</summary>
    public static TemplateRefusal? Sendable(string name, string status, TemplateForm form) =>
        status != MessageTemplate.Approved ? TemplateRefusal.NotApproved(name, status)
        : form.Unsendable is { } reason ? TemplateRefusal.NotSendable(name, reason)
        : null;

    /// <summary>The first value that WhatsApp would refuse, in the order of the form; null when every one is fine.</summary>
    public static TemplateRefusal? Check(TemplateForm form, IReadOnlyDictionary<string, string> values)
    {
        foreach (var field in form.Fields)
        {
            if (Check(field, values.GetValueOrDefault(field.Key)) is { } problem)
            {
                return problem;
            }
        }

        if (values.Keys.FirstOrDefault(key => form.Fields.All(field => field.Key != key)) is { } stray)
        {
            return TemplateRefusal.NotAsked(stray);
        }

        return Header(form, values)?.Length > TemplateForm.LongestHeader ? TemplateRefusal.WholeTooLong("header", TemplateForm.LongestHeader)
            : Body(form, values).Length > TemplateForm.LongestBody ? TemplateRefusal.WholeTooLong("text", TemplateForm.LongestBody)
            : null;
    }

    /// <summary>What WhatsApp would refuse of one value (wire facts 6: no newline, tab, or more than four spaces).</summary>
    public static TemplateRefusal? Check(TemplateField field, string? value) =>
        string.IsNullOrWhiteSpace(value) ? TemplateRefusal.Missing(field)
        : Refused().IsMatch(value) ? TemplateRefusal.Invalid(field)
        : value.Trim().Length > field.Longest ? TemplateRefusal.TooLong(field)
        : null;

    /// <summary>The body with what is filled in so far.</summary>
    public static string Body(TemplateForm form, IReadOnlyDictionary<string, string> values) => TemplateForm.Fill(form.Body, name => Given(values, name));

    /// <summary>The header with what is filled in so far; null when there is none.</summary>
    public static string? Header(TemplateForm form, IReadOnlyDictionary<string, string> values) => form.Header is { } header ? TemplateForm.Fill(header, name => Given(values, "header." + name)) : null;

    /// <param name="values">Checked by <see cref="Check(TemplateForm, IReadOnlyDictionary{string, string})"/>.</param>
    public static FilledTemplate Fill(string name, string language, TemplateForm form, IReadOnlyDictionary<string, string> values)
    {
        var (header, body) = (Header(form, values), Body(form, values));
        return new FilledTemplate(
            header is null ? body : $"*{header}*\n{body}",
            JsonSerializer.Serialize(new TemplateContent(name, language, form.Footer, [.. form.Buttons.Select(button => button.Text)]), MessageContentJson.Default.MessageContent),
            System.Text.Encoding.UTF8.GetString(ProviderBodies.Write(writer => Write(writer, name, language, form, values))));
    }

    /// <summary>
    /// Whether it can ask a customer to tap without anybody filling it in: approved, a quick-reply button, no blank but the customer's name.
    /// A numbered blank is taken for the name only behind a greeting.
    /// </summary>
    /// <param name="contactName">Null when it is not known: then a blank cannot be filled.</param>
    /// <returns>The values to fill it with; null when it cannot.</returns>
    public static IReadOnlyDictionary<string, string>? AsNudge(string status, TemplateForm form, string? contactName)
    {
        if (status != MessageTemplate.Approved || form.Unsendable is not null || !form.CanBeTapped)
        {
            return null;
        }

        return form.Fields switch
        {
            [] => new Dictionary<string, string>(),
            [{ Place: TemplateField.InBody } only] when contactName is not null && Check(only, contactName) is null && (NamesOfName.Contains(only.Name) || (only.Name == "1" && Greeting().IsMatch(form.Body)))
                => new Dictionary<string, string> { [only.Key] = contactName },
            _ => null,
        };
    }

    /// <summary>The order in which nudges are offered, the default first: no marketing, then without blanks, then by name.</summary>
    public static IEnumerable<T> BestFirst<T>(IEnumerable<T> nudges, Func<T, (string Category, int Blanks, string Name)> of) =>
        nudges.OrderBy(one => of(one).Category.Equals("MARKETING", StringComparison.OrdinalIgnoreCase)).ThenBy(one => of(one).Blanks).ThenBy(one => of(one).Name, StringComparer.Ordinal);

    private static string? Given(IReadOnlyDictionary<string, string> values, string key) => values.TryGetValue(key, out var value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    private static void Write(Utf8JsonWriter writer, string name, string language, TemplateForm form, IReadOnlyDictionary<string, string> values)
    {
        writer.WriteString("name", name);
        writer.WriteStartObject("language");
        writer.WriteString("code", language);
        writer.WriteEndObject();
        if (form.Fields.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("components");
        foreach (var place in new[] { TemplateField.InHeader, TemplateField.InBody })
        {
            var fields = form.Fields.Where(field => field.Place == place).ToList();
            if (fields.Count == 0)
            {
                continue;
            }

            writer.WriteStartObject();
            writer.WriteString("type", place);
            writer.WriteStartArray("parameters");
            foreach (var field in fields)
            {
                Parameter(writer, field, values);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        foreach (var field in form.Fields.Where(field => field.Place == TemplateField.InButton))
        {
            writer.WriteStartObject();
            writer.WriteString("type", "button");
            writer.WriteString("sub_type", "url");
            writer.WriteString("index", field.Key["button.".Length..]);
            writer.WriteStartArray("parameters");
            writer.WriteStartObject();
            writer.WriteString("type", "text");
            writer.WriteString("text", Given(values, field.Key));
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Parameter(Utf8JsonWriter writer, TemplateField field, IReadOnlyDictionary<string, string> values)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "text");
        if (!TemplateForm.IsNumber(field.Name))
        {
            writer.WriteString("parameter_name", field.Name);
        }

        writer.WriteString("text", Given(values, field.Key));
        writer.WriteEndObject();
    }

    [GeneratedRegex(@"[\r\n\t]| {5,}", RegexOptions.CultureInvariant)]
    private static partial Regex Refused();

    [GeneratedRegex(@"^\W*(hi|hello|hey|dear|hola|bonjour|hallo|ciao|ola|olá|namaste|नमस्ते|مرحبا)\W+\{\{\s*1\s*\}\}", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Greeting();
}
