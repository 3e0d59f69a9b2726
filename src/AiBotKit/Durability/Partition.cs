using System.IO.Hashing;

namespace AiBotKit.Durability;

/// <summary>The 64 partitions that divide the work from the first day; the number never changes silently.</summary>
internal static class Partition
{
    public const int Count = 64;

    /// <summary>XxHash64 of the id's big-endian bytes mod 64; stored with the conversation.</summary>
    public static int Of(Guid conversationId) => (int)(XxHash64.HashToUInt64(conversationId.ToByteArray(true)) % Count);
}
