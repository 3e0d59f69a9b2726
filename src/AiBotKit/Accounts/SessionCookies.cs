using Microsoft.AspNetCore.Authentication.Cookies;

namespace AiBotKit.Accounts;

/// <summary>The session cookie's name: with the <c>__Host-</c> prefix on https, where browsers keep its promises; plain over http (S-H1).</summary>
internal sealed class SessionCookies : ICookieManager
{
    public const string PlainName = "aibotkit";
    private const string SecureName = "__Host-aibotkit";

    private readonly ChunkingCookieManager _cookies = new();

    public string? GetRequestCookie(HttpContext context, string key) => _cookies.GetRequestCookie(context, Name(context, key));

    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) => _cookies.AppendResponseCookie(context, Name(context, key), value, options);

    public void DeleteCookie(HttpContext context, string key, CookieOptions options) => _cookies.DeleteCookie(context, Name(context, key), options);

    private static string Name(HttpContext context, string key) => context.Request.IsHttps && key == PlainName ? SecureName : key;
}
