using System.Globalization;

namespace AiBotKit.Dashboard.Notices;

/// <summary>What is new for a viewer, and in which words. Pure.</summary>
internal static class NoticeRules
{
    /// <summary>After a long break nobody reads more; the list of conversations shows the rest.</summary>
    public const int Most = 10;

    private const int LongestText = 140;

    /// <summary>What has begun since, in the order it came, and the place after it.</summary>
    /// <param name="waiting">All that wait now.</param>
    /// <param name="written">What was written behind <see cref="NoticePlace.Seq"/>, in the order of arrival.</param>
    /// <param name="assigned">What was assigned to the viewer behind it, in the same order; of one conversation only the latest counts.</param>
    /// <param name="newest">Arrival number up to which <paramref name="written"/> and <paramref name="assigned"/> were read.</param>
    public static (IReadOnlyList<Notice> Notices, NoticePlace Place) Next(NoticePlace before, IReadOnlyList<WaitingOne> waiting, IReadOnlyList<WrittenOne> written, IReadOnlyList<AssignedOne> assigned, long newest)
    {
        var begun = waiting.Where(one => !before.Waiting.Contains(KeyOf(one))).OrderBy(one => one.Since)
            .Select(one => new Notice(KeyOf(one), "waiting", one.Conversation, $"{one.Name} waits for a person", OneLine(one.Text)));
        var said = written.Where(one => one.Seq > before.Seq)
            .Select(one => new Notice(string.Create(CultureInfo.InvariantCulture, $"written:{one.Seq}"), "written", one.Conversation, $"{one.Name} wrote to you", OneLine(one.Text)));
        var given = assigned.Where(one => one.Seq > before.Seq).GroupBy(one => one.Conversation).Select(same => same.Last())
            .Select(one => new Notice(string.Create(CultureInfo.InvariantCulture, $"assigned:{one.Seq}"), "assigned", one.Conversation, $"{one.Name} is yours to look after", OneLine(one.Sentence)));
        return ([.. begun.Concat(given).Concat(said).TakeLast(Most)], PlaceOf(waiting, Math.Max(newest, before.Seq)));
    }

    /// <summary>Where somebody stands who begins to look now: what is there already is no news.</summary>
    public static NoticePlace PlaceOf(IReadOnlyList<WaitingOne> waiting, long newest) => new(newest, waiting.Select(KeyOf).ToHashSet());

    /// <summary>Who waits again waits since another time: that is news.</summary>
    private static string KeyOf(WaitingOne one) => string.Create(CultureInfo.InvariantCulture, $"waiting:{one.Conversation:N}:{one.Since.UtcTicks}");

    private static string OneLine(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= LongestText)
        {
            return line;
        }

        var end = char.IsHighSurrogate(line[LongestText - 2]) ? LongestText - 2 : LongestText - 1;
        return line[..end] + "…";
    }
}
