namespace AiBotKit.Accounts.Plans;

/// <summary>What an account may use. A null number has no limit.</summary>
internal sealed record Plan
{
    public required string Name { get; init; }

    /// <summary>Its name for people.</summary>
    public required string Title { get; init; }

    /// <summary>Where it stands among the plans: a later one holds more.</summary>
    public required int Rank { get; init; }

    /// <summary>AI messages in one billing period.</summary>
    public required long? AiMessages { get; init; }

    public required long? Chatbots { get; init; }

    /// <summary>Characters of knowledge, over all chatbots.</summary>
    public required long? StorageCharacters { get; init; }

    public required PlanFeature Features { get; init; }

    /// <summary>Most units of each add-on; 0 = none can be added.</summary>
    public required int MostAddOns { get; init; }

    /// <summary>For people; nothing is charged by this program.</summary>
    public required string PriceMonthly { get; init; }

    /// <summary>For people.</summary>
    public required string PriceYearly { get; init; }

    public bool Allows(PlanFeature feature) => (Features & feature) == feature;
}

/// <summary>What a plan has or has not.</summary>
[Flags]
internal enum PlanFeature
{
    None = 0,

    /// <summary>WhatsApp and every other channel but the website.</summary>
    Channels = 1,
    Handover = 2,
    LeadEmail = 4,

    /// <summary>Webhooks to the owner's own systems, once there are any.</summary>
    Webhooks = 8,

    /// <summary>Changing the banned words.</summary>
    Security = 16,
    All = Channels | Handover | LeadEmail | Webhooks | Security,
}
