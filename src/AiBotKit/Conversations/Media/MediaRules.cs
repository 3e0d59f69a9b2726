namespace AiBotKit.Conversations.Media;

/// <summary>What is fetched, how large it may be, and when it is tried again. Pure.</summary>
internal static class MediaRules
{
    /// <summary>The wire's types of messages that come with a file.</summary>
    public static readonly IReadOnlyList<string> Families = ["image", "audio", "voice", "video", "document", "sticker"];

    private static readonly TimeSpan[] Waits = [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), TimeSpan.FromHours(6), TimeSpan.FromDays(1)];

    /// <summary>Tries of a file that the provider says it does not have: now and then it is announced before it is there.</summary>
    private const int TriesOfMissing = 3;

    /// <summary>Bytes; WhatsApp's own limits (wire facts section 6), with room for what it may raise.</summary>
    public static long MostBytes(string family) => family switch
    {
        "document" => 100L * 1024 * 1024,
        "sticker" => 2L * 1024 * 1024,
        _ => 32L * 1024 * 1024,
    };

    public static bool IsSound(string family) => family is "audio" or "voice";

    /// <summary>When to try again after so many tries; null = given up.</summary>
    /// <param name="isFinal">The provider refuses it, as opposed to not answering.</param>
    public static DateTimeOffset? NextTry(int attempts, bool isFinal, TimeSpan? askedWait, DateTimeOffset now)
    {
        if (attempts > Waits.Length || (isFinal && attempts >= TriesOfMissing))
        {
            return null;
        }

        var wait = Waits[attempts - 1];
        return now + (askedWait > wait ? askedWait.Value : wait);
    }
}
