using AiBotKit.Accounts;

namespace AiBotKit.Conversations.Leads;

/// <summary>What a lead form's values may be. Pure.</summary>
internal static class LeadFormRules
{
    public const int MaxText = 500;
    public const int MaxConsent = 1_000;
    public const int MaxOwnFields = 5;
    public const int MaxOwnField = 120;
    public const int MaxRecipients = 5;

    /// <summary>Stands for the customer's name in the success message.</summary>
    public const string NameMark = "{user_name}";

    /// <summary>The same without spaces around it, empty lines and repeated entries.</summary>
    public static LeadFormValues Clean(LeadFormValues values) => values with
    {
        Heading = values.Heading.Trim(),
        OwnFields = [.. values.OwnFields.Select(f => f.ReplaceLineEndings(" ").Trim()).Where(f => f.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)],
        ConsentText = values.ConsentText.Trim(),
        SuccessWithName = values.SuccessWithName.Trim(),
        SuccessWithoutName = values.SuccessWithoutName.Trim(),
        Recipients = [.. values.Recipients.Select(PersonRules.Email).Where(r => r.Length > 0).Distinct(StringComparer.Ordinal)],
    };

    /// <summary>One sentence about the first value that cannot stand, and which one that is; null when all can.</summary>
    public static (string Field, string Sentence)? Problem(LeadFormValues values) => values switch
    {
        _ when !Enum.IsDefined(values.Position) => ("position", "Choose when the form is asked."),
        _ when values.Enabled && !values.Asks => ("askName", "Switch on at least one field, or add a question of your own."),
        _ when values.Heading.Length > MaxText => ("heading", $"Keep the heading under {MaxText} characters."),
        _ when values.OwnFields.Count > MaxOwnFields => ("ownFields", $"At most {MaxOwnFields} questions of your own: each one is a message."),
        _ when values.OwnFields.Any(f => f.Length > MaxOwnField || f.Any(char.IsControl)) => ("ownFields", $"Keep each question under {MaxOwnField} characters."),
        _ when values.ConsentText.Length > MaxConsent => ("consentText", $"Keep the consent text under {MaxConsent:N0} characters."),
        _ when values.SuccessWithName.Length > MaxText => ("successWithName", $"Keep the message under {MaxText} characters."),
        _ when values.SuccessWithoutName.Length > MaxText => ("successWithoutName", $"Keep the message under {MaxText} characters."),
        _ when values.SuccessWithoutName.Contains(NameMark, StringComparison.Ordinal) => ("successWithoutName", "This message is for customers without a name: take {user_name} out of it."),
        _ when values.Notify && values.Recipients.Count == 0 => ("recipients", "Say who gets the mail."),
        _ when values.Recipients.Count > MaxRecipients => ("recipients", $"At most {MaxRecipients} addresses."),
        _ when values.Recipients.Any(r => PersonRules.EmailProblem(r) is not null) => ("recipients", "One of the addresses is no e-mail address."),
        _ => null,
    };
}
