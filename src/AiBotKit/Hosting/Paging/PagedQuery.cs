using System.Linq.Expressions;

namespace AiBotKit.Hosting.Paging;

/// <summary>The query behind a list that is latest first.</summary>
internal static class PagedQuery
{
    /// <summary>The rows of <paramref name="page"/> and one more, which says whether another page follows; for <see cref="PageRequest.Cut"/>.</summary>
    /// <param name="at">The instant that the list is ordered by.</param>
    /// <param name="id">Tells rows of the same instant apart.</param>
    public static IQueryable<T> Paged<T>(this IQueryable<T> rows, PageRequest page, Expression<Func<T, DateTimeOffset>> at, Expression<Func<T, Guid>> id)
    {
        if (page.After is { At: var last })
        {
            // Out of a lambda, so that it becomes a parameter of the query and not a text of its own for each page.
            Expression<Func<DateTimeOffset>> limit = () => last;
            rows = rows.Where(Expression.Lambda<Func<T, bool>>(Expression.LessThanOrEqual(at.Body, limit.Body), at.Parameters));
        }

        return rows.OrderByDescending(at).ThenByDescending(id).Skip(page.Skip).Take(page.Limit + 1);
    }
}
