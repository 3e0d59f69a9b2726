namespace AiBotKit.Durability;

/// <summary>
/// The 24-hour service window (wire facts section 8): free-form messages are allowed for 24 h after the customer's last message,
/// on the provider's clock. Closed at exactly +24 h and when the customer never wrote.
/// </summary>
internal static class WindowRules
{
    public static readonly TimeSpan Length = TimeSpan.FromHours(24);

    /// <summary>AI replies are not committed in the window's last minute: sending takes time (I6).</summary>
    public static readonly TimeSpan AiMargin = TimeSpan.FromSeconds(60);

    public static bool IsOpen(DateTimeOffset? lastInboundAt, DateTimeOffset now) => lastInboundAt is { } last && now < last + Length;

    public static bool IsOpenForAi(DateTimeOffset? lastInboundAt, DateTimeOffset now) => IsOpen(lastInboundAt, now + AiMargin);

    /// <summary>What is left; zero when closed.</summary>
    public static TimeSpan Left(DateTimeOffset? lastInboundAt, DateTimeOffset now) =>
        lastInboundAt is { } last && last + Length > now ? last + Length - now : TimeSpan.Zero;
}
