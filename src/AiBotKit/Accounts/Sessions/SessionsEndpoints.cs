using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiBotKit.Accounts.Sessions;

/// <summary>Sessions over REST: one's own, for owners everybody's in the account (S-A8).</summary>
internal static class SessionsEndpoints
{
    public static void Map(WebApplication app)
    {
        var api = app.MapGroup("/api").WithTags("Accounts").RequireAuthorization();
        api.MapGet("/sessions", ListAsync).WithName("ListSessions").WithSummary("Lists live sessions: one's own, for an owner everybody's in the account.");
        api.MapDelete("/sessions/{id:guid}", EndAsync).WithName("EndSession").WithSummary("Ends a session: its next request is refused, its open pages close.");
    }

    private static async Task<Ok<SessionList>> ListAsync(ListSessions list, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        TypedResults.Ok(new SessionList(await list.RunAsync(user.AccountId(), Whose(user), user.SessionId(), cancellationToken)));

    private static async Task<Results<NoContent, NotFound>> EndAsync(Guid id, EndSessions end, HttpContext context) =>
        await end.OneAsync(context.User.AccountId(), Whose(context.User), id, context.Actor()) ? TypedResults.NoContent() : TypedResults.NotFound();

    /// <summary>Null = everybody's. An agent's key has no sessions of its own.</summary>
    private static Guid? Whose(ClaimsPrincipal user) => user.IsOwner() ? null : user.PersonId() ?? Guid.Empty;

    internal sealed record SessionList(IReadOnlyList<SessionItem> Items);
}
