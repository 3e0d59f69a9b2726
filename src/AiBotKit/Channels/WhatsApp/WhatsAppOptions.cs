using AiBotKit.Channels.WhatsApp.Onboarding;
using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Hosting.Outbound;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>Settings <c>WhatsApp:*</c> of the callback and the sender (wire facts 1.2).</summary>
internal sealed class WhatsAppOptions
{
    /// <summary>Signs every callback; empty refuses everything.</summary>
    public string CallbackSecret { get; set; } = "";

    /// <summary>Also accepted while the secret is being rotated.</summary>
    public string? PreviousCallbackSecret { get; set; }

    public string SignatureHeader { get; set; } = "X-Hub-Signature-256";

    public string SignaturePrefix { get; set; } = "sha256=";

    public SignatureEncoding SignatureEncoding { get; set; }

    /// <summary>Optional second lock: a header that <c>setwebhook</c> registered and the provider echoes.</summary>
    public string? StaticHeaderName { get; set; }

    public string? StaticHeaderValue { get; set; }

    /// <summary>Answers the GET handshake; empty refuses it.</summary>
    public string? VerifyToken { get; set; }

    /// <summary>How long a status may take to tell whether an ambiguous send was accepted, in seconds.</summary>
    public int AmbiguousWaitSeconds { get; set; } = 90;

    /// <summary>Where the simulated provider and its phone page are (<c>Simulator:*</c>); calls to exactly that scheme, host and port are allowed. Null when it is off.</summary>
    public Uri? Simulator { get; set; }

    /// <summary>The embedded sign-up, <c>WhatsApp:Onboarding:*</c>.</summary>
    public OnboardingOptions Onboarding { get; set; } = OnboardingOptions.None;

    /// <summary>Endpoints of providers that the operator wrote in configuration: calls to exactly these are allowed, loopback included (S-S9).</summary>
    public IReadOnlySet<OutboundEndpoint> ConfiguredEndpoints { get; set; } = new HashSet<OutboundEndpoint>();

    /// <summary>Whether the operator named this scheme, host and port as a provider's.</summary>
    public bool IsConfigured(Uri address) => ConfiguredEndpoints.Contains(OutboundEndpoint.Of(address)) || IsSimulator(address);

    /// <summary>Whether the simulated provider is at this scheme, host and port.</summary>
    public bool IsSimulator(Uri address) => Simulator is { } simulator && OutboundEndpoint.Of(simulator) == OutboundEndpoint.Of(address);

    /// <summary>Where a provider is called when nobody says otherwise; while the simulator is on, it is both of them.</summary>
    public Uri DefaultAddress(ProviderKind provider) => Simulator ?? new Uri(provider == ProviderKind.MetaCloud ? "https://graph.facebook.com" : "https://partnersv1.pinbot.ai/v3");

    public SignatureScheme Scheme => new(
        CallbackSecret,
        PreviousCallbackSecret,
        SignatureHeader,
        SignaturePrefix,
        PrefixRequired: SignaturePrefix.Length > 0,
        SignatureEncoding,
        StaticHeaderName is { Length: > 0 } ? StaticHeaderName : null,
        StaticHeaderValue);
}
