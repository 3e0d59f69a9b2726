using System.Security.Cryptography;
using System.Text.Json.Serialization;
using AiBotKit.PinnacleSimulator.Clock;
using AiBotKit.PinnacleSimulator.Control;
using AiBotKit.PinnacleSimulator.Customers;
using AiBotKit.PinnacleSimulator.Faults;
using AiBotKit.PinnacleSimulator.Live;
using AiBotKit.PinnacleSimulator.Load;
using AiBotKit.PinnacleSimulator.Media;
using AiBotKit.PinnacleSimulator.Messages;
using AiBotKit.PinnacleSimulator.Numbers;
using AiBotKit.PinnacleSimulator.Onboarding;
using AiBotKit.PinnacleSimulator.Phone;
using AiBotKit.PinnacleSimulator.Templates;
using AiBotKit.PinnacleSimulator.Webhooks;
using AiBotKit.PinnacleSimulator.Wire;
using Microsoft.Extensions.Options;

namespace AiBotKit.PinnacleSimulator;

/// <summary>Puts the simulator together; tests start it in process.</summary>
internal static class SimulatorApp
{
    private const string DefaultUrl = "http://localhost:5081";
    private const long LargestBody = 105L * 1024 * 1024;

    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        if (string.IsNullOrEmpty(builder.Configuration["Urls"]))
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }

        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
        });
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.Warning);

        MakeUpSecrets(builder.Configuration);
        builder.Services.AddOptions<SimulatorOptions>().BindConfiguration("Simulator").ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<SimulatorOptions>, SimulatorOptionsValidator>();
        builder.Services.ConfigureHttpJsonOptions(static json => json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull);
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<SimClock>().AddSingleton<Scheduler>().AddSingleton<Dice>();
        builder.Services.AddNumbers().AddFaults().AddWire().AddLive().AddWebhooks().AddCustomers().AddMessages().AddMedia().AddLoad().AddPhone().AddOnboarding().AddTemplates();
        builder.Services.AddSingleton<SampleMedia>();

        var app = builder.Build();
        app.Use(RefuseForeignPagesAsync);
        app.MapGet("/healthz", static () => "ok");
        app.MapMessages();
        app.MapNumbers();
        app.MapTemplates();
        app.MapMedia();
        app.MapCustomers();
        app.MapFaults();
        app.MapWire();
        app.MapLoad();
        app.MapControl();
        app.MapLive();
        app.MapPhone();
        app.MapOnboarding();
        return app;
    }

    /// <summary>The control API has no key, so a page of another site that somebody has open must not reach it.</summary>
    private static Task RefuseForeignPagesAsync(HttpContext http, RequestDelegate next)
    {
        var origin = http.Request.Headers.Origin.ToString();
        if (origin.Length == 0 || !http.Request.Path.StartsWithSegments("/sim") || origin == $"{http.Request.Scheme}://{http.Request.Host}")
        {
            return next(http);
        }

        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    /// <summary>There is no built-in key: without one in the settings a fresh one is made and printed.</summary>
    private static void MakeUpSecrets(ConfigurationManager settings)
    {
        MakeUp("Simulator:ApiKey", static () => Guid.NewGuid().ToString());
        MakeUp("Simulator:WebhookSecret", static () => RandomNumberGenerator.GetHexString(48, lowercase: true));

        void MakeUp(string name, Func<string> make)
        {
            if (string.IsNullOrEmpty(settings[name]))
            {
                settings[name] = make();
                Console.WriteLine($"{name} was not set; this run uses {settings[name]}");
            }
        }
    }
}
