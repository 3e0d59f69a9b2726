using System.Security.Cryptography;
using System.Text;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>
/// The name under which a provider message is remembered for ever: 16 bytes of HMAC-SHA256 over number and provider id, under a key of this
/// installation. A wamid contains the customer's number, so the plain id could not be kept after an erasure; the hash can.
/// </summary>
internal sealed class DedupKeys(byte[] key)
{
    /// <param name="providerId">Null or empty: the raw item stands for itself.</param>
    public byte[] Of(string phoneNumberId, string? providerId, ReadOnlySpan<byte> raw) =>
        string.IsNullOrEmpty(providerId) ? Hash(phoneNumberId, 1, raw) : Hash(phoneNumberId, 0, Encoding.UTF8.GetBytes(providerId));

    /// <summary>For what could not be understood: apart from every message key, so that its replay is not taken for a duplicate of itself.</summary>
    public byte[] OfUnusable(string phoneNumberId, ReadOnlySpan<byte> raw) => Hash(phoneNumberId, 2, raw);

    /// <summary>An account event has no id: its account, its second and its words stand for it.</summary>
    public byte[] OfEvent(string wabaId, DateTimeOffset at, ReadOnlySpan<byte> raw) => Hash($"{wabaId} {at.ToUnixTimeSeconds()}", 3, raw);

    private byte[] Hash(string phoneNumberId, byte kind, ReadOnlySpan<byte> name)
    {
        var number = Encoding.UTF8.GetByteCount(phoneNumberId);
        var length = number + 1 + name.Length;
        var input = length <= 512 ? stackalloc byte[length] : new byte[length];
        Encoding.UTF8.GetBytes(phoneNumberId, input);
        input[number] = kind;
        name.CopyTo(input[(number + 1)..]);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, input, hash);
        return hash[..16].ToArray();
    }
}
