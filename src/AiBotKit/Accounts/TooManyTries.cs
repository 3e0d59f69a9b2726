using System.Globalization;
using System.Text.Encodings.Web;

namespace AiBotKit.Accounts;

/// <summary>
/// The answer to a form that was posted too often (S-A4): 429 with <c>Retry-After</c> for a program, and for a browser, which shows what a 429 holds,
/// the way to the page that explains it.
/// </summary>
/// <param name="page">A path of this server.</param>
/// <param name="wait">Until a try is free again.</param>
internal sealed class TooManyTries(string page, TimeSpan wait) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status429TooManyRequests;
        response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        response.Headers["Refresh"] = "0; url=" + page;
        response.ContentType = "text/html; charset=utf-8";
        return response.WriteAsync($"<!DOCTYPE html><html lang=\"en\"><title>Too many tries</title><p>Too many tries. <a href=\"{HtmlEncoder.Default.Encode(page)}\">Back to the form</a>", httpContext.RequestAborted);
    }
}
