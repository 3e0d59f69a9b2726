using System.Security.Claims;
using AiBotKit.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiBotKit.Accounts.Team;

/// <summary>The account, its people and its invitations over REST. Reading the account is everybody's, the rest an owner's.</summary>
internal static class TeamEndpoints
{
    public static void Map(WebApplication app)
    {
        var api = app.MapGroup("/api").WithTags("Accounts").RequireAuthorization();
        api.MapGet("/account", AccountAsync).WithName("ReadAccount").WithSummary("Reads the account, and who asks.");
        var owners = app.MapGroup("/api").WithTags("Accounts").RequireAuthorization(SignedIn.Owner);
        owners.MapPatch("/account", PatchAccountAsync).WithName("ChangeAccount").WithSummary("Renames the account, or demands a second factor of everybody.").ProducesProblem(StatusCodes.Status409Conflict);
        owners.MapGet("/people", PeopleAsync).WithName("ListPeople").WithSummary("Lists the people of the account, deactivated ones included.");
        owners.MapPatch("/people/{id:guid}", PatchPersonAsync).WithName("ChangePerson").WithSummary("Changes a person's role, activates a person again, or takes away a second factor that a colleague lost, who is told by mail; all sessions of the person end.").ProducesProblem(StatusCodes.Status409Conflict);
        owners.MapDelete("/people/{id:guid}", DeactivateAsync).WithName("DeactivatePerson").WithSummary("Deactivates a person: signed out everywhere within seconds, and no sign-in any more.").ProducesProblem(StatusCodes.Status409Conflict);
        owners.MapGet("/invitations", InvitationsAsync).WithName("ListInvitations").WithSummary("Lists invitations that are still open.");
        owners.MapPost("/invitations", InviteAsync).WithName("InvitePerson").WithSummary("Invites somebody by e-mail; the link lives 7 days and works once.").ProducesProblem(StatusCodes.Status409Conflict);
        owners.MapDelete("/invitations/{id:guid}", RevokeAsync).WithName("RevokeInvitation").WithSummary("Takes an invitation back.");
    }

    private static async Task<Ok<AccountView>> AccountAsync(ReadTeam read, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var account = await read.AccountAsync(user.AccountId(), cancellationToken);
        var person = user.PersonId() is { } id ? await read.PersonAsync(user.AccountId(), id, cancellationToken) : null;
        var role = user.HasClaim(SignedIn.RoleClaim, SignedIn.Operator) ? SignedIn.Operator : user.IsOwner() ? SignedIn.Owner : SignedIn.Agent;
        return TypedResults.Ok(new AccountView(account.Id, account.Name, account.RequiresSecondFactor, account.CreatedAt, role, person));
    }

    private static async Task<Results<Ok<AccountProfile>, ProblemHttpResult>> PatchAccountAsync(AccountRequest request, ChangeAccount change, ReadTeam read, HttpContext context, CancellationToken cancellationToken)
    {
        if (request is { Name: null, RequiresSecondFactor: null })
        {
            return Nothing(context);
        }

        return await change.RunAsync(context.User.AccountId(), request.Name, request.RequiresSecondFactor, context.Actor()) switch
        {
            null => TypedResults.Ok(await read.AccountAsync(context.User.AccountId(), cancellationToken)),
            "name" => Wrong(context, "invalid_name", "The name must have 1 to 80 characters."),
            _ => Conflict(context, "second_factor_missing", "Set up your own second factor first."),
        };
    }

