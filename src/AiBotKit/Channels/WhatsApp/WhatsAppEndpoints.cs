using AiBotKit.Accounts;
using AiBotKit.Channels.WhatsApp.Media;
using AiBotKit.Channels.WhatsApp.Onboarding;
using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Channels.WhatsApp.Sharing;
using AiBotKit.Channels.WhatsApp.Templates;
using AiBotKit.Chatbots;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Hosting;
using AiBotKit.Hosting.Configuration;
using AiBotKit.Hosting.Outbound;
using AiBotKit.Hosting.Secrets;
using Microsoft.AspNetCore.Mvc;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>The provider's callback and everything WhatsApp needs.</summary>
internal static class WhatsAppEndpoints
{
    /// <summary>Where providers deliver; fixed for ever, because it is written down at the providers.</summary>
    public const string Path = "/api/whatsapp/callback";

    public static void AddWhatsApp(this WebApplicationBuilder builder, SettingsReader settings)
    {
        var services = builder.Services;
        var read = WhatsAppSettings.Read(settings, [.. ChatbotsOptions.Read(settings).Items.Select(c => c.Name)]);
        services.AddSingleton(read);
        services.AddSingleton(read.Options);
        services.AddSingleton(new ConfiguredSecret("WhatsApp:CallbackSecret", read.Options.CallbackSecret));
        services.AddSingleton(new ConfiguredSecret("WhatsApp:PreviousCallbackSecret", read.Options.PreviousCallbackSecret));
        services.AddSingleton(new ConfiguredSecret("WhatsApp:StaticHeaderValue", read.Options.StaticHeaderValue));
        services.AddSingleton(new ConfiguredSecret("WhatsApp:VerifyToken", read.Options.VerifyToken));
        services.AddSingleton(new ConfiguredSecret("WhatsApp:Onboarding:PartnerKey", read.Options.Onboarding.PartnerKey));
        services.AddSingleton(new FramedOrigin(read.Options.Onboarding.Origin));
        services.AddSingleton<ProviderKeyReader>(provider => (account, stored) => provider.GetRequiredService<SecretProtector>().Reveal(account, SecretProtector.ProviderKey, stored));
        services.AddSingleton<ReadShare>();
        services.AddHostedService<SeedConnections>();
        services.AddSingleton(provider => new DedupKeys(provider.GetRequiredService<StoredKeys>().GetOrCreate("dedup")));
        services.AddSingleton<Arrivals>();
        services.AddSingleton<ReadDeadLetter>();
        services.AddSingleton<DeadLetterReader>(provider => provider.GetRequiredService<ReadDeadLetter>().Run);
        services.AddSingleton<WhatsAppMetrics>();
        services.AddSingleton<CallbackSecrets>();
        services.AddSingleton<RefusedCallbacks>();
        services.AddSingleton<RefreshSecrets>();
        services.AddHostedService(provider => provider.GetRequiredService<RefreshSecrets>());
        services.AddSingleton<ReceiveWebhook>();
        services.AddSingleton<CallbackBodies>();
        services.AddSingleton<CallbackAnswers>();
        services.AddSingleton(provider => provider.GetRequiredService<WhatsAppOptions>().Scheme);
        services.AddSingleton(provider => new SenderSettings(TimeSpan.FromSeconds(provider.GetRequiredService<WhatsAppOptions>().AmbiguousWaitSeconds)));
        services.AddSingleton<OutboundDoor>();
        services.AddSingleton(provider => new ProviderHttp(provider.GetRequiredService<OutboundDoor>(), new ProviderLimits(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IWhatsAppProvider, PinnacleProvider>();
        services.AddSingleton<IWhatsAppProvider, MetaCloudProvider>();
        services.AddSingleton<ProviderSet>();
        services.AddSingleton<ConnectionDirectory>();
        builder.AddConnections();
        builder.AddTemplates();
        services.AddSingleton<WhatsAppChannel>();
        services.AddSingleton<IChannel>(provider => provider.GetRequiredService<WhatsAppChannel>());
        services.AddSingleton<ISendChannel>(provider => provider.GetRequiredService<WhatsAppChannel>());
        services.AddHostedService(provider => provider.GetRequiredService<WhatsAppChannel>());
        services.AddHostedService<FetchMedia>();
    }

    public static void MapWhatsApp(this WebApplication routes)
    {
        routes.MapConnections();
        routes.MapSharing();
        routes.MapTemplates();
        // Now and not at the first callback: its keys may have to be written, and that callback may find the store locked or the disk full.
        var answers = routes.Services.GetRequiredService<CallbackAnswers>();
        var group = routes.MapGroup(Path).AllowAnonymous().DisableAntiforgery().WithTags("WhatsApp").WithMetadata(new SkipStatusCodePagesAttribute());
        // Past sign-in, cookies and pages, which a callback has nothing to do with: the way of every message is as short as it can be.
        group.MapPost("", (Delegate)answers.AnswerAsync).WithName("ReceiveWhatsAppCallback").WithSummary("Takes the provider's callbacks: 200 once they are on disk. Errors have no body.")
            .Produces(StatusCodes.Status200OK).Produces(StatusCodes.Status401Unauthorized).Produces(StatusCodes.Status413PayloadTooLarge).Produces(StatusCodes.Status503ServiceUnavailable).ShortCircuit();
        group.MapGet("", Verify).WithName("VerifyWhatsAppCallback").WithSummary("The provider's handshake: echoes hub.challenge when hub.verify_token is right.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain").Produces(StatusCodes.Status403Forbidden);
    }

    private static IResult Verify(HttpContext http, WhatsAppOptions options, CallbackSecrets secrets)
    {
        var query = http.Request.Query;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        var token = options.VerifyToken is { Length: > 0 } global && WebhookVerification.Matches(global, query["hub.verify_token"]) ? global : secrets.VerifyTokenOf(query[CallbackSecrets.KeyName]) ?? options.VerifyToken;
        return WebhookVerification.Answer(token, query["hub.mode"], query["hub.challenge"], query["hub.verify_token"]) is { } challenge
            ? TypedResults.Text(challenge, "text/plain")
            : TypedResults.StatusCode(StatusCodes.Status403Forbidden);
    }
}
