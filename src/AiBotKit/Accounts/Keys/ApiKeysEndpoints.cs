using System.Security.Claims;
using AiBotKit.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiBotKit.Accounts.Keys;

/// <summary>API keys over REST; an owner's right.</summary>
internal static class ApiKeysEndpoints
{
    public static void Map(WebApplication app)
    {
        var api = app.MapGroup("/api").WithTags("Accounts").RequireAuthorization(SignedIn.Owner);
        api.MapGet("/api-keys", ListAsync).WithName("ListApiKeys").WithSummary("Lists the account's API keys; of each key only its end is shown.");
        api.MapPost("/api-keys", MakeAsync).WithName("MakeApiKey").WithSummary("Makes an API key. The key itself is in this answer and nowhere else.").ProducesProblem(StatusCodes.Status409Conflict);
        api.MapDelete("/api-keys/{id:guid}", RevokeAsync).WithName("RevokeApiKey").WithSummary("Revokes an API key; the next request with it is refused.");
    }

    private static async Task<Ok<ApiKeyList>> ListAsync(ListApiKeys list, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ApiKeyList(await list.RunAsync(user.AccountId(), cancellationToken)));

    private static async Task<Results<Created<NewApiKey>, ProblemHttpResult>> MakeAsync(ApiKeyRequest request, MakeApiKey make, HttpContext context)
    {
        var made = await make.RunAsync(context.User.AccountId(), request.Name, request.Role, request.ExpiresAt, context.Actor());
        return made switch
        {
            { Key: { } key, Secret: { } secret } => TypedResults.Created($"/api/api-keys/{key.Id}", new NewApiKey(key.Id, key.Name, key.Role, secret, key.ExpiresAt)),
            { Error: "too_many_keys" } => TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status409Conflict, "too_many_keys", $"An account has at most {MakeApiKey.AtMost} API keys. Revoke one first.")),
            { Error: "revoked" } => TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status401Unauthorized, "unauthorized", BareAnswers.Of(StatusCodes.Status401Unauthorized).Title)),
            { Error: "name" } => TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "invalid_name", "The name must have 1 to 80 characters.")),
            { Error: "role" } => TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "invalid_role", "The role must be owner or agent.")),
            _ => TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "invalid_expiry", "The end must lie in the future.")),
        };
    }

    private static async Task<Results<NoContent, NotFound>> RevokeAsync(Guid id, RevokeApiKey revoke, HttpContext context) =>
        await revoke.RunAsync(context.User.AccountId(), id, context.Actor()) ? TypedResults.NoContent() : TypedResults.NotFound();

    /// <param name="Name">What it is for.</param>
    /// <param name="Role"><c>owner</c> or <c>agent</c>.</param>
    /// <param name="ExpiresAt">Null = never.</param>
    public sealed record ApiKeyRequest(string? Name, string? Role, DateTimeOffset? ExpiresAt = null);

    /// <param name="Key">Shown this once.</param>
    internal sealed record NewApiKey(Guid Id, string Name, string Role, string Key, DateTimeOffset? ExpiresAt);

    internal sealed record ApiKeyList(IReadOnlyList<ApiKeyItem> Items);
}
