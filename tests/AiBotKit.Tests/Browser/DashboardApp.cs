using System.Security.Claims;
using System.Text.Encodings.Web;
using AiBotKit.Tests.Fakes;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AiBotKit.Tests.Browser;

/// <summary>The real server in this process, on a port of its own and an empty data folder.</summary>
internal sealed class DashboardApp : WebApplicationFactory<Program>
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aibotkit-browser-").FullName;

    public DashboardApp()
    {
        UseKestrel();
        StartServer();
        Seed = new DashboardSeed(Services);
    }

    public DashboardSeed Seed { get; }

    public Uri Address => ClientOptions.BaseAddress;

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.OnAnyPort();
        builder.UseSetting("Data:Path", _folder);
        builder.UseSetting("Logging:LogLevel:Default", "Warning");
        builder.UseSetting("Logging:LogLevel:Microsoft.AspNetCore", "Warning");
        builder.UseEnvironment("Production");
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton<SignedInAs>();
            // The product's own provider ends a circuit whose principal it did not make.
            services.AddScoped<AuthenticationStateProvider, ServerAuthenticationStateProvider>();
            services.AddAuthentication("Test").AddScheme<AuthenticationSchemeOptions, AlwaysSignedIn>("Test", null);
        });
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            Directory.Delete(_folder, true);
        }
    }

    /// <summary>Whose dashboard the browser sees.</summary>
    internal sealed class SignedInAs
    {
        public Guid? AccountId { get; set; }
    }

    private sealed class AlwaysSignedIn(IOptionsMonitor<AuthenticationSchemeOptions> options, Microsoft.Extensions.Logging.ILoggerFactory logger, UrlEncoder encoder, SignedInAs who)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (who.AccountId is not { } account)
            {
                return Task.FromResult(AuthenticateResult.NoResult());
            }

            var identity = new ClaimsIdentity([new Claim("account", account.ToString()), new Claim(ClaimTypes.Name, "Ana Duarte"), new Claim("role", "owner")], Scheme.Name);
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
        }
    }
}
