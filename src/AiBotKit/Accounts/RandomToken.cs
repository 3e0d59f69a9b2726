using System.Security.Cryptography;
using System.Text;

namespace AiBotKit.Accounts;

/// <summary>Secrets that are shown once and stored only as SHA-256 (S-K3): sessions, links in mails, API keys, recovery codes.</summary>
internal static class RandomToken
{
    /// <summary>256 random bits in hex.</summary>
    public static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>What is stored of <paramref name="token"/>.</summary>
    public static byte[] Hash(string? token) => SHA256.HashData(Encoding.UTF8.GetBytes(token ?? ""));

    /// <summary>As <see cref="Hash"/>, in hex.</summary>
    public static string Hex(string? token) => Convert.ToHexStringLower(Hash(token));
}
