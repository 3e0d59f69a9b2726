using AiBotKit.Hosting.Secrets;
using AiBotKit.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts;

/// <summary>
/// Identity's people in our store: read by <see cref="ReadDb"/>, written by the one writer. What belongs to the same act (its line in the audit
/// trail, a link that it uses up, sessions that it ends) is given to <see cref="Along"/> and is on disk together with the person or not at all.
/// </summary>
internal sealed class PersonStore(ReadDb reads, IDataWriter writer, SecretProtector protector)
    : IUserPasswordStore<Person>, IUserEmailStore<Person>, IUserSecurityStampStore<Person>, IUserTwoFactorStore<Person>, IUserAuthenticatorKeyStore<Person>, IUserTwoFactorRecoveryCodeStore<Person>
{
    private const string Kind = "authenticator";

    private Func<AppDbContext, bool>? _along;

    /// <summary>Runs inside the next write, before the person is written; false leaves everything as it was. It may run twice. Null = nothing.</summary>
    public void Along(Func<AppDbContext, bool>? change) => _along = change;

    public async Task<IdentityResult> CreateAsync(Person user, CancellationToken cancellationToken)
    {
        var along = TakeAlong();
        try
        {
            var made = await writer.SaveAsync(db =>
            {
                if (along is not null && !along(db))
                {
                    return false;
                }

                db.Add(user);
                return true;
            });
            return made ? IdentityResult.Success : Failed(Refused);
        }
        catch (DbUpdateException)
        {
            return Failed("email_taken");
        }
    }

    public async Task<IdentityResult> UpdateAsync(Person user, CancellationToken cancellationToken)
    {
        var along = TakeAlong();
        var saved = await writer.SaveAsync(db =>
        {
            var row = db.Set<Person>().AsTracking().FirstOrDefault(p => p.Id == user.Id && p.Version == user.Version);
            if (row is null || (along is not null && !along(db)))
            {
                return row is null ? Changed : Refused;
            }

            db.Entry(row).CurrentValues.SetValues(user);
            row.Version = user.Version + 1;
            return null;
        });
        if (saved is not null)
        {
            return Failed(saved);
        }

        user.Version++;
        return IdentityResult.Success;
    }

    /// <summary>Code of a write that <see cref="Along"/> refused.</summary>
    public const string Refused = "refused";

    /// <summary>Code of a write that came second.</summary>
    public const string Changed = "changed";

    /// <summary>People are deactivated, never deleted: the audit trail and their answers name them.</summary>
    public Task<IdentityResult> DeleteAsync(Person user, CancellationToken cancellationToken) => throw new NotSupportedException("A person is deactivated, not deleted.");

    public async Task<Person?> FindByIdAsync(string userId, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(userId, out var id))
        {
            return null;
        }

        await using var db = reads.Open();
        return await db.Set<Person>().FirstOrDefaultAsync(p => p.Id == id, cancellationToken);
    }

    public async Task<Person?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return await db.Set<Person>().FirstOrDefaultAsync(p => p.Email == normalizedUserName, cancellationToken);
    }

    public Task<Person?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken) => FindByNameAsync(normalizedEmail, cancellationToken);

    public Task<string> GetUserIdAsync(Person user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString());

    public Task<string?> GetUserNameAsync(Person user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Email);

    public Task SetUserNameAsync(Person user, string? userName, CancellationToken cancellationToken) => SetEmailAsync(user, userName, cancellationToken);

    public Task<string?> GetNormalizedUserNameAsync(Person user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Email);

    public Task SetNormalizedUserNameAsync(Person user, string? normalizedName, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string?> GetEmailAsync(Person user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Email);

    public Task SetEmailAsync(Person user, string? email, CancellationToken cancellationToken)
    {
        user.Email = PersonRules.Email(email);
        return Task.CompletedTask;
    }

    /// <summary>Who signs in does not depend on it; who keeps the address does (<c>EmailYield</c>).</summary>
    public Task<bool> GetEmailConfirmedAsync(Person user, CancellationToken cancellationToken) => Task.FromResult(user.EmailProvenAt is not null);

    public Task SetEmailConfirmedAsync(Person user, bool confirmed, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string?> GetNormalizedEmailAsync(Person user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Email);

    public Task SetNormalizedEmailAsync(Person user, string? normalizedEmail, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string?> GetPasswordHashAsync(Person user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.PasswordHash);

    public Task SetPasswordHashAsync(Person user, string? passwordHash, CancellationToken cancellationToken)
    {
        user.PasswordHash = passwordHash ?? "";
        return Task.CompletedTask;
    }

    public Task<bool> HasPasswordAsync(Person user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash.Length > 0);

    public Task<string?> GetSecurityStampAsync(Person user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.SecurityStamp);

    public Task SetSecurityStampAsync(Person user, string stamp, CancellationToken cancellationToken)
    {
        user.SecurityStamp = stamp;
        return Task.CompletedTask;
    }

    public Task<bool> GetTwoFactorEnabledAsync(Person user, CancellationToken cancellationToken) => Task.FromResult(user.SecondFactorSince is not null);

    /// <summary>Switching it on needs a time and a code: that is <c>EnrolSecondFactor</c>'s.</summary>
    public Task SetTwoFactorEnabledAsync(Person user, bool enabled, CancellationToken cancellationToken)
    {
        user.SecondFactorSince = enabled ? user.SecondFactorSince : null;
        return Task.CompletedTask;
    }

    public Task<string?> GetAuthenticatorKeyAsync(Person user, CancellationToken cancellationToken) =>
        Task.FromResult(user.AuthenticatorKeyProtected is { } key ? protector.Reveal(user.AccountId, Kind, key) : null);

    public Task SetAuthenticatorKeyAsync(Person user, string key, CancellationToken cancellationToken)
    {
        user.AuthenticatorKeyProtected = protector.Protect(user.AccountId, Kind, key);
        return Task.CompletedTask;
    }

    public Task ReplaceCodesAsync(Person user, IEnumerable<string> recoveryCodes, CancellationToken cancellationToken)
    {
        user.RecoveryCodes = string.Join('\n', recoveryCodes.Select(code => RandomToken.Hex(code)));
        return Task.CompletedTask;
    }

    /// <summary>In memory; Identity's update that follows writes it, and only one of two that come together.</summary>
    public Task<bool> RedeemCodeAsync(Person user, string code, CancellationToken cancellationToken)
    {
        var left = user.RecoveryCodes.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        if (!left.Remove(RandomToken.Hex(code)))
        {
            return Task.FromResult(false);
        }

        user.RecoveryCodes = string.Join('\n', left);
        return Task.FromResult(true);
    }

    public Task<int> CountCodesAsync(Person user, CancellationToken cancellationToken) => Task.FromResult(user.RecoveryCodes.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

    public void Dispose()
    {
        // Holds nothing: each read and write opens its own connection.
    }

    private static IdentityResult Failed(string code) => IdentityResult.Failed(new IdentityError { Code = code });

    private Func<AppDbContext, bool>? TakeAlong()
    {
        var along = _along;
        _along = null;
        return along;
    }
}
