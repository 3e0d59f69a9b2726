namespace AiBotKit.Hosting;

/// <summary>
/// A state-changing request, or a WebSocket, with our cookie must come from our own pages (S-H2, S-H4). A request with a bearer key only, and one without
/// any cookie (the webhook), cannot be forged by a foreign page and passes.
/// </summary>
internal static class OriginCheck
{
    public static void UseOriginCheck(this WebApplication app) => app.Use((context, next) =>
    {
        var request = context.Request;
        if ((IsSafe(request.Method) && !IsWebSocket(request)) || request.Headers.Authorization.Count > 0 || request.Headers.Cookie.Count == 0 || IsSameOrigin(request))
        {
            return next(context);
        }

        return ErrorAnswers.WriteAsync(context, StatusCodes.Status403Forbidden, "foreign_origin", "This request did not come from a page of this server.");
    });

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    /// <summary>CORS does not cover them.</summary>
    private static bool IsWebSocket(HttpRequest request) => request.Headers.Upgrade.Count > 0 || HttpMethods.IsConnect(request.Method);

    private static bool IsSameOrigin(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        if (site.Count > 0)
        {
            return site.Count == 1 && site[0] == "same-origin";
        }

        var origin = request.Headers.Origin;
        return origin.Count == 1 && Uri.TryCreate(origin[0], UriKind.Absolute, out var from)
            && string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)
            && string.Equals(from.Scheme, request.Scheme, StringComparison.OrdinalIgnoreCase);
    }
}
