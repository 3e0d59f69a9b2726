using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>
/// Total access to JSON that somebody else wrote: whatever the value is, these return it or null. System.Text.Json throws
/// InvalidOperationException for half surrogates and invalid UTF-8 inside strings and names (wire facts, point 15).
/// </summary>
internal static class WireJson
{
    /// <summary>The named property; false when this is no object, it is absent or null.</summary>
    public static bool TryGet(this JsonElement element, ReadOnlySpan<byte> name, out JsonElement value)
    {
        value = default;
        if (element.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        try
        {
            return element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
        }
        catch (InvalidOperationException)
        {
            // A property name beside ours holds a half surrogate; the object counts as not having ours.
            value = default;
            return false;
        }
    }

    public static bool TryGetArray(this JsonElement element, ReadOnlySpan<byte> name, out JsonElement value) =>
        element.TryGet(name, out value) && value.ValueKind == JsonValueKind.Array;

    /// <summary>The text of a string, or of a number as written; else null. Not cleaned.</summary>
    public static string? Text(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.TryGet(name, out var value) ? Text(value) : null;

    public static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => StringOf(value),
        JsonValueKind.Number => Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(value)),
        _ => null,
    };

    /// <summary>A short single line: ids, names, mime types; null when empty.</summary>
    public static string? Line(this JsonElement element, ReadOnlySpan<byte> name, int maxLength = WireText.MaxNameLength) =>
        WireText.CleanLine(element.Text(name), maxLength);

    /// <summary>An opaque id of any length up to <see cref="WireText.MaxLength"/>, without control characters; null when empty.</summary>
    public static string? Id(this JsonElement element, ReadOnlySpan<byte> name) => element.Line(name, WireText.MaxLength);

    /// <summary>A value made of digits only, at most 40 of them.</summary>
    public static string? Digits(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.Text(name) is { Length: > 0 and <= 40 } text && text.All(char.IsAsciiDigit) ? text : null;

    public static bool IsTrue(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.TryGet(name, out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>A whole number, also when sent as a string.</summary>
    public static int? Int(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.TryGet(name, out var value) ? Int(value) : null;

    public static int? Int(JsonElement value) =>
        int.TryParse(Text(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static decimal? Decimal(this JsonElement element, ReadOnlySpan<byte> name) =>
        decimal.TryParse(element.Text(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A finite number within ±<paramref name="limit"/>, also when sent as a string.</summary>
    public static double? Coordinate(this JsonElement element, ReadOnlySpan<byte> name, double limit) =>
        double.TryParse(element.Text(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) <= limit ? number : null;

    /// <summary>
    /// Unix seconds, as string or number; milliseconds are recognised by their size. Zero, negative and impossible values are
    /// null: the caller then takes the time of receipt (wire facts 8).
    /// </summary>
    public static DateTimeOffset? Time(this JsonElement element, ReadOnlySpan<byte> name)
    {
        // Seconds reach this size in the year 5138, milliseconds passed it in 1973.
        const long MillisecondsFrom = 100_000_000_000;
        const long MillisecondsEnd = 253_402_300_800_000;

        if (!long.TryParse(element.Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number <= 0)
        {
            return null;
        }

        return number switch
        {
            < MillisecondsFrom => DateTimeOffset.FromUnixTimeSeconds(number),
            < MillisecondsEnd => DateTimeOffset.FromUnixTimeMilliseconds(number),
            _ => null,
        };
    }

    /// <summary>One error object; null when there is nothing in it.</summary>
    public static WireError? Error(JsonElement value)
    {
        var code = value.Int("code"u8);
        var title = value.Line("title"u8) ?? value.Line("message"u8);
        var details = value.TryGet("error_data"u8, out var data) ? data.Line("details"u8, 1024) : null;
        return code is null && title is null && details is null ? null : new WireError(code, title, details);
    }

    /// <summary>An <c>errors</c> array, also when a single object was sent instead.</summary>
    public static IReadOnlyList<WireError> Errors(this JsonElement element, ReadOnlySpan<byte> name)
    {
        if (!element.TryGet(name, out var value))
        {
            return [];
        }

        return value.ValueKind switch
        {
            JsonValueKind.Array => [.. value.EnumerateArray().Take(20).Select(Error).OfType<WireError>()],
            JsonValueKind.Object when Error(value) is { } single => [single],
            _ => [],
        };
    }

    private static string? StringOf(JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        raw = raw.Length >= 2 && raw[0] == (byte)'"' ? raw[1..^1] : raw;
        return raw.IndexOf("\\ud"u8) < 0 && raw.IndexOf("\\uD"u8) < 0 && Utf8.IsValid(raw) ? value.GetString() : Unescape(raw);
    }

    /// <summary>Decodes a JSON string whose surrogates or bytes may be broken; broken halves stay and are replaced when the text is cleaned.</summary>
    private static string Unescape(ReadOnlySpan<byte> raw)
    {
        var text = Encoding.UTF8.GetString(raw);
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                result.Append(text[i]);
                continue;
            }

            var escape = text[++i];
            if (escape == 'u' && i + 4 < text.Length
                && ushort.TryParse(text.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                result.Append((char)unit);
                i += 4;
            }
            else
            {
                result.Append(escape switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', 'u' => '\uFFFD', _ => escape });
            }
        }

        return result.ToString();
    }
}
