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
    public byte[] Of(string phoneNumberId, string? providerId, ReadOnlySpan<byte> raw)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(Encoding.UTF8.GetBytes(phoneNumberId));
        if (string.IsNullOrEmpty(providerId))
        {
            hash.AppendData([1]);
            hash.AppendData(raw);
        }
        else
        {
            hash.AppendData([0]);
            hash.AppendData(Encoding.UTF8.GetBytes(providerId));
        }

        return hash.GetHashAndReset()[..16];
    }
}
