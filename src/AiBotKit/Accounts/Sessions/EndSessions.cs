using AiBotKit.Accounts.Keys;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts.Sessions;

/// <summary>Ends sessions, and with them what lives on them.</summary>
internal sealed class EndSessions(IDataWriter writer, LiveConnections live, TimeProvider time)
{
    /// <summary>Ends one session of the account. Other circuits of the same session end with it.</summary>
    /// <param name="ofPerson">Only a session of this person; null for anybody's, which is an owner's right.</param>
    /// <returns>False when the account, or the person, has no such session.</returns>
    public async Task<bool> OneAsync(Guid accountId, Guid? ofPerson, Guid id, Actor by, string act = AuditActs.SessionEnded)
    {
        var now = time.GetUtcNow();
        var ended = await writer.SaveAsync(db =>
        {
            if (db.Set<Session>().FirstOrDefault(s => s.Id == id && s.AccountId == accountId && (ofPerson == null || s.PersonId == ofPerson)) is not { } session)
            {
                return false;
            }

            db.Remove(session);
            AuditTrail.Append(db, new AuditNote(accountId, by, act, "session", id.ToString(), SessionRules.Words(session.Agent)), now);
            return true;
        });
        if (ended)
        {
            live.End(id);
        }

        return ended;
    }

    /// <summary>Ends all sessions of a person but <paramref name="except"/>.</summary>
    /// <returns>How many were ended.</returns>
    public async Task<int> OthersAsync(Guid accountId, Guid personId, Guid? except, Actor by)
    {
        var now = time.GetUtcNow();
        var ended = await writer.SaveAsync(db =>
        {
            var count = Within(db, personId, except);
            if (count > 0)
            {
                AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.SessionsEnded, "person", personId.ToString()), now);
            }

            return count;
        });
        Closed(personId, except);
        return ended;
    }

    /// <summary>Inside a write that ends all sessions of a person; <see cref="Closed"/> follows after its commit.</summary>
    public static int Within(AppDbContext db, Guid personId, Guid? except)
    {
        var sessions = db.Set<Session>().Where(s => s.PersonId == personId && s.Id != except).ToList();
        db.RemoveRange(sessions);
        return sessions.Count;
    }

    /// <summary>As <see cref="Within"/>, and the API keys that the person made: who holds the person's secrets may hold those too (S-A7).</summary>
    public static IReadOnlyList<Guid> WithKeys(AppDbContext db, Guid personId, Guid? except, DateTimeOffset now)
    {
        Within(db, personId, except);
        var keys = db.Set<ApiKey>().AsTracking().Where(k => k.CreatedById == personId && k.RevokedAt == null).ToList();
        keys.ForEach(key => key.RevokedAt = now);
        return [.. keys.Select(key => key.Id)];
    }

    /// <summary>After the commit: closes the circuits.</summary>
    public void Closed(Guid personId, Guid? except, IReadOnlyList<Guid>? keys = null)
    {
        live.End(personId, except);
        foreach (var key in keys ?? [])
        {
            live.End(key);
        }
    }
}
