using System.Security.Cryptography;
using System.Text;

namespace AiBotKit.PinnacleSimulator.Messages;

/// <summary>Message ids in the form seen on the wire: base64 over a few marker bytes, the customer's phone and a random part (wire facts, section 3).</summary>
internal static class Wamid
{
    /// <summary>Id of a message from a customer. <paramref name="phone"/> is empty for a customer known by user id only.</summary>
    public static string Inbound(string? phone) => Create(phone, 0x12, "3A" + RandomNumberGenerator.GetHexString(18));

    /// <summary>Id of a message from the business.</summary>
    public static string Outbound(string? phone) => Create(phone, 0x11, RandomNumberGenerator.GetHexString(18));

    /// <summary>The customer's digits inside an id; null when it is not of this form.</summary>
    public static string? Phone(string id)
    {
        Span<byte> bytes = stackalloc byte[256];
        return id.StartsWith("wamid.", StringComparison.Ordinal) && id.Length < 300 && Convert.TryFromBase64Chars(id.AsSpan(6), bytes, out var length) &&
            length > 3 && bytes[0] == 0x1c && bytes[2] + 3 <= length ? Encoding.ASCII.GetString(bytes[3..(3 + bytes[2])]) : null;
    }

    private static string Create(string? phone, byte direction, string random)
    {
        var digits = phone ?? "";
        Span<byte> bytes = stackalloc byte[digits.Length + random.Length + 11];
        var at = 0;
        bytes[at++] = 0x1c;
        bytes[at++] = 0x18;
        bytes[at++] = (byte)digits.Length;
        at += Encoding.ASCII.GetBytes(digits, bytes[at..]);
        bytes[at++] = 0x15;
        bytes[at++] = 0x02;
        bytes[at++] = 0x00;
        bytes[at++] = direction;
        bytes[at++] = 0x18;
        bytes[at++] = (byte)random.Length;
        at += Encoding.ASCII.GetBytes(random, bytes[at..]);
        bytes[at++] = 0x00;
        return "wamid." + Convert.ToBase64String(bytes[..at]);
    }
}
