namespace AiBotKit.Channels.WhatsApp.Templates;

/// <summary>Why a template cannot be sent as it was asked for. Expected, so it is returned and not thrown.</summary>
/// <param name="Status">HTTP status of the answer over REST.</param>
/// <param name="Code">Stable; part of the API.</param>
/// <param name="Sentence">What is the case and what to do.</param>
/// <param name="Field">The blank that it is about (<see cref="TemplateField.Key"/>); null when about none.</param>
internal sealed record TemplateRefusal(int Status, string Code, string Sentence, string? Field = null)
{
    public static TemplateRefusal Unknown(string name, string language) => new(
        StatusCodes.Status422UnprocessableEntity, "template_unknown", $"This number has no template {name} in {language}. Refresh the list when it is new.");

    public static TemplateRefusal NotApproved(string name, string status) => new(
        StatusCodes.Status422UnprocessableEntity, "template_not_approved", $"The template {name} cannot be sent: WhatsApp says {status}.");

    public static TemplateRefusal NotSendable(string name, string reason) => new(
        StatusCodes.Status422UnprocessableEntity, "template_not_sendable", $"The template {name} cannot be sent from here. {reason}");

    public static TemplateRefusal Missing(TemplateField field) => new(
        StatusCodes.Status422UnprocessableEntity, "parameter_missing", $"Fill in {Called(field)}.", field.Key);

    public static TemplateRefusal NotAsked(string key) => new(
        StatusCodes.Status422UnprocessableEntity, "parameter_unknown", $"The template has no blank {(key.Length > 80 ? key[..80] : key)}.", key);

    public static TemplateRefusal Invalid(TemplateField field) => new(
        StatusCodes.Status422UnprocessableEntity, "parameter_invalid", $"{Capital(Called(field))} may have neither line breaks nor tabs, and at most four spaces in a row: WhatsApp refuses them.", field.Key);

    public static TemplateRefusal TooLong(TemplateField field) => new(
        StatusCodes.Status422UnprocessableEntity, "parameter_too_long", $"{Capital(Called(field))} may have {field.Longest} characters at most.", field.Key);

    /// <summary>Each value is short enough and the whole is not.</summary>
    public static TemplateRefusal WholeTooLong(string place, int longest) => new(
        StatusCodes.Status422UnprocessableEntity, "template_too_long", $"With these values the {place} is longer than the {longest} characters that WhatsApp takes. Shorten them.");

    public static TemplateRefusal NoNudge { get; } = new(
        StatusCodes.Status422UnprocessableEntity,
        "nudge_missing",
        "To hold an answer, this number needs an approved template with a quick-reply button and no blanks but the customer's name. Make one in WhatsApp Manager and refresh the list, or send a template.");

    public static TemplateRefusal NotTappable(string name) => new(
        StatusCodes.Status422UnprocessableEntity, "template_without_button", $"The template {name} has no quick-reply button that the customer could tap. Choose one that has.");

    /// <summary>As a sentence calls it.</summary>
    private static string Called(TemplateField field) => field.Place switch
    {
        TemplateField.InHeader => $"the header's {{{{{field.Name}}}}}",
        TemplateField.InButton => "the end of the link",
        _ => $"{{{{{field.Name}}}}}",
    };

    private static string Capital(string words) => char.ToUpperInvariant(words[0]) + words[1..];
}
