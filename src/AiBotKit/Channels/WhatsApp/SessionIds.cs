using System.Buffers;
using System.Text.RegularExpressions;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>
/// The public name of a WhatsApp conversation: <c>wa_&lt;digits&gt;</c>, or <c>wa_&lt;BSUID&gt;</c> while no number is known
/// (wire facts 3.1). Only <c>[A-Za-z0-9._:-]</c> can occur in one.
/// </summary>
internal static partial class SessionIds
{
    /// <summary>E.164 allows 15 digits; relays have been seen to add a few. More is no phone number.</summary>
    public const int MaxPhoneDigits = 20;

    private static readonly SearchValues<char> PhonePunctuation = SearchValues.Create("+ -().");

    /// <summary>Null when neither identity is known.</summary>
    public static string? For(string? phone, string? userId) =>
        phone is not null ? $"wa_{phone}" : userId is not null ? $"wa_{userId}" : null;

    /// <summary>A BSUID as documented: two letters, optionally <c>ENT</c>, and up to 128 alphanumerics. Never reduced to digits.</summary>
    public static bool IsUserId(string? value) => value is not null && UserIdPattern().IsMatch(value);

    /// <summary>
    /// The digits of a number as relays write it (<c>+1 (555) 010-0101</c>); null when anything but digits and phone punctuation
    /// occurs, or the length is impossible.
    /// </summary>
    public static string? PhoneDigits(string? value)
    {
        if (string.IsNullOrEmpty(value) || value.Length > 40)
        {
            return null;
        }

        Span<char> digits = stackalloc char[MaxPhoneDigits];
        var count = 0;
        foreach (var c in value)
        {
            if (char.IsAsciiDigit(c))
            {
                if (count == MaxPhoneDigits)
                {
                    return null;
                }

                digits[count++] = c;
            }
            else if (!PhonePunctuation.Contains(c))
            {
                return null;
            }
        }

        return count == 0 ? null : count == value.Length ? value : new string(digits[..count]);
    }

    [GeneratedRegex(@"\A[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}\z", RegexOptions.CultureInvariant)]
    private static partial Regex UserIdPattern();
}
