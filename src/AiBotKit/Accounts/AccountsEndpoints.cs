using System.Security.Claims;
using AiBotKit.Accounts.Emails;
using AiBotKit.Accounts.Keys;
using AiBotKit.Accounts.Passwords;
using AiBotKit.Accounts.SecondFactor;
using AiBotKit.Accounts.Sessions;
using AiBotKit.Accounts.Team;
using AiBotKit.Durability.Audit;
using AiBotKit.Hosting;
using AiBotKit.Hosting.Configuration;
using AiBotKit.Hosting.Paging;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;

namespace AiBotKit.Accounts;

/// <summary>People, signing in, sessions, API keys, and who may do what.</summary>
internal static class AccountsEndpoints
{
    private const string AnyScheme = "any";
    private static readonly AuthorizationPolicy SignedInPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser()
        .RequireAssertion(context => Guid.TryParse(context.User.FindFirstValue(SignedIn.AccountClaim), out _)).Build();

    public static void AddAccounts(this WebApplicationBuilder builder, SettingsReader settings)
    {
        var options = AccountsOptions.Read(settings);
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(new ConfiguredSecret("Api:Key", options.ApiKey));
        services.AddSingleton<FirstAccount>();
        services.AddSingleton<PublicAddress>();
        services.AddSingleton<SetupLink>();
        services.AddSingleton<SignInLimits>();
        services.AddSingleton<RefusalLimits>();
        services.AddSingleton<RecordAccess>();
        services.AddSingleton<SpeakingName>();
        services.AddSingleton<ListAudit>();
        services.AddHostedService<SeedAccount>();
        services.AddHostedService<NoteChangedSecrets>();
        AddPeople(services);
        AddSessionsAndKeys(services);
        AddSigningIn(services, options);
    }

    public static void MapAccounts(this WebApplication app)
    {
        app.UseEndingOfCircuits();
        EntryEndpoints.Map(app);
        TeamEndpoints.Map(app);
        SessionsEndpoints.Map(app);
        ApiKeysEndpoints.Map(app);
        EmailEndpoints.Map(app);
        app.MapGet("/api/audit", ListAuditAsync).RequireAuthorization(SignedIn.Owner).WithTags("Accounts").WithName("ListAudit").WithSummary("Lists who did what in the account, the latest first.");
    }

    /// <summary>Identity, with our rules and our store. What uses it lives as long as a request or a circuit, as Identity does.</summary>
    private static void AddPeople(IServiceCollection services)
    {
        services.AddSingleton<IPasswordHasher<Person>, PasswordHasher<Person>>();
        // OWASP's present cost for PBKDF2 with HMAC-SHA-512.
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = 210_000);
        services.AddSingleton<IUserValidator<Person>, PersonValidator>();
        services.AddSingleton<IPasswordValidator<Person>, PasswordRulesValidator>();
        services.AddSingleton<ILookupNormalizer, EmailNormalizer>();
        services.AddIdentityCore<Person>().AddUserStore<PersonStore>().AddUserManager<People>();
        services.AddSingleton<NobodysHash>();
        services.AddSingleton<EntryEndpoints.Gate>();
        services.AddSingleton<PendingSignIns>();
        services.AddScoped<SetUpOwner>();
        services.AddScoped<SignUp>();
        services.AddScoped<SignInPerson>();
        services.AddScoped<CheckSecondFactor>();
        services.AddScoped<EnrolSecondFactor>();
        services.AddScoped<CheckPassword>();
        services.AddScoped<ChangePassword>();
        services.AddScoped<ResetPassword>();
        services.AddScoped<AskEmailChange>();
        services.AddScoped<ConfirmEmail>();
        services.AddScoped<AcceptInvitation>();
        services.AddScoped<ChangePerson>();
        services.AddScoped<ChangeProfile>();
        services.AddSingleton<AskPasswordReset>();
        services.AddSingleton<InvitePerson>();
        services.AddSingleton<RevokeInvitation>();
        services.AddSingleton<ChangeAccount>();
        services.AddSingleton<ReadTeam>();
    }

    private static void AddSessionsAndKeys(IServiceCollection services)
    {
        services.AddSingleton<LiveConnections>();
        services.AddSingleton<CheckSession>();
        services.AddSingleton<OpenSession>();
        services.AddSingleton<EndSessions>();
        services.AddSingleton<ListSessions>();
        services.AddSingleton<CheckApiKey>();
        services.AddSingleton<MakeApiKey>();
        services.AddSingleton<RevokeApiKey>();
        services.AddSingleton<ListApiKeys>();
        services.AddScoped<AuthenticationStateProvider, RevalidateCircuits>();
    }

    private static void AddSigningIn(IServiceCollection services, AccountsOptions options)
    {
        services.AddAuthentication(AnyScheme)
            .AddPolicyScheme(AnyScheme, null, any => any.ForwardDefaultSelector = context =>
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
                // The session's row says when it ends (S-A8); the cookie only lasts as long as the longest.
                cookie.ExpireTimeSpan = options.SessionLife;
                cookie.SlidingExpiration = false;
                cookie.Events.OnValidatePrincipal = SignedIn.CheckAsync;
                cookie.Events.OnRedirectToLogin = context => AnswerOrRedirectAsync(context, StatusCodes.Status401Unauthorized);
                cookie.Events.OnRedirectToAccessDenied = DenyAsync;
            });
        services.AddAuthorizationBuilder()
            .SetDefaultPolicy(SignedInPolicy)
            .SetFallbackPolicy(SignedInPolicy)
            .AddPolicy(SignedIn.Owner, policy => policy.Combine(SignedInPolicy).RequireClaim(SignedIn.RoleClaim, SignedIn.Owner, SignedIn.Operator))
            .AddPolicy(SignedIn.Operator, policy => policy.Combine(SignedInPolicy).RequireClaim(SignedIn.RoleClaim, SignedIn.Operator));
    }

    private static async Task<Results<Ok<Page<AuditItem>>, ProblemHttpResult>> ListAuditAsync(
        ListAudit list, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken, string? limit = null, string? cursor = null) =>
        PageRequest.TryParse(limit, cursor, out var page) ? TypedResults.Ok(await list.RunAsync(user.AccountId(), page, cancellationToken)) : TypedResults.Problem(PageRequest.Problem(context));

    private static async Task DenyAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        var (http, path) = (context.HttpContext, context.Request.Path);
        if (http.User.HasClaim(claim => claim.Type == SignedIn.EnrolClaim))
        {
            await LeadToEnrolmentAsync(http);
            return;
        }

        await http.RequestServices.GetRequiredService<RecordAccess>().RefusedAsync(http.User.AccountId(), http.Actor(), AuditActs.AccessDenied, "route", $"{context.Request.Method} {path}");
        await AnswerOrRedirectAsync(context, StatusCodes.Status403Forbidden);
    }

    /// <summary>Signed in, but the account demands a second factor first: no denial worth a line in the audit trail.</summary>
    private static Task LeadToEnrolmentAsync(HttpContext http)
    {
        if (HttpMethods.IsGet(http.Request.Method) && !http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
        {
            http.Response.Redirect("/two-factor");
            return Task.CompletedTask;
        }

        return ErrorAnswers.WriteAsync(http, StatusCodes.Status403Forbidden, "second_factor_required", "This account demands a second factor. Set yours up first, at /two-factor.");
    }

    /// <summary>
    /// A page leads to the sign-in, or says that it is not for this person. What no route knows, and a file that is not there, is 404 for
    /// everybody: a browser asks for icons and the like by itself, and the way through the sign-in to nothing would be a long one.
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
}
