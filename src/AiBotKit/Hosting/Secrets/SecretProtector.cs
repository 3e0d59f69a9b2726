using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace AiBotKit.Hosting.Secrets;

/// <summary>
/// Stored secrets, bound to their account and kind: a ciphertext moved to another account's row does not decrypt (S-K1).
/// </summary>
internal sealed class SecretProtector(IDataProtectionProvider provider)
{
    /// <summary>Kind of <c>Connection.ApiKeyProtected</c>.</summary>
    public const string ProviderKey = "provider_key";

    /// <summary>Kind of <c>Connection.WebhookSecretProtected</c> and of the one before it.</summary>
    public const string WebhookSecret = "webhook_secret";

    /// <summary>Kind of <c>Connection.CallbackHeaderProtected</c>.</summary>
    public const string CallbackHeader = "callback_header";

    /// <summary>Kind of <c>Connection.VerifyTokenProtected</c>.</summary>
    public const string VerifyToken = "verify_token";

    private const int ShortestWithEnd = 16;

    /// <summary>The last four characters, all that is ever shown of a stored secret (S-K4); null when the rest would be too little to guess.</summary>
    public static string? EndOf(string? secret) => secret is { Length: >= ShortestWithEnd } ? secret[^4..] : null;

    public string Protect(Guid accountId, string kind, string secret) => For(accountId, kind).Protect(secret);

    /// <summary>Null when it was protected for another account or kind, under another master key, or was changed.</summary>
    public string? Reveal(Guid accountId, string kind, string protectedSecret)
    {
        try
        {
            return For(accountId, kind).Unprotect(protectedSecret);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>The same secret under the newest key of the ring; null when it is so already, or cannot be read.</summary>
    public string? Refresh(Guid accountId, string kind, string protectedSecret)
    {
        try
        {
            return For(accountId, kind) is IPersistedDataProtector ring
                && ring.DangerousUnprotect(WebEncoders.Base64UrlDecode(protectedSecret), false, out var isOld, out _) is { } plain && isOld
                ? Protect(accountId, kind, Encoding.UTF8.GetString(plain))
                : null;
        }
        catch (Exception error) when (error is CryptographicException or FormatException)
        {
            return null;
        }
    }

    private IDataProtector For(Guid accountId, string kind) => provider.CreateProtector("secret", accountId.ToString("N"), kind);
}
