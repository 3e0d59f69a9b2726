using System.Globalization;

namespace AiBotKit.Dashboard.Theme;

/// <summary>What the browser told us about its viewer in cookies: never trusted for anything but looks.</summary>
/// <param name="Dark">The theme in force when the page was asked for.</param>
/// <param name="Zone">Times are shown in this zone, on the 24-hour clock.</param>
public sealed record ViewerSettings(bool Dark, TimeZoneInfo Zone)
{
    /// <summary>Reads the <c>zone</c> cookie, <c>IANA name~minutes east of UTC</c>; the minutes serve where the server has no time zone data.</summary>
    public static ViewerSettings From(string? scheme, string? zone) => new(scheme == "dark", ZoneFrom(zone));

    private static TimeZoneInfo ZoneFrom(string? cookie)
    {
        var parts = Uri.UnescapeDataString(cookie ?? "").Split('~');
        if (parts[0].Length is > 0 and < 64 && TimeZoneInfo.TryFindSystemTimeZoneById(parts[0], out var zone))
        {
            return zone;
        }

        return parts.Length > 1 && int.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var minutes) && Math.Abs(minutes) <= 14 * 60
            ? TimeZoneInfo.CreateCustomTimeZone("viewer", TimeSpan.FromMinutes(minutes), "viewer", "viewer")
            : TimeZoneInfo.Utc;
    }
}
