using System.Text.Json;
using AiBotKit.PinnacleSimulator.Customers;
using AiBotKit.PinnacleSimulator.Numbers;

namespace AiBotKit.PinnacleSimulator.Messages;

/// <summary>Whom a send is for.</summary>
/// <param name="Input">As it was written.</param>
/// <param name="Key">Digits or user id.</param>
/// <param name="ByUserId">Addressed by user id in <c>recipient</c>.</param>
/// <param name="Dropped">A user id in <c>to</c>: accepted and lost (wire facts, section 0, point 9).</param>
internal sealed record Recipient(string Input, string Key, bool ByUserId, bool Dropped)
{
    public static (Recipient? Recipient, ApiError? Error) Read(JsonElement body, BusinessNumber number)
    {
        var to = body.Text("to");
        if (!string.IsNullOrWhiteSpace(to))
        {
            return CustomerBook.IsUserId(to) ? (new Recipient(to, Digits(to), false, true), null) : Phone(to, number);
        }

        var recipient = body.Text("recipient");
        return string.IsNullOrWhiteSpace(recipient) ? (null, ApiErrors.Missing("to"))
            : CustomerBook.IsUserId(recipient) ? (new Recipient(recipient, recipient, true, false), null)
            : (null, ApiErrors.Invalid("recipient is no business-scoped user id"));
    }

    private static (Recipient? Recipient, ApiError? Error) Phone(string to, BusinessNumber number)
    {
        var digits = Digits(to);
        if (digits.Length is < 7 or > 15 || to.Any(static c => !char.IsAsciiDigit(c) && c is not ('+' or ' ' or '-' or '(' or ')')))
        {
            return (null, ApiErrors.Invalid("Parameter 'to' is not a phone number"));
        }

        // Without a plus a ten-digit number counts as local, and the business' country code is put before it.
        if (digits.Length == 10 && !to.Contains('+', StringComparison.Ordinal))
        {
            digits = number.CountryCode + digits;
        }

        return digits == number.DisplayPhoneNumber
            ? (null, new ApiError(400, 131021, "Recipient cannot be sender", "Recipient phone number cannot be the sender phone number."))
            : (new Recipient(to, digits, false, false), null);
    }

    private static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit));
}
