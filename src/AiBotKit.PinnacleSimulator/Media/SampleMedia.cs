using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace AiBotKit.PinnacleSimulator.Media;

/// <summary>Files that a customer may send without having any: all drawn or computed here.</summary>
internal sealed class SampleMedia
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(7);
    private readonly Lazy<byte[]> picture = new(DrawPicture);
    private readonly Lazy<byte[]> document = new(WriteDocument);
    private readonly Lazy<byte[]> sound = new(() => Bundled("voice.ogg"));
    private readonly Lazy<byte[]> sticker = new(() => Bundled("sticker.webp"));
    private readonly Lazy<byte[]> video = new(() => Bundled("video.mp4"));

    /// <summary>A stored sample that fits the message type.</summary>
    public MediaFile Of(string type, MediaStore store) => type switch
    {
        "document" => store.Add(document.Value, "application/pdf", "invoice-2041.pdf", Life),
        "voice" or "audio" => store.Add(sound.Value, "audio/ogg; codecs=opus", null, Life),
        "sticker" => store.Add(sticker.Value, "image/webp", null, Life),
        "video" => store.Add(video.Value, "video/mp4", null, Life),
        _ => store.Add(picture.Value, "image/png", null, Life),
    };

    private static byte[] Bundled(string name)
    {
        using var stream = typeof(SampleMedia).Assembly.GetManifestResourceStream("page/samples/" + name)
            ?? throw new InvalidOperationException($"The sample {name} is not in the assembly.");
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return buffer.ToArray();
    }

    /// <summary>A coffee bag on a table, 560 by 300.</summary>
    private static byte[] DrawPicture()
    {
        const int width = 560, height = 300;
        var rows = new byte[height * (1 + (width * 3))];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var colour = Colour(x / 2.0, y / 2.0);
                var at = (y * (1 + (width * 3))) + 1 + (x * 3);
                rows[at] = (byte)(colour >> 16);
                rows[at + 1] = (byte)(colour >> 8);
                rows[at + 2] = (byte)colour;
            }
        }

        return Png(width, height, rows);
    }

    private static int Colour(double x, double y)
    {
        var left = 94 - (10 * (y - 22) / 112);
        var right = 176 + (10 * (y - 22) / 112);
        var torn = y < 30 && x > 150 + (Math.Sin(y * 1.7) * 4);
        var bag = y is > 22 and < 134 && x > left && x < right && !torn;
        foreach (var (bx, by) in new[] { (206.0, 126.0), (222.0, 134.0), (238.0, 128.0) })
        {
            if (Square((x - bx) / 7) + Square((y - by) / 5) < 1)
            {
                return Math.Abs(x - bx - ((y - by) / 2)) < 0.7 ? 0x2e1b10 : 0x4a2d1b;
            }
        }

        return bag && Square(x - 135) + Square(y - 76) < 441
            ? Square((x - 139) / 9) + Square((y - 74) / 14) < 1 ? 0x2f5146 : 0xe9dcc3
            : bag ? y < 38 ? 0x24413a : 0x2f5146
            : y < 104 ? 0xc9b59a : 0xa98d6b;
    }

    private static double Square(double value) => value * value;

    private static byte[] Png(int width, int height, byte[] rows)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(rows);
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        header[9] = 2;
        using var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
        Chunk(file, "IHDR", header);
        Chunk(file, "IDAT", packed.ToArray());
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    private static void Chunk(MemoryStream file, string name, byte[] data)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(four, data.Length);
        file.Write(four);
        byte[] body = [.. Encoding.ASCII.GetBytes(name), .. data];
        file.Write(body);
        var crc = 0xffffffffu;
        foreach (var one in body)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xedb88320u : crc >> 1;
            }
        }

        BinaryPrimitives.WriteUInt32BigEndian(four, ~crc);
        file.Write(four);
    }

    /// <summary>A one-page PDF with two lines.</summary>
    private static byte[] WriteDocument()
    {
        const string Words = "BT /F1 20 Tf 60 780 Td (Invoice 2041) Tj 0 -32 Td /F1 12 Tf (2 bags of Harbour Blend, paid.) Tj ET";
        string[] objects =
        [
            "<</Type/Catalog/Pages 2 0 R>>",
            "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
            string.Create(CultureInfo.InvariantCulture, $"<</Length {Words.Length}>>stream\n{Words}\nendstream"),
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        ];
        var file = new StringBuilder("%PDF-1.4\n");
        List<int> offsets = [];
        for (var i = 0; i < objects.Length; i++)
        {
            offsets.Add(file.Length);
            file.Append(CultureInfo.InvariantCulture, $"{i + 1} 0 obj{objects[i]}\nendobj\n");
        }

        var table = file.Length;
        file.Append(CultureInfo.InvariantCulture, $"xref\n0 {objects.Length + 1}\n0000000000 65535 f \n");
        offsets.ForEach(offset => file.Append(CultureInfo.InvariantCulture, $"{offset:D10} 00000 n \n"));
        file.Append(CultureInfo.InvariantCulture, $"trailer<</Size {objects.Length + 1}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n");
        return Encoding.ASCII.GetBytes(file.ToString());
    }
}
