namespace AiBotKit.Hosting;

/// <summary>Says whether one part can do its work now; every registered one must for the server to be ready.</summary>
internal delegate bool ReadinessCheck();

/// <summary>For supervisors and load balancers; no data of anybody.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this WebApplication app)
    {
        // The lifetime's token is set by the first SIGTERM: not ready any more while sends finish (F47).
        app.MapGet("/healthz", () => Results.Text("ok")).AllowAnonymous().ExcludeFromDescription();
        app.MapGet("/readyz", (IEnumerable<ReadinessCheck> checks, IHostApplicationLifetime life) =>
            life.ApplicationStarted.IsCancellationRequested && !life.ApplicationStopping.IsCancellationRequested && checks.All(check => check())
                ? Results.Text("ready")
                : Results.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable)).AllowAnonymous().ExcludeFromDescription();
    }
}
