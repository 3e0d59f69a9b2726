using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts.Sessions;

/// <summary>Live sessions, the last seen first.</summary>
internal sealed class ListSessions(ReadDb reads, AccountsOptions options, TimeProvider time)
{
    private const int AtMost = 200;

    /// <param name="ofPerson">Null for everybody's in the account.</param>
    /// <param name="current">The session that asks.</param>
    public async Task<IReadOnlyList<SessionItem>> RunAsync(Guid accountId, Guid? ofPerson, Guid? current, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (idle, life) = (now - options.SessionIdle, now - options.SessionLife);
        await using var db = reads.Open();
        var rows = await (from session in db.Set<Session>()
                          join person in db.Set<Person>() on session.PersonId equals person.Id
                          where session.AccountId == accountId && (ofPerson == null || session.PersonId == ofPerson) && session.LastSeenAt > idle && session.CreatedAt > life
                          orderby session.LastSeenAt descending, session.Id descending
                          select new { session, person.DisplayName }).Take(AtMost).ToListAsync(cancellationToken);
        return [.. rows.Select(r => new SessionItem(
            r.session.Id, r.session.PersonId, r.DisplayName, SessionRules.Words(r.session.Agent), r.session.Address, r.session.CreatedAt, r.session.LastSeenAt,
            SessionRules.EndsAt(r.session.CreatedAt, r.session.LastSeenAt, options), r.session.Id == current))];
    }
}

/// <summary>A session as the list shows it.</summary>
/// <param name="Browser">Browser and system in few words.</param>
/// <param name="LastSeenAt">Exact to five minutes.</param>
/// <param name="EndsAt">When it ends if nobody comes back.</param>
/// <param name="Current">The one that asks.</param>
internal sealed record SessionItem(Guid Id, Guid PersonId, string Person, string Browser, string? Address, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, DateTimeOffset EndsAt, bool Current);
