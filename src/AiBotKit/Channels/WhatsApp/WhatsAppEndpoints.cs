using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Chatbots;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Hosting.Configuration;
using AiBotKit.Hosting.Outbound;
using AiBotKit.Hosting.Secrets;
using AiBotKit.Hosting.Telemetry;
using Microsoft.AspNetCore.Mvc;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>The provider's callback and everything WhatsApp needs.</summary>
internal static class WhatsAppEndpoints
{
    private const string Path = "/api/whatsapp/callback";

    public static void AddWhatsApp(this WebApplicationBuilder builder, SettingsReader settings)
    {
        var services = builder.Services;
        var read = WhatsAppSettings.Read(settings, [.. ChatbotsOptions.Read(settings).Items.Select(c => c.Name)]);
        services.AddSingleton(read);
        services.AddSingleton(read.Options);
        services.AddSingleton<ProviderKeyReader>(provider => (account, stored) => provider.GetRequiredService<SecretProtector>().Reveal(account, SecretProtector.ProviderKey, stored));
        services.AddHostedService<SeedConnections>();
        services.AddSingleton(provider => new DedupKeys(provider.GetRequiredService<StoredKeys>().GetOrCreate("dedup")));
        services.AddSingleton<Arrivals>();
        services.AddSingleton<ReadDeadLetter>();
        services.AddSingleton<DeadLetterReader>(provider => provider.GetRequiredService<ReadDeadLetter>().Run);
        services.AddSingleton<WhatsAppMetrics>();
        services.AddSingleton<ReceiveWebhook>();
        services.AddSingleton<CallbackBodies>();
        services.AddSingleton(provider => provider.GetRequiredService<WhatsAppOptions>().Scheme);
        services.AddSingleton(provider => new SenderSettings(TimeSpan.FromSeconds(provider.GetRequiredService<WhatsAppOptions>().AmbiguousWaitSeconds)));
        services.AddSingleton<OutboundDoor>();
        services.AddSingleton(provider => new ProviderHttp(provider.GetRequiredService<OutboundDoor>(), new ProviderLimits(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IWhatsAppProvider, PinnacleProvider>();
        services.AddSingleton<IWhatsAppProvider, MetaCloudProvider>();
        services.AddSingleton<ProviderSet>();
        services.AddSingleton<ConnectionDirectory>();
        services.AddSingleton<WhatsAppChannel>();
        services.AddSingleton<IChannel>(provider => provider.GetRequiredService<WhatsAppChannel>());
        services.AddSingleton<ISendChannel>(provider => provider.GetRequiredService<WhatsAppChannel>());
        services.AddHostedService(provider => provider.GetRequiredService<WhatsAppChannel>());
    }

    public static void MapWhatsApp(this IEndpointRouteBuilder routes)
    {
        // Now and not at the first callback: its keys may have to be written, and that callback may find the store locked or the disk full.
        routes.ServiceProvider.GetRequiredService<ReceiveWebhook>();
        var group = routes.MapGroup(Path).AllowAnonymous().DisableAntiforgery().WithTags("WhatsApp").WithMetadata(new SkipStatusCodePagesAttribute());
        group.MapPost("", ReceiveAsync).WithName("ReceiveWhatsAppCallback").WithSummary("Takes the provider's callbacks: 200 once they are on disk. Errors have no body.")
            .Produces(StatusCodes.Status200OK).Produces(StatusCodes.Status401Unauthorized).Produces(StatusCodes.Status413PayloadTooLarge).Produces(StatusCodes.Status503ServiceUnavailable);
        group.MapGet("", Verify).WithName("VerifyWhatsAppCallback").WithSummary("The provider's handshake: echoes hub.challenge when hub.verify_token is right.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain").Produces(StatusCodes.Status403Forbidden);
    }

    private static async Task ReceiveAsync(HttpContext http, ReceiveWebhook receive, CallbackBodies bodies, WhatsAppOptions options, WhatsAppMetrics metrics, FaultPoints faults, TimeProvider time)
    {
        var start = time.GetTimestamp();
        using var activity = ProductTelemetry.Source.StartActivity("webhook");
        using var body = await bodies.ReadAsync(http.Request);
        var status = body.Refusal != 0 ? body.Refusal : Status(await receive.RunAsync(
            body.Bytes, Single(http.Request, options.SignatureHeader), options.StaticHeaderName is { Length: > 0 } name ? Single(http.Request, name) : null));
        http.Response.StatusCode = status;
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            http.Response.Headers.RetryAfter = "5";
        }

        http.Response.ContentLength = 0;
        await http.Response.CompleteAsync();
        metrics.Answered(status, time.GetElapsedTime(start));
        activity?.SetTag("status", status);
        faults.Reach(FaultPoint.W7Answered);
    }

    private static int Status(WebhookAnswer answer) => answer switch
    {
        WebhookAnswer.Stored => StatusCodes.Status200OK,
        WebhookAnswer.NotSigned => StatusCodes.Status401Unauthorized,
        WebhookAnswer.TooLarge => StatusCodes.Status413PayloadTooLarge,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    private static IResult Verify(HttpContext http, WhatsAppOptions options)
    {
        var query = http.Request.Query;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return WebhookVerification.Answer(options.VerifyToken, query["hub.mode"], query["hub.challenge"], query["hub.verify_token"]) is { } challenge
            ? TypedResults.Text(challenge, "text/plain")
            : TypedResults.StatusCode(StatusCodes.Status403Forbidden);
    }

    private static string? Single(HttpRequest request, string header) =>
        request.Headers.TryGetValue(header, out var values) && values.Count == 1 ? values[0] : null;
}
