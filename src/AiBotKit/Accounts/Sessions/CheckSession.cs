using System.Security.Claims;
using AiBotKit.Accounts.Keys;
using AiBotKit.Storage;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts.Sessions;

/// <summary>
/// Who a session's key stands for, at this moment: each request and each circuit asks the store, so that an end, a role or a deactivation
/// counts at once.
/// </summary>
internal sealed class CheckSession(ReadDb reads, IDataWriter writer, CheckApiKey keys, AccountsOptions options, TimeProvider time)
{
    /// <summary>The principal of the key's session; null when there is none any more.</summary>
    public async Task<ClaimsPrincipal?> RunAsync(string key, CancellationToken cancellationToken)
    {
        var (hash, now) = (RandomToken.Hash(key), time.GetUtcNow());
        if (await FindAsync(s => s.KeyHash == hash, now, cancellationToken) is not { } known)
        {
            return null;
        }

        if (SessionRules.MustNote(known.Session.LastSeenAt, now))
        {
            await NoteAsync(known.Session.Id, now);
        }

        return SignedIn.Principal(known.Person, known.Session.Id, known.MustEnrol);
    }

    /// <summary>Whether a circuit's principal may go on: session or key is still there, with the same person in the same role.</summary>
    public async Task<bool> IsStillGoodAsync(ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (user.Identity?.AuthenticationType == ApiKeyHandler.SchemeName)
        {
            return !Guid.TryParse(user.FindFirstValue(SignedIn.KeyClaim), out var key) || await keys.IsLiveAsync(user.AccountId(), key, cancellationToken);
        }

        if (user.Identity?.AuthenticationType != CookieAuthenticationDefaults.AuthenticationScheme || !Guid.TryParse(user.FindFirstValue(SignedIn.SessionClaim), out var id))
        {
            return false;
        }

        return Guid.TryParse(user.FindFirst(claim => claim.Type is SignedIn.AccountClaim or SignedIn.EnrolClaim)?.Value, out var account)
            && await FindAsync(s => s.Id == id && s.AccountId == account, time.GetUtcNow(), cancellationToken) is { } known && SignedIn.IsSame(user, SignedIn.Principal(known.Person, known.Session.Id, known.MustEnrol));
    }

    private async Task<Known?> FindAsync(System.Linq.Expressions.Expression<Func<Session, bool>> which, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var found = await (from session in db.Set<Session>().Where(which)
                           join person in db.Set<Person>() on session.PersonId equals person.Id
                           join account in db.Set<Account>() on person.AccountId equals account.Id
                           where person.DeactivatedAt == null && person.AccountId == session.AccountId
                           select new Known(session, person, account.RequiresSecondFactor && person.SecondFactorSince == null)).FirstOrDefaultAsync(cancellationToken);
        return found is not null && SessionRules.IsLive(found.Session.CreatedAt, found.Session.LastSeenAt, now, options) ? found : null;
    }

    private async Task NoteAsync(Guid id, DateTimeOffset now)
    {
        try
        {
            await writer.SaveAsync(db =>
            {
                if (db.Set<Session>().AsTracking().FirstOrDefault(s => s.Id == id) is { } session)
                {
                    session.LastSeenAt = now;
                }
            });
        }
        catch (StoreUnavailableException)
        {
            // A store that cannot save must not lock people out: the session only looks older than it is.
        }
    }

    private sealed record Known(Session Session, Person Person, bool MustEnrol);
}
