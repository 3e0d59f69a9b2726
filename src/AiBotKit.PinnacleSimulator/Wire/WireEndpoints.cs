namespace AiBotKit.PinnacleSimulator.Wire;

/// <summary>The wire log and the counters.</summary>
internal static class WireEndpoints
{
    private const int LongestWaitMs = 120_000;

    public static IServiceCollection AddWire(this IServiceCollection services) => services
        .AddSingleton<WireLog>()
        .AddSingleton<Counters>();

    public static void MapWire(this IEndpointRouteBuilder app)
    {
        app.MapGet("/sim/counters", (Counters counters) => counters.View());
        app.MapGet("/sim/log", ListAsync);
        app.MapGet("/sim/log/{id:long}", (long id, WireLog log) => log.Find(id) is { } entry ? Results.Ok(WireView.Of(entry, full: true)) : Results.NotFound());
        app.MapDelete("/sim/log", (WireLog log) =>
        {
            log.Clear();
            return Results.NoContent();
        });
    }

    /// <summary>With <c>after</c> oldest first and waiting up to <c>waitMs</c>; without it the newest first.</summary>
    private static async Task<IResult> ListAsync(
        long? after, string? direction, string? kind, string? customer, string? id, int? status, bool? full, int? limit, int? waitMs,
        WireLog log, TimeProvider time, CancellationToken cancellationToken)
    {
        var take = Math.Clamp(limit ?? 100, 1, 1000);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromMilliseconds(Math.Clamp(waitMs ?? 0, 0, LongestWaitMs)));
        while (true)
        {
            var next = log.NextAsync();
            var last = log.Last;
            var found = after is { } cursor ? log.After(cursor, Matches, take) : log.Newest(Matches, take);
            if (found.Count > 0 || (waitMs ?? 0) <= 0 || patience.IsCancellationRequested)
            {
                return Results.Ok(new
                {
                    cursor = found.Count > 0 ? found.Max(static one => one.Id) : Math.Max(after ?? 0, last),
                    entries = found.Select(one => WireView.Of(one, full == true)),
                });
            }

            try
            {
                await next.WaitAsync(Timeout.InfiniteTimeSpan, time, patience.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Time is up: answer with what there is.
            }
        }

        bool Matches(WireEntry entry) =>
            (direction is null || entry.Direction == direction) && (kind is null || entry.Kind == kind) && (customer is null || entry.Customer == customer) &&
            (status is null || entry.Status == status) && (id is null || entry.Ids.Contains(id));
    }
}
