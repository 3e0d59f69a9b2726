using System.Text;

namespace AiBotKit.Tests.Conversations.Contacts;

/// <summary>What lies in the files of a data folder, byte for byte: database, log, files of messages.</summary>
internal static class StoredBytes
{
    /// <summary>Needle and file of each that is found; backups are left out, they keep what they have until they are deleted.</summary>
    public static List<string> Find(string folder, IEnumerable<string> needles)
    {
        var found = new List<string>();
        var wanted = needles.Select(needle => (Text: needle, Bytes: Encoding.UTF8.GetBytes(needle))).ToList();
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "lock" && !path.Contains("backups", StringComparison.Ordinal)))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            file.CopyTo(bytes);
            found.AddRange(wanted.Where(one => bytes.GetBuffer().AsSpan(0, (int)bytes.Length).IndexOf(one.Bytes) >= 0).Select(one => $"{one.Text} in {Path.GetFileName(path)}"));
        }

        return found;
    }
}
