using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace AiBotKit.Hosting.Paging;

/// <summary>A page of a list: <c>?limit=1..200</c> (default 50) and the opaque <c>?cursor=</c> of the page before.</summary>
/// <param name="After">Where the page before ended; null on the first page.</param>
internal readonly record struct PageRequest(int Limit, Cursor? After)
{
    private const int MaxLimit = 200;

    /// <summary>False when the limit is out of range or the cursor is not one of ours.</summary>
    public static bool TryParse(string? limit, string? cursor, out PageRequest page)
    {
        page = default;
        var count = 50;
        if (limit is not null && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 1 or > MaxLimit))
        {
            return false;
        }

        Cursor? after = null;
        if (cursor is not null && (after = Cursor.Parse(cursor)) is null)
        {
            return false;
        }

        page = new PageRequest(count, after);
        return true;
    }
}

/// <summary>A place in a list ordered by time: the instant, and a number that tells rows of the same instant apart.</summary>
internal sealed record Cursor(DateTimeOffset At, long Tie)
{
    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{At.UtcTicks}.{Tie}")));

    /// <summary>Null when the text was not made by <see cref="ToString"/>.</summary>
    public static Cursor? Parse(string text)
    {
        if (text.Length is 0 or > 80 || !Base64Url.IsValid(text))
        {
            return null;
        }

        var parts = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)).Split('.');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTimeOffset.MaxValue.UtcTicks
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var tie)
            ? new Cursor(new DateTimeOffset(ticks, TimeSpan.Zero), tie)
            : null;
    }
}

/// <summary>One page and the cursor of the next; null at the end.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
