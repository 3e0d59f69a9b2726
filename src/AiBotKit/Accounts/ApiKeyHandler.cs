using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using AiBotKit.Durability.Audit;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AiBotKit.Accounts;

/// <summary><c>Authorization: Bearer &lt;Api:Key&gt;</c>: the operator of the first account.</summary>
internal sealed class ApiKeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AccountsOptions accounts, FirstAccount first, RecordAccess access)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    private bool _wrong;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization;
        if (header.Count != 1 || header[0] is not { } value || !value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        // Hashes have one length, so the comparison's time tells nothing about the key's.
        var given = SHA256.HashData(Encoding.UTF8.GetBytes(value["Bearer ".Length..].Trim()));
        var expected = SHA256.HashData(Encoding.UTF8.GetBytes(accounts.ApiKey ?? ""));
        if (accounts.ApiKey is null || !CryptographicOperations.FixedTimeEquals(given, expected))
        {
            _wrong = true;
            return Task.FromResult(AuthenticateResult.Fail("Unknown key."));
        }

        var identity = new ClaimsIdentity([new Claim(SignedIn.AccountClaim, first.Id.ToString()), new Claim(ClaimTypes.Name, "API key"), new Claim(SignedIn.RoleClaim, SignedIn.Operator)], Scheme.Name);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
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
}
