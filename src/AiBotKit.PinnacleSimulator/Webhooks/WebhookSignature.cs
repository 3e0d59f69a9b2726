using System.Security.Cryptography;

namespace AiBotKit.PinnacleSimulator.Webhooks;

/// <summary>HMAC-SHA256 over the raw bytes, <c>sha256=</c> and lower-case hex (wire facts 1.2).</summary>
internal static class WebhookSignature
{
    public static string Sign(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, body, hash);
        return "sha256=" + Convert.ToHexStringLower(hash);
    }

    /// <summary>A signature of the right form that does not fit.</summary>
    public static string Forge() => "sha256=" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes));
}
