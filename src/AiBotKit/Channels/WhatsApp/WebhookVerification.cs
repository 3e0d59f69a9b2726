using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>
/// The GET handshake (wire facts 2). A challenge is echoed only when it is <c>[0-9A-Za-z_-]{1,128}</c>, which is what Meta
/// sends; anything else is refused rather than reflected (security requirement S-W7).
/// </summary>
internal static partial class WebhookVerification
{
    /// <returns>The body to answer with 200, <c>text/plain</c> and <c>nosniff</c>; null is 403 with an empty body.</returns>
    public static string? Answer(string? configuredToken, string? mode, string? challenge, string? token)
    {
        return Matches(configuredToken, token) && mode == "subscribe" && challenge is not null && Challenge().IsMatch(challenge) ? challenge : null;
    }

    /// <summary>Digests are compared, so that time tells neither length nor content of the token.</summary>
    public static bool Matches(string? configuredToken, string? token)
    {
        var expected = SHA256.HashData(Encoding.UTF8.GetBytes(configuredToken ?? ""));
        var actual = SHA256.HashData(Encoding.UTF8.GetBytes(token ?? ""));
        return CryptographicOperations.FixedTimeEquals(expected, actual) & !string.IsNullOrEmpty(configuredToken);
    }

    [GeneratedRegex(@"\A[0-9A-Za-z_-]{1,128}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Challenge();
}
