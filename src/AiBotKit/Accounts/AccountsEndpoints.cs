using AiBotKit.Hosting.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace AiBotKit.Accounts;

/// <summary>People, signing in, and the bearer key.</summary>
internal static class AccountsEndpoints
{
    private const string AnyScheme = "any";
    private static readonly AuthorizationPolicy SignedInPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireClaim(SignedIn.AccountClaim).Build();

    public static void AddAccounts(this WebApplicationBuilder builder, SettingsReader settings)
    {
        builder.Services.AddSingleton(AccountsOptions.Read(settings));
        builder.Services.AddSingleton<FirstAccount>();
        builder.Services.AddSingleton<SetupLink>();
        builder.Services.AddSingleton<SetUpOwner>();
        builder.Services.AddSingleton<SignInPerson>();
        builder.Services.AddSingleton<SignInLimits>();
        builder.Services.AddSingleton<IPasswordHasher<Person>, PasswordHasher<Person>>();
        // OWASP's present cost for PBKDF2 with HMAC-SHA-512.
        builder.Services.Configure<PasswordHasherOptions>(options => options.IterationCount = 210_000);
        builder.Services.AddHostedService<SeedAccount>();
        builder.Services.AddAuthentication(AnyScheme)
            .AddPolicyScheme(AnyScheme, null, options => options.ForwardDefaultSelector = context =>
                context.Request.Headers.Authorization.Count > 0 ? ApiKeyHandler.SchemeName : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null)
            .AddCookie(options =>
            {
                options.Cookie.HttpOnly = true;
                options.Cookie.SameSite = SameSiteMode.Lax;
                options.Cookie.Path = "/";
                options.CookieManager = new SessionCookies();
                options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                options.Cookie.Name = SessionCookies.PlainName;
                options.LoginPath = "/sign-in";
                options.ReturnUrlParameter = "returnUrl";
                // Idle 12 h (S-A8).
                options.ExpireTimeSpan = TimeSpan.FromHours(12);
                options.Events.OnValidatePrincipal = SignedIn.CheckStampAsync;
                options.Events.OnRedirectToLogin = context => AnswerOrRedirectAsync(context, StatusCodes.Status401Unauthorized);
                options.Events.OnRedirectToAccessDenied = context => AnswerOrRedirectAsync(context, StatusCodes.Status403Forbidden);
            });
        builder.Services.AddAuthorizationBuilder()
            .SetDefaultPolicy(SignedInPolicy)
            .SetFallbackPolicy(SignedInPolicy)
            .AddPolicy(SignedIn.Operator, policy => policy.RequireAuthenticatedUser().RequireClaim(SignedIn.RoleClaim, SignedIn.Operator));
    }

    public static void MapAccounts(this WebApplication app)
    {
        // Forms: the anti-forgery token is checked because these routes bind one.
        var group = app.MapGroup("/account").WithTags("Accounts").ExcludeFromDescription();
        group.MapPost("/setup", SetUpAsync).AllowAnonymous();
        group.MapPost("/sign-in", SignInAsync).AllowAnonymous();
        group.MapPost("/sign-out", SignOutAsync).AllowAnonymous();
    }

    private static async Task<RedirectHttpResult> SetUpAsync(
        [FromForm] string? token,
        [FromForm] string? email,
        [FromForm] string? displayName,
        [FromForm] string? password,
        SetUpOwner setUp,
        SignInLimits limits,
        HttpContext context)
    {
        var back = $"/setup?token={Uri.EscapeDataString(token ?? "")}&error=";
        if (!limits.TryTake(email ?? "", Place(context)))
        {
            return TypedResults.LocalRedirect(back + "rate");
        }

        var (person, error) = await setUp.RunAsync(token ?? "", email ?? "", displayName ?? "", password ?? "");
        if (person is null)
        {
            return TypedResults.LocalRedirect(back + error);
        }

        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, SignedIn.Principal(person, true));
        return TypedResults.LocalRedirect("/");
    }

    private static async Task<RedirectHttpResult> SignInAsync(
        [FromForm] string? email,
        [FromForm] string? password,
        [FromForm] string? returnUrl,
        SignInPerson signIn,
        SignInLimits limits,
        FirstAccount first,
        HttpContext context,
        CancellationToken cancellationToken)
    {
        var target = IsLocal(returnUrl) ? returnUrl! : "/";
        var back = $"/sign-in?returnUrl={Uri.EscapeDataString(target)}&error=";
        if (!limits.TryTake(email ?? "", Place(context)))
        {
            return TypedResults.LocalRedirect(back + "rate");
        }

        var known = password is { Length: > 0 and <= PasswordRules.MaxLength } ? await signIn.RunAsync(email ?? "", password, cancellationToken) : null;
        if (known is null)
        {
            return TypedResults.LocalRedirect(back + "credentials");
        }

        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, SignedIn.Principal(known, known.AccountId == first.Id));
        return TypedResults.LocalRedirect(target);
    }

    private static async Task<RedirectHttpResult> SignOutAsync([FromForm] string? returnUrl, HttpContext context)
    {
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return TypedResults.LocalRedirect(IsLocal(returnUrl) ? returnUrl! : "/sign-in?error=signed_out");
    }

    /// <summary>
    /// A page leads to the sign-in. What no route knows, and a file that is not there, is 404 for everybody: a browser asks for icons and
    /// the like by itself, and the way through the sign-in to nothing would be a long one.
    /// </summary>
    private static Task AnswerOrRedirectAsync(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) || !HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.StatusCode = status;
        }
        else if (status == StatusCodes.Status401Unauthorized && (context.HttpContext.GetEndpoint() is null || Path.HasExtension(context.Request.Path)))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else
        {
            context.Response.Redirect(context.RedirectUri);
        }

        return Task.CompletedTask;
    }

    private static string Place(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "";

    private static bool IsLocal(string? url) =>
        url is { Length: > 0 and <= 500 } && url[0] == '/' && (url.Length == 1 || url[1] is not ('/' or '\\')) && !url.Any(char.IsControl);
}
