using System.Security.Claims;

namespace AiBotKit.Accounts.Sessions;

/// <summary>
/// Requests that stay open, those of circuits and event streams, are closed when their session, person or key ends. What no act ends (a key that
/// expires, a session that is too old, a second factor that is demanded now) an event stream finds out by looking; a circuit looks by itself
/// (<see cref="RevalidateCircuits"/>).
/// </summary>
internal static class EndingCircuits
{
    /// <summary>Stands behind the authentication.</summary>
    public static void UseEndingOfCircuits(this WebApplication app) => app.Use((context, next) =>
        IsStream(context) || context.Request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase) ? HoldAsync(context, next) : next(context));

    private static bool IsStream(HttpContext context) => context.Request.Path.StartsWithSegments("/api/events", StringComparison.OrdinalIgnoreCase);

    private static async Task HoldAsync(HttpContext context, RequestDelegate next)
    {
        var services = context.RequestServices;
        using var held = services.GetRequiredService<LiveConnections>().Add(Holders(context.User), context.Abort);
        if (!IsStream(context))
        {
            await next(context);
            return;
        }

        var check = services.GetRequiredService<CheckSession>();
        // What ended between the authentication and the line above was told to nobody.
        if (!await check.IsStillGoodAsync(context.User, context.RequestAborted))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var watch = WatchAsync(context, check, services.GetRequiredService<TimeProvider>(), over.Token);
        try
        {
            await next(context);
        }
        finally
        {
            await over.CancelAsync();
            await watch;
        }
    }

    private static async Task WatchAsync(HttpContext context, CheckSession check, TimeProvider time, CancellationToken over)
    {
        var isGood = false;
        try
        {
            do
            {
                await Task.Delay(RevalidateCircuits.Every, time, over);
                isGood = false;
                isGood = await check.IsStillGoodAsync(context.User, over);
            }
            while (isGood);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            isGood = true;
        }
        finally
        {
            // Also when the store cannot be asked: who is let in is known, or the stream ends and comes back.
            if (!isGood)
            {
                context.Abort();
            }
        }
    }

    private static List<Guid> Holders(ClaimsPrincipal user) =>
        [.. new[] { ClaimTypes.NameIdentifier, SignedIn.SessionClaim, SignedIn.KeyClaim }.Select(claim => Guid.TryParse(user.FindFirstValue(claim), out var id) ? id : default).Where(id => id != default)];
}
