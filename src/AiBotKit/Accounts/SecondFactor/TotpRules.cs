using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace AiBotKit.Accounts.SecondFactor;

/// <summary>
/// Time-based one-time passwords (RFC 6238 with the defaults that every authenticator app knows: SHA-1, 30 s, 6 digits). Our own instead of
/// Identity's provider, because that does not say which time step a code belongs to, and a code must work only once (S-A6). Pure.
/// </summary>
internal static class TotpRules
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int StepSeconds = 30;

    /// <summary>A clock may be one step off in either direction.</summary>
    private const int Drift = 1;

    /// <summary>The step that <paramref name="code"/> is right for; null when for none that is new.</summary>
    /// <param name="key">The secret in Base32.</param>
    /// <param name="after">The step of the last code that was taken.</param>
    public static long? MatchingStep(string key, string code, DateTimeOffset now, long after)
    {
        var digits = new string([.. code.Where(c => !char.IsWhiteSpace(c))]);
        if (digits.Length != 6 || !digits.All(char.IsAsciiDigit))
        {
            return null;
        }

        var current = StepOf(now);
        long? found = null;
        for (var step = current - Drift; step <= current + Drift; step++)
        {
            // All are compared, so that the time tells nothing.
            if (CryptographicOperations.FixedTimeEquals(System.Text.Encoding.ASCII.GetBytes(Code(key, step)), System.Text.Encoding.ASCII.GetBytes(digits)) && step > after)
            {
                found = step;
            }
        }

        return found;
    }

    public static long StepOf(DateTimeOffset now) => now.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>The six digits of a step.</summary>
    public static string Code(string key, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6238's default, and the only one that all apps know; HMAC does not rest on collisions.
        HMACSHA1.HashData(Bytes(key), counter, hash);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 0xf)..]) & 0x7fffffff;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>What the QR code says.</summary>
    /// <param name="email">Whom the entry is called by in the app.</param>
    public static string Address(string key, string email) => $"otpauth://totp/AI%20Bot%20Kit:{Uri.EscapeDataString(email)}?secret={key}&issuer=AI%20Bot%20Kit";

    /// <summary>The secret in groups of four, to be typed.</summary>
    public static string Typed(string key) => string.Join(' ', key.Chunk(4).Select(four => new string(four)));

    private static byte[] Bytes(string key)
    {
        var bytes = new List<byte>(20);
        var (bits, count) = (0, 0);
        foreach (var letter in key)
        {
            bits = (bits << 5) | Math.Max(Base32.IndexOf(char.ToUpperInvariant(letter), StringComparison.Ordinal), 0);
            count += 5;
            if (count >= 8)
            {
                count -= 8;
                bytes.Add((byte)(bits >> count));
                bits &= (1 << count) - 1;
            }
        }

        return [.. bytes];
    }
}
