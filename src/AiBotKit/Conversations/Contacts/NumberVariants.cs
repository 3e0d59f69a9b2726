namespace AiBotKit.Conversations.Contacts;

/// <summary>
/// The other form of a mobile number in the countries where WhatsApp's id and the number that people dial differ by a digit, and both are met: Brazil's ninth digit,
/// Mexico's 1, Argentina's 9 (wire facts 3.1). Pure.
/// </summary>
internal static class NumberVariants
{
    /// <summary>The same number otherwise written; null when it has one form only.</summary>
    /// <param name="digits">With country code, digits only.</param>
    public static string? Of(string digits) => digits switch
    {
        // 55, area of two digits, and eight digits that begin like a mobile number, with or without a 9 before them; landlines begin with 2 to 5.
        ['5', '5', _, _, '9', >= '6' and <= '9', ..] when digits.Length == 13 => digits[..4] + digits[5..],
        ['5', '5', _, _, >= '6' and <= '9', ..] when digits.Length == 12 => $"{digits[..4]}9{digits[4..]}",
        ['5', '2', '1', ..] when digits.Length == 13 => "52" + digits[3..],
        ['5', '2', >= '2' and <= '9', ..] when digits.Length == 12 => "521" + digits[2..],
        ['5', '4', '9', ..] when digits.Length == 13 => "54" + digits[3..],
        ['5', '4', >= '1' and <= '8', ..] when digits.Length == 12 => "549" + digits[2..],
        _ => null,
    };

    /// <summary>The session id of the other form; null when there is none.</summary>
    public static string? OfSession(string sessionId) => sessionId.StartsWith("wa_", StringComparison.Ordinal) && Of(sessionId["wa_".Length..]) is { } other ? "wa_" + other : null;
}
