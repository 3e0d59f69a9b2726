using System.Globalization;
using AiBotKit.Accounts.Passwords;
using AiBotKit.Accounts.Sessions;
using AiBotKit.Durability.Audit;
using AiBotKit.Hosting.Secrets;
using Microsoft.AspNetCore.Identity;

namespace AiBotKit.Accounts.SecondFactor;

/// <summary>A secret for an authenticator app that is not yet anybody's.</summary>
/// <param name="Key">To be typed.</param>
/// <param name="Address">To be scanned.</param>
/// <param name="Sealed">The secret for the way through the browser and back: encrypted, for this person only, for an hour. So that looking at the page stores nothing.</param>
internal sealed record SecondFactorOffer(string Key, string Address, string Sealed);

/// <summary>Sets up, renews and removes a person's second factor.</summary>
internal sealed class EnrolSecondFactor(People people, IUserStore<Person> store, CheckPassword passwords, EndSessions sessions, SecretProtector protector, TimeProvider time)
{
    private static readonly TimeSpan OfferLife = TimeSpan.FromHours(1);

    public async Task<SecondFactorOffer?> OfferAsync(Guid accountId, Guid personId)
    {
        if (await people.FindAsync(accountId, personId) is not { } person)
        {
            return null;
        }

        var key = people.GenerateNewAuthenticatorKey();
        var ends = (time.GetUtcNow() + OfferLife).UtcTicks.ToString(CultureInfo.InvariantCulture);
        return new SecondFactorOffer(key, TotpRules.Address(key, person.Email), protector.Protect(accountId, Kind(personId), ends + ":" + key));
    }

    /// <summary>The same offer again, after a wrong code; null when it is over.</summary>
    public async Task<SecondFactorOffer?> SameOfferAsync(Guid accountId, Guid personId, string? offer) =>
        Opened(accountId, personId, offer) is { } key && await people.FindAsync(accountId, personId) is { } person ? new SecondFactorOffer(key, TotpRules.Address(key, person.Email), offer!) : null;

    /// <summary>A right code makes the offered secret the person's. All other sessions end.</summary>
    /// <returns>Ten recovery codes, shown this once; or the code of what is wrong: <c>offer</c>, <c>code</c>, <c>already</c>, <c>changed</c>.</returns>
    public async Task<(IReadOnlyList<string>? Codes, string? Error)> ConfirmAsync(Guid accountId, Guid personId, string? offer, string? code, Guid? session, Actor by, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (Opened(accountId, personId, offer) is not { } key || await people.FindAsync(accountId, personId) is not { DeactivatedAt: null } person)
        {
            return (null, "offer");
        }

        if (person.SecondFactorSince is not null)
        {
            return (null, "already");
        }

        if (TotpRules.MatchingStep(key, code ?? "", now, 0) is not { } step)
        {
            return (null, "code");
        }

        await ((PersonStore)store).SetAuthenticatorKeyAsync(person, key, cancellationToken);
        (person.SecondFactorSince, person.LastCodeStep) = (now, step);
        People.Restamp(person);
        var codes = await people.NewCodesAsync(person, db =>
        {
            EndSessions.Within(db, personId, session);
            AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.SecondFactorOn), now);
            return true;
        });
        if (codes is not null)
        {
            sessions.Closed(personId, session);
        }

        return codes is null ? (null, PersonStore.Changed) : (codes, null);
    }

    /// <summary>Takes the second factor away; the password is asked for again.</summary>
    /// <returns>Null, or a code: <c>credentials</c>, <c>rate</c>, <c>changed</c>.</returns>
    public async Task<string?> RemoveAsync(Guid accountId, Guid personId, string password, Guid? session, Actor by)
    {
        var (person, error) = await passwords.RunAsync(accountId, personId, password, by.Address);
        if (person is null)
        {
            return error;
        }

        var now = time.GetUtcNow();
        (person.SecondFactorSince, person.AuthenticatorKeyProtected, person.LastCodeStep, person.RecoveryCodes) = (null, null, 0, "");
        People.Restamp(person);
        error = await people.SaveAsync(person, db =>
        {
            EndSessions.Within(db, personId, session);
            AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.SecondFactorOff), now);
            return true;
        });
        if (error is null)
        {
            sessions.Closed(personId, session);
        }

        return error;
    }

    /// <summary>Ten new recovery codes instead of those before; the password is asked for again.</summary>
    public async Task<(IReadOnlyList<string>? Codes, string? Error)> RenewCodesAsync(Guid accountId, Guid personId, string password, Actor by)
    {
        var (person, error) = await passwords.RunAsync(accountId, personId, password, by.Address);
        if (person?.SecondFactorSince is null)
        {
            return (null, error ?? "second_factor_missing");
        }

        var now = time.GetUtcNow();
        var codes = await people.NewCodesAsync(person, db =>
        {
            AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.RecoveryCodesRenewed), now);
            return true;
        });
        return codes is null ? (null, PersonStore.Changed) : (codes, null);
    }

    private static string Kind(Guid personId) => "authenticator_offer_" + personId.ToString("N");

    private string? Opened(Guid accountId, Guid personId, string? offer) =>
        !string.IsNullOrEmpty(offer) && protector.Reveal(accountId, Kind(personId), offer)?.Split(':', 2) is [var ends, var key] && long.Parse(ends, CultureInfo.InvariantCulture) > time.GetUtcNow().UtcTicks ? key : null;
}
