namespace AiBotKit.Conversations.Media;

/// <summary>
/// What a file is, by its first bytes. What the sender claims decides nothing: only kinds that a browser shows without running anything are
/// named, everything else is a plain download (S-U6). Signatures: the formats' own specifications, for the kinds that WhatsApp carries
/// (wire facts section 6).
/// </summary>
internal static class MediaTypes
{
    /// <summary>A file that is only ever downloaded.</summary>
    public const string Unknown = "application/octet-stream";

    /// <summary>Bytes of the beginning that are enough to tell.</summary>
    public const int Enough = 16;

    /// <param name="head">The first <see cref="Enough"/> bytes, or all when there are fewer.</param>
    /// <param name="isSound">The message was a voice note or an audio: an MP4 without pictures looks like one with them.</param>
    public static string Of(ReadOnlySpan<byte> head, bool isSound) => head switch
    {
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "image/png",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "image/gif",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "image/webp",
        [(byte)'O', (byte)'g', (byte)'g', (byte)'S', ..] => "audio/ogg",
        [(byte)'#', (byte)'!', (byte)'A', (byte)'M', (byte)'R', ..] => "audio/amr",
        [(byte)'I', (byte)'D', (byte)'3', ..] => "audio/mpeg",
        [0xFF, 0xF1 or 0xF9, ..] => "audio/aac",
        [0xFF, 0xFB or 0xFA or 0xF3 or 0xF2, ..] => "audio/mpeg",
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', (byte)'3', (byte)'g', ..] => isSound ? "audio/3gpp" : "video/3gpp",
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', (byte)'M', (byte)'4', (byte)'A', ..] => "audio/mp4",
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => isSound ? "audio/mp4" : "video/mp4",
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', (byte)'-', ..] => "application/pdf",
        _ => Unknown,
    };

    /// <summary>With its dot; empty when it is not known.</summary>
    public static string Extension(string? contentType) => contentType switch
    {
        "image/jpeg" => ".jpg",
        "image/png" => ".png",
        "image/gif" => ".gif",
        "image/webp" => ".webp",
        "audio/ogg" => ".ogg",
        "audio/amr" => ".amr",
        "audio/mpeg" => ".mp3",
        "audio/aac" => ".aac",
        "audio/mp4" => ".m4a",
        "audio/3gpp" or "video/3gpp" => ".3gp",
        "video/mp4" => ".mp4",
        "application/pdf" => ".pdf",
        _ => "",
    };

    /// <summary>True for what may be shown in the page itself.</summary>
    public static bool IsShown(string contentType) =>
        contentType.StartsWith("image/", StringComparison.Ordinal) || contentType.StartsWith("audio/", StringComparison.Ordinal) || contentType.StartsWith("video/", StringComparison.Ordinal);
}
