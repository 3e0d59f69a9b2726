namespace AiBotKit.Hosting;

/// <summary>
/// A state-changing request with our cookie must come from our own pages (S-H2). A request with a bearer key only, and one without
/// any cookie (the webhook), cannot be forged by a foreign page and passes.
/// </summary>
internal static class OriginCheck
{
    public static void UseOriginCheck(this WebApplication app) => app.Use((context, next) =>
    {
        var request = context.Request;
        if (IsSafe(request.Method) || request.Headers.Authorization.Count > 0 || request.Headers.Cookie.Count == 0 || IsSameOrigin(request))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsJsonAsync(
            ErrorAnswers.Problem(context, StatusCodes.Status403Forbidden, "foreign_origin", "This request did not come from a page of this server."),
            (System.Text.Json.JsonSerializerOptions?)null,
            "application/problem+json",
            context.RequestAborted);
    });

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

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
