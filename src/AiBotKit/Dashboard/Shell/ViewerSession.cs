using System.Security.Claims;
using AiBotKit.Accounts;
using AiBotKit.Durability.Audit;
using Microsoft.AspNetCore.Components.Authorization;

namespace AiBotKit.Dashboard.Shell;

/// <summary>
/// Who looks, for the life of one circuit. The account comes from the signed-in principal only (claim <c>account</c>),
/// never from an address or a form.
/// </summary>
internal sealed class ViewerSession(AuthenticationStateProvider authentication)
{
    public Guid AccountId { get; private set; }

    /// <summary>The signed-in person; null for an API key.</summary>
    public Guid? PersonId { get; private set; }

    /// <summary>The session that this circuit lives on; null for an API key.</summary>
    public Guid? SessionId { get; private set; }

    public string Name { get; private set; } = "";

    /// <summary>Where the page was asked from; set by the root component before anything else.</summary>
    public string? Address { get; set; }

    /// <summary>Who acts, for the audit trail.</summary>
    public Actor Actor { get; private set; } = Actor.System;

    /// <summary>May change what belongs to the account; who may not is an agent.</summary>
    public bool IsOwner { get; private set; }

    /// <summary>May do what concerns the whole installation.</summary>
    public bool IsOperator { get; private set; }

    /// <summary>Reads the principal once; cheap when called again.</summary>
    /// <exception cref="InvalidOperationException">Nobody is signed in: the page forgot to ask for it.</exception>
    public async Task LoadAsync()
    {
        if (AccountId != default)
        {
            return;
        }

        var user = (await authentication.GetAuthenticationStateAsync()).User;
        if (user.Identity is not { IsAuthenticated: true } || !Guid.TryParse(user.FindFirstValue(SignedIn.AccountClaim), out var account))
        {
            throw new InvalidOperationException("A dashboard page was shown without a signed-in account.");
        }

        (AccountId, PersonId, SessionId) = (account, user.PersonId(), user.SessionId());
        IsOperator = user.HasClaim(SignedIn.RoleClaim, SignedIn.Operator);
        IsOwner = IsOperator || user.HasClaim(SignedIn.RoleClaim, SignedIn.Owner);
        Actor = SignedIn.Actor(user, Address);
        Name = user.Identity.Name ?? user.FindFirstValue(ClaimTypes.Email) ?? "Owner";
    }
}
