using System.Buffers;
using System.Text;

namespace AiBotKit.PinnacleSimulator.Webhooks;

/// <summary>The two spellings of the same JSON that are seen on the wire.</summary>
internal static class JsonEscape
{
    /// <summary>Meta's spelling: every non-ASCII UTF-16 unit as <c>\uxxxx</c> in lower case, and <c>/</c> as <c>\/</c>.</summary>
    public static byte[] Meta(ReadOnlySpan<byte> json)
    {
        var output = new ArrayBufferWriter<byte>(json.Length + (json.Length / 4) + 16);
        Span<char> units = stackalloc char[2];
        while (json.Length > 0)
        {
            var plain = json.IndexOfAnyExceptInRange((byte)0, (byte)0x7f);
            var ascii = plain < 0 ? json : json[..plain];
            WriteAscii(ascii, output);
            json = json[ascii.Length..];
            if (json.Length == 0)
            {
                break;
            }

            // Bytes that are no UTF-8 come out as U+FFFD, as they would from any real encoder.
            Rune.DecodeFromUtf8(json, out var rune, out var consumed);
            json = json[consumed..];
            var count = rune.EncodeToUtf16(units);
            foreach (var unit in units[..count])
            {
                var target = output.GetSpan(6);
                target[0] = (byte)'\\';
                target[1] = (byte)'u';
                for (var i = 0; i < 4; i++)
                {
                    var digit = (unit >> (12 - (4 * i))) & 0xf;
                    target[2 + i] = (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);
                }

                output.Advance(6);
            }
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Undoes the one thing that .NET's most relaxed encoder still escapes: characters beyond the basic plane, e.g. emoji.</summary>
    public static byte[] Plain(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("\\uD8"u8) < 0 && json.IndexOf("\\uD9"u8) < 0 && json.IndexOf("\\uDA"u8) < 0 && json.IndexOf("\\uDB"u8) < 0)
        {
            return json.ToArray();
        }

        var output = new ArrayBufferWriter<byte>(json.Length);
        for (var i = 0; i < json.Length;)
        {
            if (json[i] != '\\')
            {
                var run = json[i..].IndexOf((byte)'\\');
                var plain = run < 0 ? json[i..] : json.Slice(i, run);
                output.Write(plain);
                i += plain.Length;
            }
            else if (Unit(json, i) is { } high && char.IsHighSurrogate(high) && Unit(json, i + 6) is { } low && char.IsLowSurrogate(low))
            {
                output.Advance(new Rune(high, low).EncodeToUtf8(output.GetSpan(4)));
                i += 12;
            }
            else
            {
                output.Write(json.Slice(i, Math.Min(2, json.Length - i)));
                i += 2;
            }
        }

        return output.WrittenSpan.ToArray();
    }

    private static char? Unit(ReadOnlySpan<byte> json, int at) =>
        at + 6 <= json.Length && json[at] == '\\' && json[at + 1] == 'u' &&
        System.Buffers.Text.Utf8Parser.TryParse(json.Slice(at + 2, 4), out ushort unit, out var read, 'x') && read == 4 ? (char)unit : null;

    private static void WriteAscii(ReadOnlySpan<byte> ascii, ArrayBufferWriter<byte> output)
    {
        while (true)
        {
            var slash = ascii.IndexOf((byte)'/');
            if (slash < 0)
            {
                output.Write(ascii);
                return;
            }

            // A slash that is escaped already keeps its one backslash.
            output.Write(ascii[..slash]);
            var backslashes = 0;
            while (slash - 1 - backslashes >= 0 && ascii[slash - 1 - backslashes] == (byte)'\\')
            {
                backslashes++;
            }

            output.Write(backslashes % 2 == 0 ? "\\/"u8 : "/"u8);
            ascii = ascii[(slash + 1)..];
        }
    }
}
