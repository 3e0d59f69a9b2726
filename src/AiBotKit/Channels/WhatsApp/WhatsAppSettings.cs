using AiBotKit.Channels.WhatsApp.Onboarding;
using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Hosting.Configuration;
using AiBotKit.Hosting.Outbound;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>Everything under <c>WhatsApp:</c>, checked: the options of the callback and the sender, and the connections to seed.</summary>
internal sealed record WhatsAppSettings(WhatsAppOptions Options, IReadOnlyList<ConfiguredConnection> Connections)
{
    /// <param name="chatbots">Names of the configured chatbots.</param>
    public static WhatsAppSettings Read(SettingsReader settings, IReadOnlyList<string> chatbots)
    {
        var options = new WhatsAppOptions();
        options.CallbackSecret = settings.Secret("WhatsApp:CallbackSecret", 6) ?? "";
        options.PreviousCallbackSecret = settings.Secret("WhatsApp:PreviousCallbackSecret", 6);
        options.SignatureHeader = HeaderName(settings, "WhatsApp:SignatureHeader") ?? options.SignatureHeader;
        options.SignaturePrefix = settings.Text("WhatsApp:SignaturePrefix", 40) ?? options.SignaturePrefix;
        options.SignatureEncoding = settings.Choice("WhatsApp:SignatureEncoding", SignatureEncoding.Hex);
        options.StaticHeaderName = HeaderName(settings, "WhatsApp:StaticHeaderName");
        options.StaticHeaderValue = settings.Secret("WhatsApp:StaticHeaderValue", 8);
        options.VerifyToken = settings.Secret("WhatsApp:VerifyToken", 4);
        options.AmbiguousWaitSeconds = settings.Whole("WhatsApp:AmbiguousWaitSeconds", options.AmbiguousWaitSeconds, 1, 600);
        // The simulator reads other settings of this section, and both may share one environment: an unknown name is not refused here.
        var simulator = settings.Address("Simulator:Url") ?? new Uri("http://localhost:5081");
        options.Simulator = settings.Flag("Simulator:Enabled", false) ? simulator : null;
        options.Onboarding = Onboarding(settings, options.Simulator);
        if (options.CallbackSecret.Length == 0 && options.PreviousCallbackSecret is not null)
        {
            settings.Refuse("WhatsApp:CallbackSecret", "set when WhatsApp:PreviousCallbackSecret is");
        }

        if (options.StaticHeaderName is null != options.StaticHeaderValue is null)
        {
            settings.Refuse("WhatsApp:StaticHeaderName", "set together with WhatsApp:StaticHeaderValue");
        }

        IReadOnlyList<ConfiguredConnection> connections = [.. settings.Items("WhatsApp:Connections").Select(at => Connection(settings, at, chatbots))];
        foreach (var same in connections.GroupBy(c => c.PhoneNumberId, StringComparer.Ordinal).Where(g => g.Key.Length > 0 && g.Count() > 1))
        {
            settings.Refuse("WhatsApp:Connections", $"a list without the same PhoneNumberId twice ({same.Key})");
        }

        foreach (var same in connections.GroupBy(c => c.Chatbot, StringComparer.Ordinal).Where(g => g.Key.Length > 0 && g.Count() > 1))
        {
            settings.Refuse("WhatsApp:Connections", $"a list with at most one connection per chatbot ('{same.Key}' has more)");
        }

        options.ConfiguredEndpoints = connections.Where(c => c.BaseUrlFromConfiguration).Select(c => OutboundEndpoint.Of(c.BaseUrl)).ToHashSet();
        settings.RefuseUnknown("WhatsApp");
        return new WhatsAppSettings(options, connections);
    }

