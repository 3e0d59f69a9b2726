using System.Buffers.Binary;
using System.Text;

namespace AiBotKit.Conversations.Media;

/// <summary>How long a sound is, by its own container, without decoding it: Ogg (RFC 3533, RFC 7845) and MP4 (ISO 14496-12). Total: what is not understood has no length.</summary>
internal static class SoundLength
{
    /// <summary>The last page of an Ogg file begins in it: a page has at most 65,307 bytes.</summary>
    private const int Tail = 66_000;

    private const int MostBoxes = 200;
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <param name="file">From its beginning; can seek.</param>
    public static TimeSpan? Of(Stream file, string contentType)
    {
        var length = contentType switch
        {
            "audio/ogg" => Ogg(file),
            "audio/mp4" => Mp4(file),
            _ => null,
        };
        return length > TimeSpan.Zero && length < Longest ? length : null;
    }

    private static TimeSpan? Ogg(Stream file)
    {
        var head = Read(file, 0, 64);
        if (head.Length < 48 || !head.AsSpan(0, 4).SequenceEqual("OggS"u8))
        {
            return null;
        }

        // The first page of a codec's head has one segment; with a table that reaches beyond what was read it is none.
        var packet = head.AsSpan(Math.Min(head.Length, 27 + head[26]));
        var (rate, skip) = packet.StartsWith("OpusHead"u8) && packet.Length >= 12
            ? (48_000u, (long)BinaryPrimitives.ReadUInt16LittleEndian(packet[10..]))
            : packet.StartsWith("\u0001vorbis"u8) && packet.Length >= 16 ? (BinaryPrimitives.ReadUInt32LittleEndian(packet[12..]), 0L) : (0u, 0L);
        var tail = Read(file, Math.Max(0, file.Length - Tail), Tail).AsSpan();
        for (var at = tail.LastIndexOf("OggS"u8); at >= 0; at = tail[..at].LastIndexOf("OggS"u8))
        {
            // A page on which no packet ends has no position.
            if (at + 14 <= tail.Length && BinaryPrimitives.ReadInt64LittleEndian(tail[(at + 6)..]) is var position and >= 0 && rate > 0)
            {
                return Seconds(position - skip, rate);
            }
        }

        return null;
    }

    private static TimeSpan? Mp4(Stream file)
    {
        var (at, end) = (0L, file.Length);
        for (var boxes = 0; boxes < MostBoxes && at + 8 <= end; boxes++)
        {
            var head = Read(file, at, 16);
            if (head.Length < 8)
            {
                return null;
            }

            var (size, name, from) = ((long)BinaryPrimitives.ReadUInt32BigEndian(head), Encoding.Latin1.GetString(head, 4, 4), 8);
            if (size == 1 && head.Length == 16)
            {
                (size, from) = (BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(8)), 16);
            }

            if (name == "mvhd")
            {
                return MovieHeader(Read(file, at + from, 32));
            }

            if (name == "moov")
            {
                at += from;
            }
            else if (size >= from && size <= end - at)
            {
                at += size;
            }
            else
            {
                return null;
            }
        }

        return null;
    }

    private static TimeSpan? MovieHeader(ReadOnlySpan<byte> box) => box switch
    {
        [0, ..] when box.Length >= 20 => Seconds(BinaryPrimitives.ReadUInt32BigEndian(box[16..]), BinaryPrimitives.ReadUInt32BigEndian(box[12..])),
        [1, ..] when box.Length >= 32 => Seconds(BinaryPrimitives.ReadInt64BigEndian(box[24..]), BinaryPrimitives.ReadUInt32BigEndian(box[20..])),
        _ => null,
    };

    private static TimeSpan? Seconds(long units, uint rate) => rate > 0 && units > 0 && units / rate < Longest.TotalSeconds ? TimeSpan.FromSeconds((double)units / rate) : null;

    private static byte[] Read(Stream file, long from, int count)
    {
        var bytes = new byte[count];
        file.Position = from;
        return bytes[..file.ReadAtLeast(bytes, count, throwOnEndOfStream: false)];
    }
}
