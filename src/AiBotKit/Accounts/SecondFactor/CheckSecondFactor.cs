using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.AspNetCore.Identity;

namespace AiBotKit.Accounts.SecondFactor;

/// <summary>Takes a code of the authenticator app, or a recovery code; either works once.</summary>
internal sealed class CheckSecondFactor(People people, IUserStore<Person> store, RecordAccess access, TimeProvider time)
{
    /// <param name="from">Address of the caller.</param>
    public async Task<bool> RunAsync(Person person, string code, string? from, CancellationToken cancellationToken)
    {
        var (now, by) = (time.GetUtcNow(), new Actor(ActorKind.Person, person.Id, person.DisplayName, from));
        if (await ((PersonStore)store).GetAuthenticatorKeyAsync(person, cancellationToken) is { } key && TotpRules.MatchingStep(key, code, now, person.LastCodeStep) is { } step)
        {
            person.LastCodeStep = step;
            // Of two that come with the same code the second finds the row changed.
            if (await people.SaveAsync(person, _ => true) is null)
            {
                return true;
            }
        }
        else if (await people.RedeemAsync(person, RecoveryCode(code), db => Note(db, person, by, now)))
        {
            return true;
        }

        await access.RefusedAsync(person.AccountId, by, AuditActs.SecondFactorRefused);
        return false;
    }

    /// <summary>As it was shown, however it is typed.</summary>
    private static string RecoveryCode(string typed)
    {
        var letters = new string([.. typed.Where(char.IsAsciiLetterOrDigit)]).ToLowerInvariant();
        return letters.Length == 16 ? string.Join('-', letters.Chunk(4).Select(four => new string(four))) : "";
    }

    private static bool Note(AppDbContext db, Person person, Actor by, DateTimeOffset now)
    {
        AuditTrail.Append(db, new AuditNote(person.AccountId, by, AuditActs.RecoveryCodeUsed), now);
        return true;
    }
}
