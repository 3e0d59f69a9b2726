using System.Globalization;
using System.Security.Cryptography;
using AiBotKit.Hosting;

namespace AiBotKit.Conversations.Media;

/// <summary>
/// The bytes of files, under random names in the data folder, outside anything that is served as it lies (S-U3). A file is complete or not
/// there: it is written beside and moved into place. The small copy of a picture lies beside it under its name and goes with it.
/// </summary>
internal sealed class MediaFolder(DataFolder folder)
{
    private const string Small = ".thumb";

    private readonly string _root = Path.Combine(folder.Path, "media");

    /// <summary>A file of its own to write to; gone when it is disposed without having been <see cref="Draft.Keep">kept</see>.</summary>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    public Draft Begin()
    {
        var name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new Draft(name, path);
    }

    /// <summary>The small copy of a stored picture, like <see cref="Begin"/>.</summary>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    public Draft BeginThumbnail(string name)
    {
        File.Delete(PathOf(name) + Small + Draft.Part);
        return new Draft(name, PathOf(name) + Small);
    }

    /// <summary>Null when it is not here: deleted by hand, or left out of a restored copy.</summary>
    public FileStream? Open(string name) => OpenAt(PathOf(name));

    /// <summary>Null when it has none.</summary>
    public FileStream? OpenThumbnail(string name) => OpenAt(PathOf(name) + Small);

    private static FileStream? OpenAt(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 * 1024, FileOptions.Asynchronous);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Before anything is fetched: takes away what a process that was killed had begun to write, or had written and no row speaks of.</summary>
    /// <param name="stored">The names that rows have, as <see cref="Number"/>.</param>
    public void Sweep(IReadOnlySet<UInt128> stored)
    {
        if (Directory.Exists(_root))
        {
            foreach (var path in Directory.EnumerateFiles(_root, "*", SearchOption.AllDirectories))
            {
                var file = Path.GetFileName(path);
                var name = file.EndsWith(Small, StringComparison.Ordinal) ? file[..^Small.Length] : file;
                if (name.EndsWith(Draft.Part, StringComparison.Ordinal) || (IsName(name) && !stored.Contains(Number(name))))
                {
                    File.Delete(path);
                }
            }
        }
    }

    /// <summary>A stored name as the number that it is.</summary>
    public static UInt128 Number(string name) => UInt128.Parse(name, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>With its small copy. Nothing happens when it is not here.</summary>
    public void Delete(string name)
    {
        DeleteThumbnail(name);
        Remove(PathOf(name));
    }

    public void DeleteThumbnail(string name) => Remove(PathOf(name) + Small);

    private static void Remove(string path)
    {
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }

    public bool Has(string name) => File.Exists(PathOf(name));

    private static bool IsName(string name) => name.Length == 32 && name.All(char.IsAsciiHexDigitLower);

    /// <summary>Two letters of the name are a folder, so that none grows without end.</summary>
    private string PathOf(string name) =>
        IsName(name) ? Path.Combine(_root, name[..2], name) : throw new ArgumentException("This is no name of a stored file.", nameof(name));

    internal sealed class Draft : IAsyncDisposable
    {
        public const string Part = ".part";

        private readonly string _path;
        private bool _kept;

        public Draft(string name, string path)
        {
            (Name, _path) = (name, path);
            Stream = new FileStream(path + Part, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.Asynchronous);
        }

        public string Name { get; }

        public FileStream Stream { get; }

        /// <summary>The first bytes that were written.</summary>
        public async Task<byte[]> HeadAsync(CancellationToken cancellationToken)
        {
            var head = new byte[MediaTypes.Enough];
            Stream.Position = 0;
            var count = await Stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
            return head[..count];
        }

        /// <summary>On disk and under its name, before any row speaks of it.</summary>
        public void Keep()
        {
            Stream.Flush(flushToDisk: true);
            Stream.Dispose();
            File.Move(_path + Part, _path, overwrite: true);
            _kept = true;
        }

        public async ValueTask DisposeAsync()
        {
            await Stream.DisposeAsync();
            if (!_kept)
            {
                File.Delete(_path + Part);
            }
        }
    }
}
