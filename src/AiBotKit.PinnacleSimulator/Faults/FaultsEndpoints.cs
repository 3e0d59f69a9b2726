using AiBotKit.PinnacleSimulator.Live;

namespace AiBotKit.PinnacleSimulator.Faults;

/// <summary>The fault switches of the control API.</summary>
internal static class FaultsEndpoints
{
    public static IServiceCollection AddFaults(this IServiceCollection services) => services.AddSingleton<FaultBoard>();

    public static void MapFaults(this IEndpointRouteBuilder app)
    {
        var faults = app.MapGroup("/sim/faults");
        faults.MapGet("", (FaultBoard board) => new { faults = board.States });
        faults.MapPost("/{name}", (string name, FaultRequest body, FaultBoard board, LiveHub live) => Change(name, board, live, one =>
            one.Set(body.Share ?? (body.Next is null && body.Every is null ? 1 : null), body.Next, body.Every, body.Value, body.To)));
        faults.MapDelete("/{name}", (string name, FaultBoard board, LiveHub live) => Change(name, board, live, static one => one.Off()));
        faults.MapDelete("", (FaultBoard board, LiveHub live) =>
        {
            board.AllOff();
            live.Publish("faults", new { });
            return Results.NoContent();
        });
    }

    /// <summary>How often a switch fires. Nothing given: always.</summary>
    /// <param name="Share">Probability, 0 to 1.</param>
    /// <param name="Next">The next so many, then off.</param>
    /// <param name="Every">Every n-th.</param>
    /// <param name="Value">In the switch's unit.</param>
    /// <param name="To">Only this customer.</param>
    public sealed record FaultRequest(double? Share, int? Next, int? Every, double? Value, string? To);

    private static IResult Change(string name, FaultBoard board, LiveHub live, Action<FaultSwitch> change)
    {
        if (board.Find(name) is not { } one)
        {
            return Results.Problem($"No fault '{name}'; GET /sim/faults lists all.", statusCode: 404);
        }

        change(one);
        board.Refresh();
        live.Publish("faults", new { });
        return Results.Ok(one.State);
    }
}
