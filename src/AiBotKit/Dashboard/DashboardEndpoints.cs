using System.Security.Claims;
using AiBotKit.Accounts;
using AiBotKit.Dashboard.Audit;
using AiBotKit.Dashboard.Bots;
using AiBotKit.Dashboard.Connect;
using AiBotKit.Dashboard.DeadLetters;
using AiBotKit.Dashboard.Editor;
using AiBotKit.Dashboard.Health;
using AiBotKit.Dashboard.Inbox;
using AiBotKit.Dashboard.Integrations;
using AiBotKit.Dashboard.Notices;
using AiBotKit.Dashboard.Plans;
using AiBotKit.Dashboard.Shell;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Http.HttpResults;
using MudBlazor;
using MudBlazor.Services;

namespace AiBotKit.Dashboard;

/// <summary>The owner's screens.</summary>
internal static class DashboardEndpoints
{
    public static void AddDashboard(this WebApplicationBuilder builder)
    {
        // S-H4: what one message of a browser may hold. The longest field that is sent while it is typed (8,000 characters) fits in any script.
        builder.Services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(hub => hub.MaximumReceiveMessageSize = 64 * 1024);
        builder.Services.AddCascadingAuthenticationState();
        builder.Services.AddMudServices(options => options.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomCenter);
        builder.Services.AddAuthorization();
        builder.Services.AddSingleton<ReadBots>();
        builder.Services.AddSingleton<ReadInbox>();
        builder.Services.AddSingleton<FindInInbox>();
        builder.Services.AddSingleton<ReadTimeline>();
        builder.Services.AddSingleton<ReadNotices>();
        builder.Services.AddSingleton<ReadHealth>();
        builder.Services.AddSingleton<ReadDeadLetters>();
        builder.Services.AddSingleton<ReadAudit>();
        builder.Services.AddSingleton<ReadPlanPage>();
        builder.Services.AddSingleton<ReadConnect>();
        builder.Services.AddSingleton<ReadEditor>();
        builder.Services.AddSingleton<ReadIntegrations>();
        builder.Services.AddSingleton<ReadKnowledge>();
        builder.Services.AddScoped<ViewerSession>();
        builder.Services.AddScoped<CircuitReconnects>();
        builder.Services.AddScoped<CircuitHandler>(services => services.GetRequiredService<CircuitReconnects>());
    }

    public static void MapDashboard(this WebApplication app)
    {
        app.UseRefusalOfUnknownThings();
        app.UseAntiforgery();
        app.Use(RefuseForgedFormAsync);
        app.MapGet("/api/health", HealthAsync).RequireAuthorization().WithTags("Operations").WithName("ReadHealth").WithSummary("How the account's messages are moving, and the state of the store.");
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>()
            // The one policy is the server's own (frame-ancestors 'none'); a second header would only repeat a weaker one.
            .AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
    }

    // An endpoint compiled with the program does not ask this by itself.
    private static Task RefuseForgedFormAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false })
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.CompletedTask;
        }

        return next(context);
    }

    private static async Task<Ok<HealthReport>> HealthAsync(ReadHealth read, ClaimsPrincipal user, TimeProvider time, CancellationToken cancellationToken) =>
        TypedResults.Ok(HealthReport.Of(await read.RunAsync(user.AccountId(), user.HasClaim(SignedIn.RoleClaim, SignedIn.Operator), cancellationToken), time.GetUtcNow()));
}
