using System.Security.Claims;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts;

/// <summary>What a signed-in principal says about itself. The account comes from here and from nowhere else.</summary>
internal static class SignedIn
{
    public const string AccountClaim = "account";
    public const string RoleClaim = "role";

    /// <summary>May do what concerns the whole installation: <c>Api:Key</c>, and the person whom the set-up link made. Name of the policy and of the role.</summary>
    public const string Operator = "operator";

    /// <summary>May change what belongs to the account: chatbots, connections, people, keys, plan. Name of the policy and of the role; an operator passes as well.</summary>
    public const string Owner = "owner";

    /// <summary>May read and answer conversations. Name of the role; every signed-in person and key may do what an agent may.</summary>
    public const string Agent = "agent";

    private const string StampClaim = "stamp";

    /// <summary>The account of an authenticated request; every route but the declared ones is authenticated.</summary>
    public static Guid AccountId(this ClaimsPrincipal user) =>
        Guid.TryParse(user.FindFirstValue(AccountClaim), out var id) ? id : throw new InvalidOperationException("A route that needs an account was reached without one.");

    /// <summary>Who acts in this request, for the audit trail.</summary>
    public static Actor Actor(this HttpContext context) => Actor(context.User, context.Address());

    /// <summary>Who acts as <paramref name="user"/> from that address.</summary>
    public static Actor Actor(ClaimsPrincipal user, string? address) => user.Identity?.AuthenticationType == ApiKeyHandler.SchemeName
        ? new Actor(ActorKind.ApiKey, null, null, address)
        : new Actor(ActorKind.Person, Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out var id) ? id : null, user.Identity?.Name, address);

    /// <summary>Where the request came from; behind a known proxy what that says.</summary>
    public static string? Address(this HttpContext context) => context.Connection.RemoteIpAddress is { } ip ? (ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip).ToString() : null;

    public static ClaimsPrincipal Principal(Person person)
    {
        List<Claim> claims =
        [
            new(ClaimTypes.NameIdentifier, person.Id.ToString()),
            new(AccountClaim, person.AccountId.ToString()),
            new(ClaimTypes.Name, person.DisplayName),
            new(ClaimTypes.Email, person.Email),
            new(StampClaim, person.SecurityStamp),
            new(RoleClaim, person.Role == PersonRole.Owner ? Owner : Agent),
        ];
        if (person is { IsFirst: true, Role: PersonRole.Owner })
        {
            claims.Add(new Claim(RoleClaim, Operator));
        }

        return new ClaimsPrincipal(new ClaimsIdentity(claims, CookieAuthenticationDefaults.AuthenticationScheme));
    }

    /// <summary>Refuses a cookie whose person is gone or whose stamp has changed since.</summary>
    public static async Task CheckStampAsync(CookieValidatePrincipalContext context)
    {
        var stamp = context.Principal?.FindFirstValue(StampClaim);
        if (Guid.TryParse(context.Principal?.FindFirstValue(ClaimTypes.NameIdentifier), out var id) && stamp is not null)
        {
            await using var db = context.HttpContext.RequestServices.GetRequiredService<ReadDb>().Open();
            if (await db.Set<Person>().AnyAsync(p => p.Id == id && p.SecurityStamp == stamp, context.HttpContext.RequestAborted))
            {
                return;
            }
        }

        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
    }
}
