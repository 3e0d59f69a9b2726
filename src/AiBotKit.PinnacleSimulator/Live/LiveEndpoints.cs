using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiBotKit.PinnacleSimulator.Live;

/// <summary>What happens, as server-sent events for open pages.</summary>
internal static class LiveEndpoints
{
    public static IServiceCollection AddLive(this IServiceCollection services) => services.AddSingleton<LiveHub>();

    public static void MapLive(this IEndpointRouteBuilder app) => app.MapGet("/sim/events", Stream);

    private static ServerSentEventsResult<string> Stream(LiveHub hub, IHostApplicationLifetime lifetime, CancellationToken cancellationToken) =>
        TypedResults.ServerSentEvents(ReadAsync(hub, lifetime.ApplicationStopping, cancellationToken));

    private static async IAsyncEnumerable<SseItem<string>> ReadAsync(
        LiveHub hub, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        using var subscription = hub.Subscribe();
        yield return new SseItem<string>("{}", "hello");
        while (await HasMoreAsync(subscription, both.Token))
        {
            while (subscription.Events.TryRead(out var live))
            {
                yield return new SseItem<string>(live.Data, live.Name);
            }

            if (subscription.TakeBehind())
            {
                yield return new SseItem<string>("{}", "reread");
            }
        }
    }

    private static async Task<bool> HasMoreAsync(LiveHub.Subscription subscription, CancellationToken cancellationToken)
    {
        try
        {
            return await subscription.Events.WaitToReadAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
