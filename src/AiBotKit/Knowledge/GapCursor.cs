using System.Globalization;

namespace AiBotKit.Knowledge;

/// <summary>Where a page of gaps ended, latest first: the instant, and how many gaps of exactly that instant were shown.</summary>
internal readonly record struct GapCursor(DateTimeOffset LastSeenAt, int Seen)
{
    /// <summary>The start of the list for null; null when the text was not made by <see cref="ToString"/>.</summary>
    public static GapCursor? Parse(string? text)
    {
        if (text is null)
        {
            return new GapCursor(DateTimeOffset.MaxValue, 0);
        }

        var parts = text.Split('.');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTimeOffset.MaxValue.UtcTicks
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var seen)
            ? new GapCursor(new DateTimeOffset(ticks, TimeSpan.Zero), seen)
            : null;
    }

    /// <summary>The cursor after a page that began here.</summary>
    public GapCursor Next(IEnumerable<DateTimeOffset> shown)
    {
        var times = shown.ToList();
        var same = times.Count(time => time == times[^1]);
        return new GapCursor(times[^1], times[^1] == LastSeenAt ? Seen + same : same);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{LastSeenAt.UtcTicks}.{Seen}");
}
