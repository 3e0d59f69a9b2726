using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticAssets;

namespace AiBotKit.Hosting;

/// <summary>Headers of every answer (S-X3, S-H5). The dashboard needs no inline script; the nonce is for the page that describes the API.</summary>
internal static class SecurityHeaders
{
    private const string NonceKey = "csp-nonce";

    /// <summary>What an inline script of this answer must carry to be run.</summary>
    public static string Nonce(HttpContext context) => (string)context.Items[NonceKey]!;

    public static void UseSecurityHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        Set(context);
        return next(context);
    });

    /// <summary>Sets them, and once more where an exception's answer began anew: that clears all headers.</summary>
    public static void Set(HttpContext context)
    {
        var framed = context.RequestServices.GetService<FramedOrigin>()?.Origin is { } origin ? $"frame-src {origin}; " : "";
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        context.Items[NonceKey] = nonce;
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; "
            + "connect-src 'self'; manifest-src 'self'; " + framed + "base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        // Not same-origin: under it a window that a frame of another origin opens has no opener (HTML, rules for choosing a navigable), and the
        // provider's sign-up in our frame opens Meta's sign-in so, which answers to its opener. Foreign pages that open ours are cut off either way.
        headers["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        // Files of the program say themselves how long they stay; everything else may hold somebody's data.
        if (context.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is null)
        {
            headers.CacheControl = "no-cache, no-store";
        }

        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }
    }
}

/// <summary>The one foreign origin whose page may be shown in a frame of ours: the provider's sign-up. Null: none may.</summary>
internal sealed record FramedOrigin(string? Origin);
