using Microsoft.AspNetCore.Diagnostics;

namespace AiBotKit.Hosting;

/// <summary>
/// An error that a route, the routing or the sign-in answers with a bare status becomes a problem with a stable code (S-P4). Pages keep
/// their bare status: a browser shows its own sentence. A route opts out with <c>SkipStatusCodePagesAttribute</c>.
/// </summary>
internal static class BareAnswers
{
    public static void UseProblemsForBareAnswers(this WebApplication app) => app.UseStatusCodePages(AnswerAsync);

    /// <summary>The stable code of a status, and one plain sentence.</summary>
    public static (string Code, string Title) Of(int status) => status switch
    {
        StatusCodes.Status400BadRequest => ("bad_request", "The request cannot be read: its body or a parameter does not have the form that is described for this address."),
        StatusCodes.Status401Unauthorized => ("unauthorized", "Sign in, or send the API key as 'Authorization: Bearer …'."),
        StatusCodes.Status403Forbidden => ("forbidden", "This is not allowed for whom you are signed in as."),
        StatusCodes.Status404NotFound => ("not_found", "There is nothing at this address."),
        StatusCodes.Status405MethodNotAllowed => ("method_not_allowed", "This address does not take this method; the header Allow names those that it takes."),
        StatusCodes.Status408RequestTimeout => ("timeout", "The request came too slowly."),
        StatusCodes.Status413PayloadTooLarge => ("too_large", "The request is larger than 4 MB."),
        StatusCodes.Status415UnsupportedMediaType => ("unsupported_media_type", "The body must be JSON, sent as application/json."),
        StatusCodes.Status429TooManyRequests => ("too_many_requests", "Too many requests. Try again later."),
        StatusCodes.Status503ServiceUnavailable => ("unavailable", "This cannot be done at the moment. Try again in a moment."),
        >= 500 => ("internal", "Something went wrong here."),
        _ => ("refused", "The request was refused."),
    };

    private static Task AnswerAsync(StatusCodeContext context)
    {
        var http = context.HttpContext;
        var isPage = !http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) && (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method));
        var (code, title) = Of(http.Response.StatusCode);
        return isPage ? Task.CompletedTask : ErrorAnswers.WriteAsync(http, http.Response.StatusCode, code, title);
    }
}
