namespace AiBotKit.Hosting;

/// <summary>
/// Refuses a request with both Content-Length and Transfer-Encoding (S-H7). The server below reads it by its chunks, keeps the other length
/// as X-Content-Length and closes the connection; a proxy that reads it by the length would see another end of it (RFC 9112, 6.1).
/// </summary>
internal static class RefuseTwoLengths
{
    public static bool Has(HttpRequest request) => request.Headers.TransferEncoding.Count > 0 && request.Headers.ContainsKey("X-Content-Length");

    /// <summary>For everything but the callback, which asks for itself.</summary>
    public static void UseRefusalOfTwoLengths(this WebApplication app) => app.Use(static (context, next) =>
    {
        if (!Has(context.Request))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Task.CompletedTask;
    });
}
