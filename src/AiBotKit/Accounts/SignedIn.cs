using System.Security.Claims;
using AiBotKit.Accounts.Sessions;
using AiBotKit.Durability.Audit;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AiBotKit.Accounts;

/// <summary>What a signed-in principal says about itself. The account comes from here and from nowhere else.</summary>
internal static class SignedIn
{
    public const string AccountClaim = "account";
    public const string RoleClaim = "role";

    /// <summary>Public id of the session.</summary>
    public const string SessionClaim = "session";

    /// <summary>Id of the account's API key; the bootstrap key has none.</summary>
    public const string KeyClaim = "key";

    /// <summary>Instead of account and role: the account demands a second factor that this person has not set up. Its value is the account.</summary>
    public const string EnrolClaim = "enrol";

    /// <summary>May do what concerns the whole installation: <c>Api:Key</c>, and the person whom the set-up link made. Name of the policy and of the role.</summary>
    public const string Operator = "operator";

    /// <summary>May change what belongs to the account: chatbots, connections, people, keys, plan. Name of the policy and of the role; an operator passes as well.</summary>
    public const string Owner = "owner";

    /// <summary>May read and answer conversations. Name of the role; every signed-in person and key may do what an agent may.</summary>
    public const string Agent = "agent";

    private const string SecretClaim = "secret";

    /// <summary>The account of an authenticated request; every route but the declared ones is authenticated.</summary>
    public static Guid AccountId(this ClaimsPrincipal user) =>
        Guid.TryParse(user.FindFirstValue(AccountClaim), out var id) ? id : throw new InvalidOperationException("A route that needs an account was reached without one.");

    /// <summary>The signed-in person; null for an API key.</summary>
    public static Guid? PersonId(this ClaimsPrincipal user) => Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out var id) ? id : null;

    /// <summary>The session that the request came in; null for an API key.</summary>
    public static Guid? SessionId(this ClaimsPrincipal user) => Guid.TryParse(user.FindFirstValue(SessionClaim), out var id) ? id : null;

    /// <summary>May change what belongs to the account.</summary>
    public static bool IsOwner(this ClaimsPrincipal user) => user.HasClaim(RoleClaim, Owner) || user.HasClaim(RoleClaim, Operator);

    /// <summary>Who acts in this request, for the audit trail.</summary>
    public static Actor Actor(this HttpContext context) => Actor(context.User, context.Address());

    /// <summary>Who acts as <paramref name="user"/> from that address. An account's API key acts by its name, the bootstrap key by none.</summary>
    public static Actor Actor(ClaimsPrincipal user, string? address) => user.Identity?.AuthenticationType == ApiKeyHandler.SchemeName
        ? Guid.TryParse(user.FindFirstValue(KeyClaim), out var key) ? new Actor(ActorKind.ApiKey, key, user.Identity.Name, address) : new Actor(ActorKind.ApiKey, null, null, address)
        : new Actor(ActorKind.Person, user.PersonId(), user.Identity?.Name, address);

    /// <summary>Where the request came from; behind a known proxy what that says.</summary>
    public static string? Address(this HttpContext context) => context.Connection.RemoteIpAddress is { } ip ? (ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip).ToString() : null;

    /// <summary>The word of a role in claims and in the REST API.</summary>
    public static string Word(PersonRole role) => role == PersonRole.Owner ? Owner : Agent;

    /// <summary>The role of a word; null for any other.</summary>
    public static PersonRole? Role(string? word) => word switch
    {
        Owner => PersonRole.Owner,
        Agent => PersonRole.Agent,
        _ => null,
    };

    /// <param name="mustEnrol">The account demands a second factor that the person has not: no route but that of the enrolment is open.</param>
    public static ClaimsPrincipal Principal(Person person, Guid session, bool mustEnrol)
    {
        List<Claim> claims =
        [
            new(ClaimTypes.NameIdentifier, person.Id.ToString()),
            new(SessionClaim, session.ToString()),
            new(ClaimTypes.Name, person.DisplayName),
            new(ClaimTypes.Email, person.Email),
        ];
        if (mustEnrol)
        {
            claims.Add(new Claim(EnrolClaim, person.AccountId.ToString()));
        }
        else
        {
            claims.Add(new Claim(AccountClaim, person.AccountId.ToString()));
            claims.Add(new Claim(RoleClaim, Word(person.Role)));
            if (person is { IsFirst: true, Role: PersonRole.Owner })
            {
                claims.Add(new Claim(RoleClaim, Operator));
            }
        }

        return new ClaimsPrincipal(new ClaimsIdentity(claims, CookieAuthenticationDefaults.AuthenticationScheme));
    }

    /// <summary>Whether both may do the same in the same account.</summary>
    public static bool IsSame(ClaimsPrincipal one, ClaimsPrincipal other) => Rights(one).SetEquals(Rights(other));

    /// <summary>What the cookie carries, encrypted: the session's key and nothing that could grow old.</summary>
    public static ClaimsPrincipal Cookie(string key) => new(new ClaimsIdentity([new Claim(SecretClaim, key)], CookieAuthenticationDefaults.AuthenticationScheme));

    /// <summary>Makes of a cookie's key the principal of its session, or refuses it.</summary>
    public static async Task CheckAsync(CookieValidatePrincipalContext context)
    {
        if (context.Principal?.FindFirstValue(SecretClaim) is { } key
            && await context.HttpContext.RequestServices.GetRequiredService<CheckSession>().RunAsync(key, context.HttpContext.RequestAborted) is { } principal)
        {
            context.ReplacePrincipal(principal);
            return;
        }

        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
    }

    private static HashSet<string> Rights(ClaimsPrincipal user) => [.. user.Claims.Where(c => c.Type is AccountClaim or RoleClaim or EnrolClaim or ClaimTypes.NameIdentifier).Select(c => c.Type + "=" + c.Value)];
}
