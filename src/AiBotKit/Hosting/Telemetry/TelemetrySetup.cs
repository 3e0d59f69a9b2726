using System.Reflection;
using AiBotKit.Hosting.Configuration;
using AiBotKit.Hosting.Outbound;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AiBotKit.Hosting.Telemetry;

/// <summary>
/// Export by OTLP, only when an endpoint is set: <c>Telemetry:OtlpEndpoint</c>, or the standard <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> with its
/// companions. Requests are measured, but not traced by the framework: their addresses are not ours to publish.
/// </summary>
internal static class TelemetrySetup
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    public static void AddTelemetry(this WebApplicationBuilder builder, SettingsReader settings)
    {
        if (Read(settings) is not { } endpoint)
        {
            return;
        }

        // The exporters read the standard names: they complete the address with the path of each signal.
        builder.Configuration[Endpoint] = endpoint.ToString();
        builder.Configuration[Protocol] ??= "http/protobuf";
        var version = typeof(TelemetrySetup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("aibotkit", serviceVersion: version))
            .WithMetrics(metrics => metrics.AddMeter(ProductTelemetry.Name).AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation()
                .AddOtlpExporter(options => Through(options, endpoint)))
            // Whole traces of our own, whatever the framework's unrecorded request or a stranger's header says.
            .WithTracing(traces => traces.SetSampler(new AlwaysOnSampler()).AddSource(ProductTelemetry.Name).AddOtlpExporter(options => Through(options, endpoint)));
    }

    /// <summary>Where to export to; null for nowhere.</summary>
    public static Uri? Read(SettingsReader settings)
    {
        var own = settings.Address("Telemetry:OtlpEndpoint");
        var standard = settings.Address(Endpoint);
        settings.RefuseUnknown("Telemetry");
        return own ?? standard;
    }

    /// <summary>The collector is called through the one outbound door, at exactly the configured endpoint.</summary>
    private static void Through(OtlpExporterOptions options, Uri endpoint) =>
        options.HttpClientFactory = () => new OutboundDoor().CreateClient(new OutboundPolicy
        {
            Purpose = "telemetry",
            Configured = new HashSet<OutboundEndpoint> { OutboundEndpoint.Of(endpoint) },
            Timeout = TimeSpan.FromSeconds(10),
        });
}
