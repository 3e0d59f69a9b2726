using System.Globalization;

namespace AiBotKit.Conversations.Handover;

/// <summary>A time of one day in which people are there.</summary>
/// <param name="To">Midnight (00:00) is the end of the day.</param>
internal readonly record struct OpenSpan(DayOfWeek Day, TimeOnly From, TimeOnly To)
{
    public bool Holds(DateTime local) => local.DayOfWeek == Day && TimeOnly.FromDateTime(local) is var time && time >= From && (To == TimeOnly.MinValue || time < To);
}

/// <summary>When people are there: lines such as <c>mon 09:00-12:30</c>, several for a day, in the business's own time. Pure.</summary>
internal sealed class OpeningHours
{
    /// <summary>Three for each day.</summary>
    public const int MaxSpans = 21;

    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private OpeningHours(IReadOnlyList<OpenSpan> spans) => Spans = spans;

    /// <summary>By day from Monday, then by time; they do not overlap.</summary>
    public IReadOnlyList<OpenSpan> Spans { get; }

    /// <summary>Null when a line cannot be read, ends before it begins, or overlaps another. Without lines nothing is known.</summary>
    public static OpeningHours? Parse(string text)
    {
        var spans = new List<OpenSpan>();
        foreach (var line in text.Split(['\n', '\r', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length < 4 || Array.IndexOf(Days, line[..3].ToLowerInvariant()) is not (>= 0 and var day) || Times(line[3..]) is not var (from, to))
            {
                return null;
            }

            spans.Add(new OpenSpan((DayOfWeek)day, from, to));
        }

        spans.Sort((a, b) => (FromMonday(a.Day), a.From).CompareTo((FromMonday(b.Day), b.From)));
        for (var i = 1; i < spans.Count; i++)
        {
            if (spans[i].Day == spans[i - 1].Day && (spans[i - 1].To == TimeOnly.MinValue || spans[i].From < spans[i - 1].To))
            {
                return null;
            }
        }

        return spans.Count > MaxSpans ? null : new OpeningHours(spans);
    }

    public override string ToString() => string.Join('\n', Spans.Select(s => string.Create(CultureInfo.InvariantCulture, $"{Days[(int)s.Day]} {s.From:HH\\:mm}-{s.To:HH\\:mm}")));

    /// <summary>The times of one day as people write them: <c>09:00-12:30, 13:30-18:00</c>; empty when it is closed.</summary>
    public string Of(DayOfWeek day) => string.Join(", ", Spans.Where(s => s.Day == day).Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.From:HH\\:mm}-{s.To:HH\\:mm}")));

    public bool IsOpen(DateTime local) => Spans.Any(s => s.Holds(local));

    /// <summary>When people are there next, in the same local time; null when they never are.</summary>
    public DateTime? NextOpening(DateTime local)
    {
        for (var ahead = 0; ahead <= 7; ahead++)
        {
            var day = DateOnly.FromDateTime(local).AddDays(ahead);
            foreach (var span in Spans)
            {
                if (span.Day == day.DayOfWeek && day.ToDateTime(span.From) is var opens && opens > local)
                {
                    return opens;
                }
            }
        }

        return null;
    }

    private static int FromMonday(DayOfWeek day) => ((int)day + 6) % 7;

    private static (TimeOnly From, TimeOnly To)? Times(string text)
    {
        var parts = text.Replace('–', '-').Split('-', StringSplitOptions.TrimEntries);
        return parts.Length == 2 && Time(parts[0]) is { } from && Time(parts[1] is "24:00" ? "00:00" : parts[1]) is { } to && (to > from || to == TimeOnly.MinValue) ? (from, to) : null;
    }

    private static TimeOnly? Time(string text) => TimeOnly.TryParseExact(text, ["HH:mm", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
}
