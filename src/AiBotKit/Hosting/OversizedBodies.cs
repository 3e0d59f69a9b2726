using Microsoft.AspNetCore.Http.Features;

namespace AiBotKit.Hosting;

/// <summary>
/// Refuses a request that announces more than 4 MB (F36) so that its sender sees the answer. Most clients write the whole body before they
/// read; with the connection cut meanwhile they would report a broken pipe and no 413. What a refused body holds up to 16 MB is therefore taken
/// from the wire and thrown away by the server below, for 5 s at most; beyond that the connection is cut.
/// </summary>
internal static class OversizedBodies
{
    public const long Largest = 4 << 20;
    private const long ThrownAway = 16 << 20;

    public static bool Has(HttpRequest request) => request.ContentLength > Largest;

    /// <summary>To be called before anything of the body is read.</summary>
    public static void LetItsSenderFinish(HttpContext context)
    {
        if (context.Request.ContentLength <= ThrownAway && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = ThrownAway;
        }
    }

    /// <summary>For everything but the callback, which asks for itself.</summary>
    public static void UseRefusalOfOversizedBodies(this WebApplication app) => app.Use(static (context, next) =>
    {
        if (!Has(context.Request))
        {
            return next(context);
        }

        LetItsSenderFinish(context);
        context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        return Task.CompletedTask;
    });
}
