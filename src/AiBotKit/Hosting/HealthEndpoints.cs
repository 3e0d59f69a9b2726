namespace AiBotKit.Hosting;

/// <summary>Null when one part can do its work now, else a stable word for what keeps it; every registered one must for the server to be ready.</summary>
internal delegate string? ReadinessCheck();

/// <summary>For supervisors and load balancers; no data of anybody.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this WebApplication app)
    {
        // The lifetime's token is set by the first SIGTERM: not ready any more while sends finish (F47).
        app.MapGet("/healthz", () => Results.Text("ok")).AllowAnonymous().ExcludeFromDescription();
        app.MapGet("/readyz", (IEnumerable<ReadinessCheck> checks, IHostApplicationLifetime life) => Obstacle(checks, life) is { } obstacle
            ? Results.Text($"not ready: {obstacle}", statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("ready")).AllowAnonymous().ExcludeFromDescription();
    }

    private static string? Obstacle(IEnumerable<ReadinessCheck> checks, IHostApplicationLifetime life) =>
        life.ApplicationStopping.IsCancellationRequested ? "stopping"
        : !life.ApplicationStarted.IsCancellationRequested ? "starting"
        : checks.Select(static check => check()).FirstOrDefault(static word => word is not null);
}
