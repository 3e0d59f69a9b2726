using System.Text;

namespace AiBotKit.Hosting;

/// <summary>
/// How Content-Length is read (S-H7). The server below takes a length with a sign, "+5", which others refuse or skip; RFC 9110 allows digits only.
/// Its one way to look at the written value is the encoding it asks for: here every other byte becomes a letter that is part of no number, and it answers 400.
/// </summary>
internal sealed class DigitsOnly : Encoding
{
    private const char NoNumber = 'x';
    private static readonly DigitsOnly Instance = new();

    /// <summary>For the server's question after the encoding of one header; null is its own.</summary>
    public static Encoding? ForHeader(string name) => string.Equals(name, "Content-Length", StringComparison.OrdinalIgnoreCase) ? Instance : null;

    /// <summary>Reads what fits: the server has room for one digit more than a length can have, and refuses when all of it is used.</summary>
    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        var length = Math.Min(bytes.Length, chars.Length);
        for (var i = 0; i < length; i++)
        {
            chars[i] = char.IsAsciiDigit((char)bytes[i]) ? (char)bytes[i] : NoNumber;
        }

        return length;
    }

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) => GetChars(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

    public override int GetCharCount(byte[] bytes, int index, int count) => count;

    public override int GetMaxCharCount(int byteCount) => byteCount;

    public override int GetByteCount(char[] chars, int index, int count) => throw Unwritten();

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => throw Unwritten();

    public override int GetMaxByteCount(int charCount) => throw Unwritten();

    private static NotSupportedException Unwritten() => new("Only for reading.");
}
