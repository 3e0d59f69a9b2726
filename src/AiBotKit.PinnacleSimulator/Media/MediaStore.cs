using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using AiBotKit.PinnacleSimulator.Clock;

namespace AiBotKit.PinnacleSimulator.Media;

/// <summary>Uploaded and received files, in memory: 30 days for uploads, 7 for what customers sent (wire facts section 3).</summary>
internal sealed class MediaStore(SimClock clock)
{
    private const int KeptFiles = 500;
    private readonly ConcurrentDictionary<string, MediaFile> files = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> order = new();
    private long last = 700_000_000_000_000;

    public MediaFile Add(byte[] bytes, string mimeType, string? filename, TimeSpan keep)
    {
        var id = Interlocked.Increment(ref last).ToString(CultureInfo.InvariantCulture);
        var file = new MediaFile(id, bytes, mimeType, filename, SHA256.HashData(bytes), clock.Now + keep);
        files[id] = file;
        order.Enqueue(id);
        while (order.Count > KeptFiles && order.TryDequeue(out var oldest))
        {
            files.TryRemove(oldest, out _);
        }

        return file;
    }

    public MediaFile? Find(string id) => files.TryGetValue(id, out var file) && clock.Now < file.ExpiresAt ? file : null;

    public bool Remove(string id) => files.TryRemove(id, out _);

    public void Clear()
    {
        files.Clear();
        order.Clear();
    }
}

/// <param name="Hash">SHA-256; base64 in callbacks, hex in the info call.</param>
internal sealed record MediaFile(string Id, byte[] Bytes, string MimeType, string? Filename, byte[] Hash, DateTimeOffset ExpiresAt);
