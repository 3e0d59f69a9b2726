using System.Text.Json;
using System.Text.Json.Serialization;
using AiBotKit.Hosting.Configuration;
using AiBotKit.Hosting.Secrets;
using Microsoft.AspNetCore.HttpOverrides;

namespace AiBotKit.Hosting;

/// <summary>What every request passes: limits, forwarded addresses, headers, errors, the check of its origin.</summary>
internal static class HostingSetup
{
    public static void AddHosting(this WebApplicationBuilder builder, SettingsReader settings)
    {
        var http = HttpOptions.Read(settings);
        builder.Services.AddSingleton(http);
        if (ListenAddresses.Read(settings) is { } address)
        {
            builder.WebHost.UseUrls(address);
        }

        builder.AddSecrets(settings);
        // The framework's own request lines carry query strings, and one of them is the set-up token.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = ErrorAnswers.Trim);
        builder.Services.AddExceptionHandler<ErrorAnswers>();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.RequestHeaderEncodingSelector = DigitsOnly.ForHeader;
            kestrel.Limits.MaxRequestBodySize = OversizedBodies.Largest;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(120);
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 << 10;
            kestrel.Limits.MaxRequestHeaderCount = 100;
            kestrel.Limits.MaxRequestLineSize = 8 << 10;
            kestrel.Limits.MinRequestBodyDataRate = new(240, TimeSpan.FromSeconds(5));
            kestrel.Limits.MaxConcurrentConnections = 2_000;
        });
        // Finishing what is under way has 8 s in all (F47): callers and sends together 6, the writer and the end of the process the rest.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(6));
        builder.Services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders = http.KnownProxies.Count == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var proxy in http.KnownProxies)
            {
                forwarded.KnownProxies.Add(proxy);
            }
        });
    }

    public static void UseHosting(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseSecurityHeaders();
        app.UseRefusalOfTwoLengths();
        app.UseExceptionHandler();
        app.UseProblemsForBareAnswers();
        app.UseRefusalOfOversizedBodies();
        app.UseAuthentication();
        app.UseOriginCheck();
        app.UseAuthorization();
    }
}
