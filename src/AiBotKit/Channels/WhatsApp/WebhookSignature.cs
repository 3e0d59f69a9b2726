using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AiBotKit.Channels.WhatsApp;

internal enum SignatureEncoding
{
    Hex,
    Base64,
}

/// <summary>How callbacks prove where they come from (wire facts 1.2). The default is Meta's form.</summary>
/// <param name="Secret">UTF-8; empty refuses everything.</param>
/// <param name="PreviousSecret">Also accepted while a secret is being rotated; null or empty when there is none.</param>
/// <param name="HeaderName">Where the signature is; <c>X-Hub-Signature-256</c> by default.</param>
/// <param name="Prefix">Stands before the value, <c>sha256=</c> by default.</param>
/// <param name="PrefixRequired">False also accepts the bare value.</param>
/// <param name="StaticHeaderName">An optional second lock: the header that <c>setwebhook</c> registered and the provider echoes.</param>
internal sealed record SignatureScheme(
    string Secret,
    string? PreviousSecret = null,
    string HeaderName = "X-Hub-Signature-256",
    string Prefix = "sha256=",
    bool PrefixRequired = true,
    SignatureEncoding Encoding = SignatureEncoding.Hex,
    string? StaticHeaderName = null,
    string? StaticHeaderValue = null);

/// <summary>
/// Verifies the HMAC-SHA256 of the raw body bytes. What a caller presents never changes the work that is done, so that time tells nothing of a secret;
/// only whether a second secret or a static header is configured does.
/// </summary>
internal static class WebhookSignature
{
    /// <param name="signature">The signature header's value; null when missing, or sent more than once.</param>
    /// <param name="staticValue">The value of <see cref="SignatureScheme.StaticHeaderName"/>; null when missing.</param>
    public static bool IsValid(SignatureScheme scheme, ReadOnlySpan<byte> body, string? signature, string? staticValue = null)
    {
        Span<byte> presented = stackalloc byte[SHA256.HashSizeInBytes];
        var decoded = TryDecode(scheme, signature, presented);
        var current = Matches(scheme.Secret, body, presented);
        var previous = !string.IsNullOrEmpty(scheme.PreviousSecret) && Matches(scheme.PreviousSecret, body, presented);
        var locked = string.IsNullOrEmpty(scheme.StaticHeaderName) || MatchesStatic(scheme, staticValue);
        return decoded & (current | previous) & locked;
    }

    /// <summary>The header value a provider would send; for the demo and the tests.</summary>
    public static string Sign(string secret, ReadOnlySpan<byte> body) =>
        $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body))}";

    private static bool TryDecode(SignatureScheme scheme, string? signature, Span<byte> presented)
    {
        presented.Clear();
        var value = signature.AsSpan().Trim();
        if (value.StartsWith(scheme.Prefix, StringComparison.Ordinal))
        {
            value = value[scheme.Prefix.Length..];
        }
        else if (scheme.PrefixRequired)
        {
            return false;
        }

        return scheme.Encoding switch
        {
            SignatureEncoding.Hex => value.Length == 2 * SHA256.HashSizeInBytes
                && Convert.FromHexString(value, presented, out _, out _) == System.Buffers.OperationStatus.Done,
            SignatureEncoding.Base64 => value.Length == Base64.GetMaxEncodedToUtf8Length(SHA256.HashSizeInBytes)
                && Convert.TryFromBase64Chars(value, presented, out var written) && written == SHA256.HashSizeInBytes,
            _ => false,
        };
    }

    private static bool Matches(string secret, ReadOnlySpan<byte> body, ReadOnlySpan<byte> presented)
    {
        Span<byte> expected = stackalloc byte[SHA256.HashSizeInBytes];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body, expected);
        // Without a secret everything is refused, after the same work.
        return secret.Length > 0 & CryptographicOperations.FixedTimeEquals(expected, presented);
    }

    /// <summary>Compares digests, so that the length of the secret shows no more than its content.</summary>
    private static bool MatchesStatic(SignatureScheme scheme, string? value)
    {
        var expected = SHA256.HashData(Encoding.UTF8.GetBytes(scheme.StaticHeaderValue ?? ""));
        var actual = SHA256.HashData(Encoding.UTF8.GetBytes(value ?? ""));
        return CryptographicOperations.FixedTimeEquals(expected, actual) & !string.IsNullOrEmpty(scheme.StaticHeaderValue) & value is not null;
    }
}
