using AiBotKit.Hosting.Configuration;

namespace AiBotKit.Conversations;

/// <summary>Settings <c>Conversations:*</c>.</summary>
internal sealed class ConversationsOptions
{
    /// <summary>Longest wait after the customer's last bubble, in milliseconds, 0 to 10,000.</summary>
    public int QuietWindowMs { get; set; } = 1500;

    /// <summary>Longest wait from the first unanswered message, in milliseconds, 0 to 60,000.</summary>
    public int QuietWindowCapMs { get; set; } = 8000;

    /// <summary>Messages older than this by the provider's clock are left to people, in minutes, 1 to 1,440.</summary>
    public int StaleAfterMinutes { get; set; } = 60;

    /// <summary>AI replies to one customer in 10 minutes after which AI replies are switched off, at most 25; 0 switches the guard off.</summary>
    public int LoopGuardTurns { get; set; } = 20;

    public QuietWindow Quiet => new(TimeSpan.FromMilliseconds(QuietWindowMs), TimeSpan.FromMilliseconds(QuietWindowCapMs));

    public TimeSpan StaleAfter => TimeSpan.FromMinutes(StaleAfterMinutes);

    public static ConversationsOptions Read(SettingsReader settings)
    {
        var options = new ConversationsOptions
        {
            QuietWindowMs = settings.Whole("Conversations:QuietWindowMs", 1500, 0, 10_000),
            QuietWindowCapMs = settings.Whole("Conversations:QuietWindowCapMs", 8000, 0, 60_000),
            StaleAfterMinutes = settings.Whole("Conversations:StaleAfterMinutes", 60, 1, 1440),
            LoopGuardTurns = settings.Whole("Conversations:LoopGuardTurns", 20, 0, 25),
        };
        if (options.QuietWindowCapMs < options.QuietWindowMs)
        {
            settings.Refuse("Conversations:QuietWindowCapMs", "at least Conversations:QuietWindowMs");
        }

        settings.RefuseUnknown("Conversations");
        return options;
    }
}
