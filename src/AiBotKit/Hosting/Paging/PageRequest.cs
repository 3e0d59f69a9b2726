using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Mvc;

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

    /// <summary>What a wrong page is answered with.</summary>
    public static ProblemDetails Problem(HttpContext context) =>
        ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "bad_page", "limit must be 1 to 200, and cursor the 'next' of an earlier answer.");

    /// <summary>
    /// In a list that is latest first, from the cursor's instant on: the rows of that instant that were shown before. Their number is the
    /// cursor's tie, because ids have no order in SQL that all stores share.
    /// </summary>
    public int Skip => (int)Math.Min(After?.Tie ?? 0, int.MaxValue);

    /// <summary>Makes the page of such a list out of one row more than it may have.</summary>
    /// <param name="rows">Read with <see cref="Skip"/>, at most <see cref="Limit"/> + 1.</param>
    /// <param name="at">The instant that the list is ordered by.</param>
    public Page<T> Cut<T>(List<T> rows, Func<T, DateTimeOffset> at)
    {
        if (rows.Count <= Limit)
        {
            return new Page<T>(rows, null);
        }

        rows.RemoveAt(Limit);
        var last = at(rows[^1]);
        var shown = rows.Count(row => at(row) == last) + (After is { } before && before.At == last ? before.Tie : 0);
        return new Page<T>(rows, new Cursor(last, shown).ToString());
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
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next)
{
    public Page<TOther> Select<TOther>(Func<T, TOther> view) => new([.. Items.Select(view)], Next);
}