    private static async Task<Ok<PersonList>> PeopleAsync(ReadTeam read, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        TypedResults.Ok(new PersonList(await read.PeopleAsync(user.AccountId(), cancellationToken)));

    private static async Task<Results<Ok<PersonItem>, NotFound, ProblemHttpResult>> PatchPersonAsync(
        Guid id, PersonRequest request, ChangePerson change, ReadTeam read, HttpContext context, CancellationToken cancellationToken)
    {
        if (request is { Role: null, Active: null } and not { SecondFactor: false })
        {
            return Nothing(context);
        }

        if (request.Role is not null && SignedIn.Role(request.Role) is null)
        {
            return Wrong(context, "invalid_role", "The role must be owner or agent.");
        }

        var error = await change.RunAsync(context.User.AccountId(), id, SignedIn.Role(request.Role), request.Active, context.Actor(), request.SecondFactor);
        return error is not null ? Refused(context, error)
            : await read.PersonAsync(context.User.AccountId(), id, cancellationToken) is { } person ? TypedResults.Ok(person)
            : TypedResults.NotFound();
    }

    private static async Task<Results<NoContent, NotFound, ProblemHttpResult>> DeactivateAsync(Guid id, ChangePerson change, HttpContext context) =>
        await change.RunAsync(context.User.AccountId(), id, null, false, context.Actor()) switch
        {
            null => TypedResults.NoContent(),
            "not_found" => TypedResults.NotFound(),
            var error => Because(context, error),
        };

    private static async Task<Ok<InvitationList>> InvitationsAsync(ReadTeam read, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        TypedResults.Ok(new InvitationList(await read.InvitationsAsync(user.AccountId(), cancellationToken)));

    private static async Task<Results<Created<InvitationItem>, ProblemHttpResult>> InviteAsync(InvitationRequest request, InvitePerson invite, HttpContext context)
    {
        var made = await invite.RunAsync(context.User.AccountId(), request.Email, request.Role, context.Actor());
        return made switch
        {
            { Invitation: { } invitation } => TypedResults.Created($"/api/invitations/{invitation.Id}", invitation),
            { Error: "already_member" } => Conflict(context, "already_member", "Somebody of this account has that e-mail already."),
            { Error: "too_many_invitations" } => Conflict(context, "too_many_invitations", $"At most {InvitePerson.AtMost} invitations may be open. Take one back first."),
            { Error: "role" } => Wrong(context, "invalid_role", "The role must be owner or agent."),
            _ => Wrong(context, "invalid_email", "That is no e-mail address."),
        };
    }

    private static async Task<Results<NoContent, NotFound>> RevokeAsync(Guid id, RevokeInvitation revoke, HttpContext context) =>
        await revoke.RunAsync(context.User.AccountId(), id, context.Actor()) ? TypedResults.NoContent() : TypedResults.NotFound();

    private static Results<Ok<PersonItem>, NotFound, ProblemHttpResult> Refused(HttpContext context, string error) => error == "not_found" ? TypedResults.NotFound() : Because(context, error);

    private static ProblemHttpResult Because(HttpContext context, string error) => error switch
    {
        "last_owner" => Conflict(context, "last_owner", "An account needs an owner. Make somebody else an owner first."),
        "first_owner" => Conflict(context, "first_owner", "This person runs the installation and stays an owner."),
        "own_second_factor" => Conflict(context, "own_second_factor", "Your own second factor is removed in your settings, with your password."),
        _ => Conflict(context, "changed", "Somebody changed this person at the same moment. Read again, then decide."),
    };

    private static ProblemHttpResult Nothing(HttpContext context) => Wrong(context, "nothing_to_change", "Name at least one thing to change.");

    private static ProblemHttpResult Wrong(HttpContext context, string code, string title) => TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, code, title));

    private static ProblemHttpResult Conflict(HttpContext context, string code, string title) => TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status409Conflict, code, title));

    /// <summary>What is left out stays as it is.</summary>
    public sealed record AccountRequest(string? Name = null, bool? RequiresSecondFactor = null);

    /// <summary>What is left out stays as it is.</summary>
    /// <param name="Role"><c>owner</c> or <c>agent</c>.</param>
    /// <param name="SecondFactor">False takes it away, when a colleague's phone and recovery codes are lost; true changes nothing.</param>
    public sealed record PersonRequest(string? Role = null, bool? Active = null, bool? SecondFactor = null);

    /// <param name="Role"><c>owner</c> or <c>agent</c>.</param>
    public sealed record InvitationRequest(string? Email, string? Role);

    /// <param name="Role">Of who asks: <c>agent</c>, <c>owner</c> or <c>operator</c>.</param>
    /// <param name="Person">Who asks; null for an API key.</param>
    internal sealed record AccountView(Guid Id, string Name, bool RequiresSecondFactor, DateTimeOffset CreatedAt, string Role, PersonItem? Person);

    internal sealed record PersonList(IReadOnlyList<PersonItem> Items);

    internal sealed record InvitationList(IReadOnlyList<InvitationItem> Items);
}
