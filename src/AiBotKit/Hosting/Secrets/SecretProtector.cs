using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace AiBotKit.Hosting.Secrets;

/// <summary>
/// Stored secrets, bound to their account and kind: a ciphertext moved to another account's row does not decrypt (S-K1).
/// </summary>
internal sealed class SecretProtector(IDataProtectionProvider provider)
{
    /// <summary>Kind of <c>Connection.ApiKeyProtected</c>.</summary>
    public const string ProviderKey = "provider_key";

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

    private IDataProtector For(Guid accountId, string kind) => provider.CreateProtector("secret", accountId.ToString("N"), kind);
}
