using AiBotKit.PinnacleSimulator.Numbers;

namespace AiBotKit.PinnacleSimulator.Load;

/// <summary>Load runs of the control API: start, report, stop.</summary>
internal static class LoadEndpoints
{
    private const int LongestWaitMs = 600_000;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    public static IServiceCollection AddLoad(this IServiceCollection services) => services
        .AddSingleton<LoadGenerator>()
        .AddHostedService(static services => services.GetRequiredService<LoadGenerator>());

    public static void MapLoad(this IEndpointRouteBuilder app)
    {
        var load = app.MapGroup("/sim/load");
        load.MapPost("", Start);
        load.MapGet("/{id}", ReportAsync);
        load.MapDelete("/{id}", Stop);
    }

    /// <param name="Rate">Messages a second.</param>
    /// <param name="Customers">Customers, taking turns.</param>
    /// <param name="Seconds">Length; the number of messages is rate times seconds unless <paramref name="Count"/> is given.</param>
    /// <param name="Count">Exact number of messages; 0 for rate times seconds.</param>
    /// <param name="Text">Words of each message; a token "#L&lt;run&gt;.&lt;n&gt;#" is put behind them.</param>
    /// <param name="FirstPhone">Number of the first customer; the others follow.</param>
    /// <param name="DuplicateShare">Share of messages that are delivered a second time.</param>
    /// <param name="BadSignatureShare">Forged messages for each real one: own ids, wrong signature, one try.</param>
    /// <param name="Batch">Messages (of different customers) in one callback.</param>
    /// <param name="AnswerCovers">An answer without token and quote answers the <c>oldest</c> open message of its customer, or <c>all</c>.</param>
    public sealed record LoadRequest(
        double Rate = 50, int Customers = 100, double Seconds = 10, long Count = 0, string Text = "What are your opening hours?", long FirstPhone = 15_551_000_000,
        double DuplicateShare = 0, int DuplicateAfterMs = 200, double BadSignatureShare = 0, int Batch = 1, string AnswerCovers = "oldest", string? Number = null);

    private static IResult Start(LoadRequest body, NumberBook numbers, LoadGenerator generator)
    {
        if (body.Rate is not (> 0 and <= 100_000) || body.Customers is < 1 or > 1_000_000 || body.Seconds is not (>= 0 and <= 86_400) || body.Batch is < 1 or > 1000 ||
            body.AnswerCovers is not ("oldest" or "all") || body.Count is < 0 or > 10_000_000)
        {
            return Results.Problem("rate 0 to 100000, customers 1 to 1000000, seconds 0 to 86400, count 0 to 10000000, batch 1 to 1000, answerCovers oldest or all.", statusCode: 400);
        }

        return numbers.Find(body.Number) is { } number
            ? Results.Ok(new { generator.Start(body, number).Id })
            : Results.Problem("No such number.", statusCode: 404);
    }

    /// <summary>The report; with <c>waitMs</c> waits until everything is sent and answered.</summary>
    private static async Task<IResult> ReportAsync(string id, int? waitMs, LoadGenerator generator, TimeProvider time, CancellationToken cancellationToken)
    {
        if (generator.Find(id) is not { } run)
        {
            return Results.NotFound();
        }

        var started = time.GetTimestamp();
        var patience = TimeSpan.FromMilliseconds(Math.Clamp(waitMs ?? 0, 0, LongestWaitMs));
        while (!run.Done && time.GetElapsedTime(started) < patience)
        {
            await Task.Delay(Look, time, cancellationToken);
        }

        return Results.Ok(run.Report());
    }

    private static IResult Stop(string id, LoadGenerator generator)
    {
        if (generator.Find(id) is not { } run)
        {
            return Results.NotFound();
        }

        run.Stop.Cancel();
        return Results.Ok(run.Report());
    }
}
