namespace AiBotKit.Conversations.Leads;

/// <summary>Leads as rows of a table for a spreadsheet. Pure.</summary>
internal static class LeadCells
{
    public static IReadOnlyList<string> Header(IReadOnlyList<string> labels) =>
        [.. ((string[])["Name", "Email", "Phone", .. labels, "Other details", "Consent", "Consent text", "Date", "Time", "Time zone", "Chatbot", "Conversation"]).Select(Safe)];

    /// <param name="labels">The owner's own questions that have a column.</param>
    /// <param name="link">Where the conversation is read.</param>
    public static IReadOnlyList<string> Row(LeadItem lead, IReadOnlyList<string> labels, string link) =>
    [
        .. ((string[])[
            lead.Name ?? "", lead.Email ?? "", lead.Phone ?? "-",
            .. labels.Select(label => lead.Own.FirstOrDefault(o => IsOf(o, label))?.Value ?? ""),
            string.Join("; ", lead.Own.Where(o => !labels.Any(label => IsOf(o, label))).Select(o => $"{o.Label}: {o.Value}")),
            lead.Consent ? "yes" : "not asked", lead.ConsentText ?? "", lead.Date, lead.Time, lead.TimeZone, lead.Chatbot, link,
        ]).Select(Safe),
    ];

    /// <summary>
    /// A text that a spreadsheet would calculate gets an apostrophe before it (OWASP, CSV injection), wherever its first visible character stands.
    /// A plus and nothing but digits is a phone number, which calculates nothing and stays readable; so does the dash of an empty phone.
    /// </summary>
    public static string Safe(string text)
    {
        var start = text.AsSpan().TrimStart();
        var isPlain = start.IsEmpty || text is "-" || IsPhone(text);
        return !isPlain && (start[0] is '=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠' || text[0] is '\t' or '\r' or '\n') ? "'" + text : text;
    }

    private static bool IsPhone(string text) => text.Length is > 1 and <= 16 && text[0] == '+' && text.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;

    private static bool IsOf(LeadAnswer answer, string label) => string.Equals(answer.Label, label, StringComparison.OrdinalIgnoreCase);
}
