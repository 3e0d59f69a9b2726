using System.Security.Claims;
using AiBotKit.Durability.Audit;
using AiBotKit.Hosting;
using AiBotKit.Hosting.Configuration;
using AiBotKit.Hosting.Paging;
using AiBotKit.Storage;
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
        var options = AccountsOptions.Read(settings);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(new ConfiguredSecret("Api:Key", options.ApiKey));
        builder.Services.AddSingleton<FirstAccount>();
        builder.Services.AddSingleton<SetupLink>();
        builder.Services.AddSingleton<SetUpOwner>();
        builder.Services.AddSingleton<SignInPerson>();
        builder.Services.AddSingleton<SignInLimits>();
        builder.Services.AddSingleton<RefusalLimits>();
        builder.Services.AddSingleton<RecordAccess>();
        builder.Services.AddSingleton<ListAudit>();
        builder.Services.AddSingleton<IPasswordHasher<Person>, PasswordHasher<Person>>();
        // OWASP's present cost for PBKDF2 with HMAC-SHA-512.
        builder.Services.Configure<PasswordHasherOptions>(options => options.IterationCount = 210_000);
        builder.Services.AddHostedService<SeedAccount>();
        builder.Services.AddHostedService<NoteChangedSecrets>();
        builder.Services.AddAuthentication(AnyScheme)
            .AddPolicyScheme(AnyScheme, null, options => options.ForwardDefaultSelector = context =>
                context.Request.Headers.Authorization.Count > 0 ? ApiKeyHandler.SchemeName : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null)
            .AddCookie(cookie =>
            {
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Lax;
                cookie.Cookie.Path = "/";
                cookie.CookieManager = new SessionCookies();
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                cookie.Cookie.Name = SessionCookies.PlainName;
                cookie.LoginPath = "/sign-in";
                cookie.ReturnUrlParameter = "returnUrl";
                // Idle 12 h (S-A8).
                cookie.ExpireTimeSpan = TimeSpan.FromHours(12);
                cookie.Events.OnValidatePrincipal = SignedIn.CheckStampAsync;
                cookie.Events.OnRedirectToLogin = context => AnswerOrRedirectAsync(context, StatusCodes.Status401Unauthorized);
                cookie.Events.OnRedirectToAccessDenied = DenyAsync;
            });
        builder.Services.AddAuthorizationBuilder()
            .SetDefaultPolicy(SignedInPolicy)
            .SetFallbackPolicy(SignedInPolicy)
            .AddPolicy(SignedIn.Owner, policy => policy.RequireAuthenticatedUser().RequireClaim(SignedIn.RoleClaim, SignedIn.Owner, SignedIn.Operator))
            .AddPolicy(SignedIn.Operator, policy => policy.RequireAuthenticatedUser().RequireClaim(SignedIn.RoleClaim, SignedIn.Operator));
    }

    public static void MapAccounts(this WebApplication app)
    {
        // Forms: the anti-forgery token is checked because these routes bind one.
        var group = app.MapGroup("/account").WithTags("Accounts").ExcludeFromDescription();
        group.MapPost("/setup", SetUpAsync).AllowAnonymous();
        group.MapPost("/sign-in", SignInAsync).AllowAnonymous();
        group.MapPost("/sign-out", SignOutAsync).AllowAnonymous();
        app.MapGet("/api/audit", ListAuditAsync).RequireAuthorization(SignedIn.Owner).WithTags("Accounts").WithName("ListAudit").WithSummary("Lists who did what in the account, the latest first.");
    }

    private static async Task<RedirectHttpResult> SetUpAsync(
        [FromForm] string? token,
        [FromForm] string? email,
        [FromForm] string? displayName,
        [FromForm] string? password,
        SetUpOwner setUp,
        SignInLimits limits,
        HttpOptions http,
        HttpContext context)
    {
        var back = $"/setup?token={Uri.EscapeDataString(token ?? "")}&error=";
        if (!MaySignIn(context, http))
        {
            return TypedResults.LocalRedirect(back + "insecure");
        }

        if (!limits.TryTake(email ?? "", context.Address() ?? ""))
        {
            return TypedResults.LocalRedirect(back + "rate");
        }

        Person? person;
        try
        {
            (person, var error) = await setUp.RunAsync(token ?? "", email ?? "", displayName ?? "", password ?? "", context.Address());
            if (person is null)
            {
                return TypedResults.LocalRedirect(back + error);
            }
        }
        catch (StoreUnavailableException)
        {
            return TypedResults.LocalRedirect(back + "unavailable");
        }

        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, SignedIn.Principal(person));
        return TypedResults.LocalRedirect("/");
    }

    private static async Task<RedirectHttpResult> SignInAsync(
        [FromForm] string? email,
        [FromForm] string? password,
        [FromForm] string? returnUrl,
        SignInPerson signIn,
        SignInLimits limits,
        HttpOptions http,
        HttpContext context,
        CancellationToken cancellationToken)
    {
        var target = IsLocal(returnUrl) ? returnUrl! : "/";
        var back = $"/sign-in?returnUrl={Uri.EscapeDataString(target)}&error=";
        if (!MaySignIn(context, http))
        {
            return TypedResults.LocalRedirect(back + "insecure");
        }

        if (!limits.TryTake(email ?? "", context.Address() ?? ""))
        {
            return TypedResults.LocalRedirect(back + "rate");
        }

        var known = await signIn.RunAsync(email ?? "", password ?? "", context.Address(), cancellationToken);
        if (known is null)
        {
            return TypedResults.LocalRedirect(back + "credentials");
        }

        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, SignedIn.Principal(known));
        return TypedResults.LocalRedirect(target);
    }

    private static async Task<RedirectHttpResult> SignOutAsync([FromForm] string? returnUrl, HttpContext context)
    {
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return TypedResults.LocalRedirect(IsLocal(returnUrl) ? returnUrl! : "/sign-in?error=signed_out");
    }

    private static async Task<Results<Ok<Page<AuditItem>>, ProblemHttpResult>> ListAuditAsync(
        ListAudit list, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken, string? limit = null, string? cursor = null) =>
        PageRequest.TryParse(limit, cursor, out var page) ? TypedResults.Ok(await list.RunAsync(user.AccountId(), page, cancellationToken)) : TypedResults.Problem(PageRequest.Problem(context));

    private static async Task DenyAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        var (http, path) = (context.HttpContext, context.Request.Path.Value);
        await http.RequestServices.GetRequiredService<RecordAccess>().RefusedAsync(http.User.AccountId(), http.Actor(), AuditActs.AccessDenied, "route", $"{context.Request.Method} {path}");
        await AnswerOrRedirectAsync(context, StatusCodes.Status403Forbidden);
    }

    /// <summary>
    /// A page leads to the sign-in, or says that it is not for this person. What no route knows, and a file that is not there, is 404 for everybody: a browser asks for icons and
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
        else if (status == StatusCodes.Status403Forbidden)
        {
            // Without its endpoint the answer counts as one that no page has begun: the page that says so follows.
            context.HttpContext.SetEndpoint(null);
            context.Response.StatusCode = status;
        }
        else
        {
            context.Response.Redirect(context.RedirectUri);
        }

        return Task.CompletedTask;
    }

    private static bool MaySignIn(HttpContext context, HttpOptions http) =>
        PlainHttpRules.MaySignIn(context.Request.IsHttps, context.Request.Host.Host, context.Connection.RemoteIpAddress, http.AllowInsecure);

    private static bool IsLocal(string? url) =>
        url is { Length: > 0 and <= 500 } && url[0] == '/' && (url.Length == 1 || url[1] is not ('/' or '\\')) && !url.Any(char.IsControl);
}
