namespace AiBotKit.Channels.WhatsApp.Sharing;

/// <summary>The link with which a customer starts a chat (wire facts 9). Nothing is sent until the customer presses send.</summary>
internal static class WaMeLink
{
    /// <summary>Characters of the first message; longer ones make a QR code that cameras cannot read from a poster.</summary>
    public const int MaxText = 300;

    private const int FewestDigits = 7;

    /// <summary>E.164 allows no more.</summary>
    private const int MostDigits = 15;

    /// <param name="number">As anybody writes it: with a plus or 00 before the country code, spaces, brackets.</param>
    /// <param name="text">The first message, already typed for the customer; null or blank for none.</param>
    /// <returns>Null when this is no number: then there is no link and no code.</returns>
    public static string? For(string? number, string? text)
    {
        if (SessionIds.PhoneDigits(number) is not { } digits)
        {
            return null;
        }

        digits = digits.StartsWith("00", StringComparison.Ordinal) ? digits[2..] : digits;
        if (digits.Length is < FewestDigits or > MostDigits || digits[0] == '0')
        {
            return null;
        }

        return string.IsNullOrWhiteSpace(text) ? $"https://wa.me/{digits}" : $"https://wa.me/{digits}?text={Uri.EscapeDataString(text.Trim().ReplaceLineEndings("\n"))}";
    }
}
