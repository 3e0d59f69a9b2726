using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AiBotKit.Accounts.Sessions;

/// <summary>Signs a person in: a new session with a new key, whatever the browser held before, which ends (S-A7).</summary>
internal sealed class OpenSession(IDataWriter writer, AccountsOptions options, LiveConnections live, TimeProvider time)
{
    private const int LongestAgent = 200;

    /// <param name="act">For the audit trail; null when the act that leads here has written its own line.</param>
    /// <returns>
    /// False when the person was deactivated, or a new password or role ended their sessions, since <paramref name="person"/> was read: asked in the
    /// write itself, so that no session begins behind such an end.
    /// </returns>
    /// <exception cref="StoreUnavailableException">Nobody is signed in: a session is on disk or it is none.</exception>
    public async Task<bool> RunAsync(HttpContext context, Person person, string? act = AuditActs.SignedIn)
    {
        var (key, now) = (RandomToken.New(), time.GetUtcNow());
        var agent = context.Request.Headers.UserAgent.ToString();
        var session = new Session
        {
            Id = Guid.CreateVersion7(now),
            KeyHash = RandomToken.Hash(key),
            AccountId = person.AccountId,
            PersonId = person.Id,
            CreatedAt = now,
            LastSeenAt = now,
            Address = context.Address(),
            Agent = agent.Length > LongestAgent ? agent[..LongestAgent] : agent,
        };
        Guid? before = Guid.TryParse(context.User.FindFirst(SignedIn.SessionClaim)?.Value, out var held) ? held : null;
        var (idle, life) = (now - options.SessionIdle, now - options.SessionLife);
        var opened = await writer.SaveAsync(db =>
        {
            if (!db.Set<Person>().Any(p => p.Id == person.Id && p.AccountId == person.AccountId && p.SecurityStamp == person.SecurityStamp && p.DeactivatedAt == null))
            {
                return false;
            }

            db.RemoveRange(db.Set<Session>().Where(s => s.Id == before || (s.PersonId == person.Id && (s.LastSeenAt <= idle || s.CreatedAt <= life))).ToList());
            db.Add(session);
            if (act is not null)
            {
                AuditTrail.Append(db, new AuditNote(person.AccountId, new Actor(ActorKind.Person, person.Id, person.DisplayName, session.Address), act), now);
            }

            return true;
        });
        if (!opened)
        {
            return false;
        }

        if (before is { } ended)
        {
            live.End(ended);
        }

        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, SignedIn.Cookie(key), new AuthenticationProperties { IssuedUtc = now, ExpiresUtc = now + options.SessionLife });
        return true;
    }
}
