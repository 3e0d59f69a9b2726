using System.Text;

namespace AiBotKit.Tests.Channels.WhatsApp;

/// <summary>Callbacks of the fixtures with a few faults in each: bits, lost and repeated bytes, and values that have broken parsers.</summary>
internal static class PayloadMutator
{
    /// <summary>Values that have broken parsers: dropped in place of a whole JSON value.</summary>
    private static readonly byte[][] Atoms =
    [
        .. new[]
        {
            "null", "true", "0", "-1", "1e999", "99999999999999999999", "1784000000000", "253402300800", "\"\"", "[]", "{}", "[null]", "\"\\ud83d\"", "\"\\ude00\\ud83d\"",
            "\"\\u0000\"", "\"\\u202e\\u001b[31m\"", "{\"\\ud83d\":1}", "\"../../etc/passwd\"", "\"US.10000000000000000102\"", "{\"$ne\":\"\"}", "\"18446744073709551616\"",
            "[[[[[[[[[[[[]]]]]]]]]]]]", "\"system\"", "\"edit\"", "\"interactive\"", "\"contacts\"", "\"reaction\"", "\"calls\"", "\"smb_message_echoes\"",
        }.Select(Encoding.UTF8.GetBytes),
        [(byte)'"', 0xE2, 0x28, 0xA1, (byte)'"'],
        [(byte)'"', 0xED, 0xA0, 0x80, (byte)'"'],
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("[", 400)) + string.Concat(Enumerable.Repeat("]", 400))),
    ];

    public static byte[][] Corpus() => [.. WireFixtures.Callbacks().Select(entry => WireFixtures.Bytes(entry.File)).Where(body => body.Length is > 0 and < 8_000)];

    public static byte[] Mutate(Random random, byte[][] corpus)
    {
        var body = new List<byte>(corpus[random.Next(corpus.Length)]);
        for (var steps = random.Next(1, 4); steps > 0 && body.Count > 0; steps--)
        {
            switch (random.Next(6))
            {
                case 0:
                    body[random.Next(body.Count)] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    body.RemoveRange(random.Next(body.Count), 1);
                    break;
                case 2:
                    var start = random.Next(body.Count);
                    body.InsertRange(random.Next(body.Count), body.GetRange(start, Math.Min(random.Next(40), body.Count - start)));
                    break;
                default:
                    ReplaceValue(random, body);
                    break;
            }
        }

        return [.. body];
    }

    /// <summary>Puts an atom where a value stands, so that the structure around stays valid.</summary>
    private static void ReplaceValue(Random random, List<byte> body)
    {
        var colon = body.IndexOf((byte)':', random.Next(body.Count));
        if (colon < 0)
        {
            return;
        }

        var end = colon + 1;
        var inString = false;
        for (var depth = 0; end < body.Count; end++)
        {
            var b = body[end];
            if (b == '"' && body[end - 1] != '\\')
            {
                inString = !inString;
            }
            else if (!inString && b is (byte)'{' or (byte)'[')
            {
                depth++;
            }
            else if (!inString && ((b == ',' && depth == 0) || (b is (byte)'}' or (byte)']' && depth-- == 0)))
            {
                break;
            }
        }

        body.RemoveRange(colon + 1, end - colon - 1);
        body.InsertRange(colon + 1, Atoms[random.Next(Atoms.Length)]);
    }
}
