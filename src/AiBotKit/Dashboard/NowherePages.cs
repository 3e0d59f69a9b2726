using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Diagnostics;

namespace AiBotKit.Dashboard;

/// <summary>
/// A browser at an address that leads nowhere gets a 404 with a page that says so and has a way home; for somebody who is not signed in
/// that is the way to the sign-in. A page that is not for the person who asks says so with a 403. The API, the provider's callback and files keep their plain answers.
/// </summary>
internal static class NowherePages
{
    private const string SignedIn = "/nothing-here";
    private const string SignedOut = "/nothing-here/signed-out";
    private const string NotAllowed = "/nothing-here/not-allowed";

    /// <summary>Stands before the routing, so that the second pass is routed and authorized like any other.</summary>
    public static void UseNowherePages(this WebApplication app)
    {
        app.Use((context, next) => HttpMethods.IsGet(context.Request.Method) ? AnswerAsync(context, next) : next(context));
        app.UseRouting();
    }

    private static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var asked = context.Request.Path;
        if (asked == SignedIn || asked == SignedOut || asked == NotAllowed)
        {
            Begin(context, asked == NotAllowed ? StatusCodes.Status403Forbidden : StatusCodes.Status404NotFound);
            await next(context);
            return;
        }

        await next(context);
        // A page that was begun has used up the request's scope and answers for itself.
        if (context.Response is not { StatusCode: StatusCodes.Status403Forbidden or StatusCodes.Status404NotFound, HasStarted: false } || !WantsPage(context.Request) || context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null)
        {
            return;
        }

        var isRefused = context.Response.StatusCode == StatusCodes.Status403Forbidden;
        Begin(context, context.Response.StatusCode);
        context.SetEndpoint(null);
        context.Request.RouteValues.Clear();
        context.Request.Path = context.User.Identity is not { IsAuthenticated: true } ? SignedOut : isRefused ? NotAllowed : SignedIn;
        try
        {
            await next(context);
        }
        finally
        {
            context.Request.Path = asked;
        }
    }

    private static void Begin(HttpContext context, int status)
    {
        // Without this feature the renderer leaves a page with an error status empty, for somebody else to fill.
        context.Features.Set<IStatusCodeReExecuteFeature>(new StatusCodeReExecuteFeature { OriginalPathBase = context.Request.PathBase, OriginalPath = context.Request.Path });
        context.Response.StatusCode = status;
    }

    private static bool WantsPage(HttpRequest request) =>
        !request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
}
