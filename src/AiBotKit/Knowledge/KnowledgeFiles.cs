using System.Text;

namespace AiBotKit.Knowledge;

/// <summary>The files of <c>Knowledge:Folder</c>: which belong to a chatbot, and how one is read.</summary>
internal static class KnowledgeFiles
{
    /// <summary>Bytes of one file; larger ones are left out with a warning.</summary>
    public const long MaxBytes = 10 << 20;

    private static readonly EnumerationOptions Tree = new() { RecurseSubdirectories = true, MaxRecursionDepth = 16, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System };

    private static readonly UTF8Encoding StrictUtf8 = new(false, true);

    /// <summary>Files in <c>&lt;folder&gt;/&lt;chatbot name&gt;/</c>, and for the first chatbot those at the folder's root; named by their path below the folder.</summary>
    public static IEnumerable<(string Name, string Path)> Of(string folder, string chatbot, bool isFirst)
    {
        IEnumerable<string> files = [];
        // A name is the owner's text: one with a separator or dots only must not lead out of the folder.
        if (chatbot is not ("." or "..") && Path.GetFileName(chatbot) == chatbot && Directory.Exists(Path.Combine(folder, chatbot)))
        {
            files = Directory.EnumerateFiles(Path.Combine(folder, chatbot), "*", Tree);
        }

        if (isFirst)
        {
            files = files.Concat(Directory.EnumerateFiles(folder));
        }

        return files.Where(path => FormatOf(path) is not null).Order(StringComparer.Ordinal).Select(path => (Path.GetRelativePath(folder, path).Replace('\\', '/'), path));
    }

    /// <summary>txt, md or html; null for a file that is not knowledge.</summary>
    public static string? FormatOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".md" or ".markdown" => "md",
        ".html" or ".htm" => "html",
        ".txt" => "txt",
        _ => null,
    };

    /// <summary>The text of a file: its byte order mark decides, else UTF-8, else Latin-1, which old editors wrote.</summary>
    public static async Task<string> ReadAsync(string path, CancellationToken cancellationToken) => Decode(await File.ReadAllBytesAsync(path, cancellationToken));

    /// <summary>The same of bytes that came another way.</summary>
    public static string Decode(byte[] bytes)
    {
        if (bytes is [0xFF, 0xFE, ..])
        {
            return Encoding.Unicode.GetString(bytes, 2, bytes.Length - 2);
        }

        if (bytes is [0xFE, 0xFF, ..])
        {
            return Encoding.BigEndianUnicode.GetString(bytes, 2, bytes.Length - 2);
        }

        var start = bytes is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
        try
        {
            return StrictUtf8.GetString(bytes, start, bytes.Length - start);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }
}
