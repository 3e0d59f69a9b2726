using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using AiBotKit.Accounts.Keys;
using AiBotKit.Durability.Audit;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AiBotKit.Accounts;

/// <summary><c>Authorization: Bearer &lt;key&gt;</c>: <c>Api:Key</c> is the operator of the first account, any other key is one that an account made.</summary>
internal sealed class ApiKeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AccountsOptions accounts, FirstAccount first, CheckApiKey keys, RecordAccess access)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    private bool _wrong;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization;
        if (header.Count != 1 || header[0] is not { } value || !value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return AuthenticateResult.NoResult();
        }

        // Hashes have one length, so the comparison's time tells nothing about the key's.
        var key = value["Bearer ".Length..].Trim();
        if (accounts.ApiKey is not null && CryptographicOperations.FixedTimeEquals(RandomToken.Hash(key), RandomToken.Hash(accounts.ApiKey)))
        {
            var identity = new ClaimsIdentity([new Claim(SignedIn.AccountClaim, first.Id.ToString()), new Claim(ClaimTypes.Name, "API key"), new Claim(SignedIn.RoleClaim, SignedIn.Operator)], Scheme.Name);
            return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
        }

        if (await keys.RunAsync(key, Context.RequestAborted) is { } known)
        {
            return AuthenticateResult.Success(new AuthenticationTicket(known, Scheme.Name));
        }

        _wrong = true;
        return AuthenticateResult.Fail("Unknown key.");
    }

    /// <summary>Only a route that asks for a key refuses one.</summary>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_wrong)
        {
            await access.RefusedAsync(null, new Actor(ActorKind.ApiKey, null, null, Context.Address()), AuditActs.ApiKeyRefused, "route", $"{Request.Method} {Request.Path}");
        }

        await base.HandleChallengeAsync(properties);
    }

    /// <summary>A key that asks for more than it may leaves the same line as a person who does.</summary>
    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        await access.RefusedAsync(Context.User.AccountId(), Context.Actor(), AuditActs.AccessDenied, "route", $"{Request.Method} {Request.Path}");
        await base.HandleForbiddenAsync(properties);
    }
}
