namespace AiBotKit.PinnacleSimulator.Phone;

/// <summary>The phone page and its files.</summary>
internal static class PhoneEndpoints
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public static IServiceCollection AddPhone(this IServiceCollection services) => services.AddSingleton<PageFiles>();

    public static void MapPhone(this IEndpointRouteBuilder app)
    {
        app.MapGet("/", () => Results.Redirect("/phone"));
        app.MapGet("/phone", (HttpContext http, PageFiles files) => Serve(http, files, "phone.html"));
        app.MapGet("/page/{**path}", (HttpContext http, PageFiles files, string path) => Serve(http, files, path));
        app.MapGet("/favicon.ico", () => Results.Redirect("/page/icon.svg"));
    }

    private static IResult Serve(HttpContext http, PageFiles files, string path)
    {
        if (files.Find(path) is not { } file)
        {
            return Results.NotFound();
        }

        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "microphone=(self)";
        headers.CacheControl = "no-cache";
        headers.ETag = file.Tag;
        return http.Request.Headers.IfNoneMatch == file.Tag ? Results.StatusCode(304) : Results.Bytes(file.Bytes, file.ContentType);
    }
}
