using System.Collections.Frozen;
using System.Security.Cryptography;

namespace AiBotKit.PinnacleSimulator.Phone;

/// <summary>The static files of the page, taken from the assembly.</summary>
internal sealed class PageFiles
{
    private const string Prefix = "page/";

    private readonly FrozenDictionary<string, PageFile> files = typeof(PageFiles).Assembly.GetManifestResourceNames()
        .Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(static name => name[Prefix.Length..].Replace('\\', '/'), Load, StringComparer.Ordinal);

    public PageFile? Find(string path) => files.GetValueOrDefault(path);

    private static PageFile Load(string resource)
    {
        using var stream = typeof(PageFiles).Assembly.GetManifestResourceStream(resource)!;
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        var bytes = buffer.ToArray();
        var type = Path.GetExtension(resource) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            ".ogg" => "audio/ogg",
            ".webp" => "image/webp",
            ".mp4" => "video/mp4",
            ".woff2" => "font/woff2",
            _ => "application/octet-stream",
        };
        return new PageFile(bytes, type, '"' + Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8)) + '"');
    }
}

/// <summary>A file of the page, with its entity tag.</summary>
internal sealed record PageFile(byte[] Bytes, string ContentType, string Tag);
