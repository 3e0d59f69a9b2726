namespace AiBotKit.PinnacleSimulator.Webhooks;

/// <summary>The sending of callbacks.</summary>
internal static class WebhooksFeature
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        // One connection per lane; the simulated provider follows no redirect.
        services.AddHttpClient(WebhookSender.Client)
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false })
            .RemoveAllLoggers()
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        return services
            .AddSingleton<WebhookSender>()
            .AddHostedService(static services => services.GetRequiredService<WebhookSender>())
            .AddSingleton<WebhookIntake>();
    }
}
