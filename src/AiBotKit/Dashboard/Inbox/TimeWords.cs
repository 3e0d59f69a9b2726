using System.Globalization;

namespace AiBotKit.Dashboard.Inbox;

/// <summary>Times as people read them: 24-hour clock, the viewer's zone, no more than is needed to place them.</summary>
internal static class TimeWords
{
    private static readonly CultureInfo English = CultureInfo.InvariantCulture;

    /// <summary>"14:26" today, "Thu" in the last six days, "3 Sep" this year, else "3 Sep 2025".</summary>
    public static TimeView InList(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone)
    {
        var (there, today) = (TimeZoneInfo.ConvertTime(at, zone), TimeZoneInfo.ConvertTime(now, zone));
        var days = (today.Date - there.Date).Days;
        var text = days <= 0 ? there.ToString("HH:mm", English)
            : days < 7 ? there.ToString("ddd", English)
            : there.ToString(there.Year == today.Year ? "d MMM" : "d MMM yyyy", English);
        return new TimeView(text, Full(there), Machine(at));
    }

    /// <summary>The clock time of something whose day is known from the heading above.</summary>
    public static TimeView OfDay(DateTimeOffset at, TimeZoneInfo zone)
    {
        var there = TimeZoneInfo.ConvertTime(at, zone);
        return new TimeView(there.ToString("HH:mm", English), Full(there), Machine(at));
    }

    /// <summary>"today, 14:26", "yesterday, 14:26", "Thursday 12 November, 14:26": a time that stands alone.</summary>
    public static TimeView Alone(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone)
    {
        var (there, today) = (TimeZoneInfo.ConvertTime(at, zone), TimeZoneInfo.ConvertTime(now, zone).Date);
        var day = (there.Date - today).Days switch
        {
            0 => "today",
            1 => "tomorrow",
            -1 => "yesterday",
            _ => there.ToString(there.Year == today.Year ? "d MMMM" : "d MMMM yyyy", English),
        };
        return new TimeView($"{day}, {there.ToString("HH:mm", English)}", Full(there), Machine(at));
    }

    /// <summary>"Today", "Yesterday, Thursday 19 November", "Thursday 12 November", with the year when it is another one.</summary>
    public static string Day(DateTime day, DateTime today) => (today - day).Days switch
    {
        0 => "Today",
        1 => "Yesterday, " + day.ToString("dddd d MMMM", English),
        _ => day.ToString(day.Year == today.Year ? "dddd d MMMM" : "dddd d MMMM yyyy", English),
    };

    /// <summary>"23 h", "3 h 12 m", "41 m", "35 s": the two units that matter, never negative.</summary>
    public static string Span(TimeSpan span)
    {
        if (span < TimeSpan.Zero)
        {
            span = TimeSpan.Zero;
        }

        return span.TotalDays >= 2 ? $"{(int)span.TotalDays} d"
            : span.TotalHours >= 10 ? $"{(int)span.TotalHours} h"
            : span.TotalHours >= 1 ? $"{(int)span.TotalHours} h {span.Minutes} m"
            : span.TotalMinutes >= 1 ? $"{(int)span.TotalMinutes} m"
            : $"{(int)span.TotalSeconds} s";
    }

    /// <summary>What is left of something that runs out: as <see cref="Span"/>, and to the second in the last two minutes.</summary>
    public static string Left(TimeSpan left) => left >= TimeSpan.FromMinutes(2) || left < TimeSpan.FromMinutes(1) ? Span(left) : $"1 m {left.Seconds} s";

    /// <summary>A time to come: "17:40" when it is today, else with its day.</summary>
    public static string ToCome(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone)
    {
        var whole = Alone(at, now, zone).Text;
        return whole.StartsWith("today, ", StringComparison.Ordinal) ? whole["today, ".Length..] : whole;
    }

    private static string Full(DateTimeOffset there) => there.ToString("dddd d MMMM yyyy, HH:mm:ss", English);

    private static string Machine(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", English);
}
