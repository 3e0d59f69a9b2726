namespace AiBotKit.Accounts.Passwords;

/// <summary>Asks a signed-in person for the password again, before what an open session alone must not do. Counted like tries at signing in.</summary>
internal sealed class CheckPassword(People people, SignInLimits limits)
{
    /// <param name="from">Address of the caller.</param>
    /// <returns>The person, or a code: <c>credentials</c>, <c>rate</c>.</returns>
    public async Task<(Person? Person, string? Error)> RunAsync(Guid accountId, Guid personId, string password, string? from)
    {
        if (await people.FindAsync(accountId, personId) is not { DeactivatedAt: null } person)
        {
            return (null, "credentials");
        }

        if (limits.Take(person.Email, from ?? "") is not null)
        {
            return (null, "rate");
        }

        return !PasswordRules.IsTooLong(password) && await people.CheckPasswordAsync(person, password) ? (person, null) : (null, "credentials");
    }
}
