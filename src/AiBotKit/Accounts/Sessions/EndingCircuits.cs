using System.Security.Claims;

namespace AiBotKit.Accounts.Sessions;

/// <summary>Requests that stay open, those of circuits and event streams, are closed when their session, person or key ends.</summary>
internal static class EndingCircuits
{
    /// <summary>Stands behind the authentication.</summary>
    public static void UseEndingOfCircuits(this WebApplication app) => app.Use((context, next) =>
        context.Request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase) || context.Request.Path.StartsWithSegments("/api/events", StringComparison.OrdinalIgnoreCase) ? HoldAsync(context, next) : next(context));

    private static async Task HoldAsync(HttpContext context, RequestDelegate next)
    {
        using var held = context.RequestServices.GetRequiredService<LiveConnections>().Add(Holders(context.User), context.Abort);
        await next(context);
    }

    private static List<Guid> Holders(ClaimsPrincipal user) =>
        [.. new[] { ClaimTypes.NameIdentifier, SignedIn.SessionClaim, SignedIn.KeyClaim }.Select(claim => Guid.TryParse(user.FindFirstValue(claim), out var id) ? id : default).Where(id => id != default)];
}
