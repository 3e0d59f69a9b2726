using AiBotKit.Durability;

namespace AiBotKit.Hosting;

/// <summary>For supervisors and load balancers; no data of anybody.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this WebApplication app)
    {
        // The lifetime's token is set by the first SIGTERM: not ready any more while sends finish (F47).
        app.MapGet("/healthz", () => Results.Text("ok")).AllowAnonymous().ExcludeFromDescription();
        app.MapGet("/readyz", (GroupCommitWriter writer, IHostApplicationLifetime life) =>
            writer.Healthy && life.ApplicationStarted.IsCancellationRequested && !life.ApplicationStopping.IsCancellationRequested
                ? Results.Text("ready")
                : Results.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable)).AllowAnonymous().ExcludeFromDescription();
    }
}
