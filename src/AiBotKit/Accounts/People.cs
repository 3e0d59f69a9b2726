using System.Security.Cryptography;
using AiBotKit.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace AiBotKit.Accounts;

/// <summary>
/// Identity over our people: it hashes and checks passwords, changes stamps, makes and redeems recovery codes. One for each request or circuit.
/// A lockout is not used: somebody else's wrong tries must not lock a person out, <see cref="SignInLimits"/> bounds them instead.
/// </summary>
internal sealed class People(
    IUserStore<Person> store,
    IOptions<IdentityOptions> options,
    IPasswordHasher<Person> hasher,
    IEnumerable<IUserValidator<Person>> people,
    IEnumerable<IPasswordValidator<Person>> passwords,
    ILookupNormalizer normalizer,
    IdentityErrorDescriber words,
    IServiceProvider services,
    ILogger<UserManager<Person>> logger)
    : UserManager<Person>(store, options, hasher, people, passwords, normalizer, words, services, logger)
{
    /// <summary>Letters and digits that nobody mistakes for one another.</summary>
    private const string CodeLetters = "abcdefghjkmnpqrstuvwxyz23456789";

    private PersonStore Rows => (PersonStore)Store;

    /// <summary>The person, or null when there is none of that id in the account.</summary>
    public async Task<Person?> FindAsync(Guid accountId, Guid id) => await FindByIdAsync(id.ToString()) is { } person && person.AccountId == accountId ? person : null;

    /// <summary>A new person with a password, written together with <paramref name="along"/>.</summary>
    /// <returns>Null, or the code of what is wrong; <see cref="PersonStore.Refused"/> when <paramref name="along"/> refused.</returns>
    public async Task<string?> AddAsync(Person person, string password, Func<AppDbContext, bool> along)
    {
        // Said before the work of hashing; Identity asks the same again.
        if (PersonRules.Problem(person.Email, person.DisplayName) is { } problem)
        {
            return problem;
        }

        return Code(await WithAsync(along, () => CreateAsync(person, password)));
    }

    /// <summary>Writes the person together with <paramref name="along"/>.</summary>
    /// <returns>As <see cref="AddAsync"/>; <see cref="PersonStore.Changed"/> when somebody else was faster.</returns>
    public async Task<string?> SaveAsync(Person person, Func<AppDbContext, bool> along) => Code(await WithAsync(along, () => UpdateUserAsync(person)));

    /// <summary>A new password, with a new stamp; the caller has checked that it is allowed.</summary>
    /// <returns>As <see cref="SaveAsync"/>, or the code of what is wrong with the password.</returns>
    public async Task<string?> SetPasswordAsync(Person person, string password, Func<AppDbContext, bool> along) =>
        Code(await UpdatePasswordHash(person, password, true)) ?? await SaveAsync(person, along);

    /// <summary>A new stamp, in memory: written by the next save.</summary>
    public static void Restamp(Person person) => person.SecurityStamp = RandomToken.New()[..32];

    /// <summary>Ten new recovery codes, written together with <paramref name="along"/>; null when somebody else was faster.</summary>
    public async Task<IReadOnlyList<string>?> NewCodesAsync(Person person, Func<AppDbContext, bool> along) =>
        await WithAsync(along, () => GenerateNewTwoFactorRecoveryCodesAsync(person, 10)) is { } codes ? [.. codes] : null;

    /// <summary>Uses a recovery code up, together with <paramref name="along"/>.</summary>
    public async Task<bool> RedeemAsync(Person person, string code, Func<AppDbContext, bool> along) => (await WithAsync(along, () => RedeemTwoFactorRecoveryCodeAsync(person, code))).Succeeded;

    /// <summary>79 bits: their hashes cannot be guessed through (S-K3), in groups for the eye.</summary>
    protected override string CreateTwoFactorRecoveryCode() => string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(CodeLetters, 4)));

    private async Task<T> WithAsync<T>(Func<AppDbContext, bool> along, Func<Task<T>> act)
    {
        Rows.Along(along);
        try
        {
            return await act();
        }
        finally
        {
            // An act that was refused before its write must not leave this to the next one.
            Rows.Along(null);
        }
    }

    private static string? Code(IdentityResult result) => result.Succeeded ? null : result.Errors.First().Code;
}
