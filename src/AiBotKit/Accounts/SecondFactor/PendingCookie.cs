namespace AiBotKit.Accounts.SecondFactor;

/// <summary>The browser's token of a pending sign-in, as well kept as the session's (S-H1).</summary>
internal static class PendingCookie
{
    private const string PlainName = "aibotkit-pending";

    public static string? Get(HttpContext context) => context.Request.Cookies[Name(context)];

    public static void Set(HttpContext context, string token) => context.Response.Cookies.Append(Name(context), token, Options(context));

    public static void Remove(HttpContext context) => context.Response.Cookies.Delete(Name(context), Options(context));

    private static string Name(HttpContext context) => context.Request.IsHttps ? "__Host-" + PlainName : PlainName;

    private static CookieOptions Options(HttpContext context) => new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps, Path = "/", IsEssential = true };
}