    private static OnboardingOptions Onboarding(SettingsReader settings, Uri? simulator)
    {
        var address = settings.Address("WhatsApp:Onboarding:BaseUrl");
        var key = settings.Secret("WhatsApp:Onboarding:PartnerKey", 6);
        var id = settings.Text("WhatsApp:Onboarding:PartnerId", 100);

        // The simulator takes its own API key for the partner's while no other is set, and shares it with us when both are started from one environment.
        var simulated = settings.Secret("Simulator:ApiKey", 1);
        if (address is null && simulator is null && (key ?? id) is not null)
        {
            settings.Refuse("WhatsApp:Onboarding:BaseUrl", "set when another setting of WhatsApp:Onboarding is");
        }

        if (address is not null && (key is null || id is null))
        {
            settings.Refuse("WhatsApp:Onboarding:PartnerKey", "set, with WhatsApp:Onboarding:PartnerId, when WhatsApp:Onboarding:BaseUrl is");
        }

        return new OnboardingOptions(address ?? simulator, key ?? (address is null ? simulated : null), id ?? "simulator");
    }

    private static ConfiguredConnection Connection(SettingsReader settings, string at, IReadOnlyList<string> chatbots)
    {
        var chatbot = settings.Text($"{at}:Chatbot", 80) ?? (chatbots.Count == 1 ? chatbots[0] : null);
        if (chatbot is null || !chatbots.Contains(chatbot))
        {
            settings.Refuse($"{at}:Chatbot", chatbots.Count == 0 ? "the name of a chatbot under Chatbots (none is configured)" : $"one of {string.Join(", ", chatbots)}");
        }

        var provider = settings.Choice($"{at}:Provider", ProviderKind.Pinnacle);
        var address = settings.Address($"{at}:BaseUrl");
        var number = settings.Text($"{at}:PhoneNumberId", 40);
        if (number is null || !number.All(char.IsAsciiDigit))
        {
            settings.Refuse($"{at}:PhoneNumberId", "the provider's id of the business number, digits only");
        }

        return new ConfiguredConnection
        {
            Chatbot = chatbot ?? "",
            Provider = provider,
            BaseUrl = address ?? new Uri(provider == ProviderKind.Pinnacle ? "https://partnersv1.pinbot.ai/v3" : "https://graph.facebook.com"),
            BaseUrlFromConfiguration = address is not null,
            WabaId = settings.Text($"{at}:WabaId", 40) ?? "",
            PhoneNumberId = number ?? "",
            DisplayPhoneNumber = settings.Text($"{at}:DisplayPhoneNumber", 40) ?? "",
            ApiKey = settings.Secret($"{at}:ApiKey", 1),
            Enabled = settings.Flag($"{at}:Enabled", true),
            MessagesPerSecond = settings.Whole($"{at}:MessagesPerSecond", 80, 1, 100_000),
            PairBurst = settings.Whole($"{at}:PairBurst", 45, 1, 100_000),
            PairRefillSeconds = settings.Number($"{at}:PairRefillSeconds", 6, 0, 3600),
            MaxInFlightSends = settings.Whole($"{at}:MaxInFlightSends", 32, 1, 1024),
            Reseed = settings.Flag($"{at}:Reseed", false),
        };
    }

    private static string? HeaderName(SettingsReader settings, string key)
    {
        var name = settings.Text(key, 100);
        if (name is not null && !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            settings.Refuse(key, "the name of an HTTP header");
        }

        return name;
    }
}

/// <summary>One connection as configured.</summary>
internal sealed record ConfiguredConnection
{
    public required string Chatbot { get; init; }

    public required ProviderKind Provider { get; init; }

    public required Uri BaseUrl { get; init; }

    public required bool BaseUrlFromConfiguration { get; init; }

    public required string WabaId { get; init; }

    public required string PhoneNumberId { get; init; }

    public required string DisplayPhoneNumber { get; init; }

    public required string? ApiKey { get; init; }

    public required bool Enabled { get; init; }

    public required int MessagesPerSecond { get; init; }

    public required int PairBurst { get; init; }

    public required double PairRefillSeconds { get; init; }

    public required int MaxInFlightSends { get; init; }

    public required bool Reseed { get; init; }
}
