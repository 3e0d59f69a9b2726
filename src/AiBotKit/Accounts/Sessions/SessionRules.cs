namespace AiBotKit.Accounts.Sessions;

/// <summary>How long a session lives (S-A8). Pure.</summary>
internal static class SessionRules
{
    /// <summary>A request writes "last seen" when the one before is at least this old.</summary>
    public static readonly TimeSpan SeenStep = TimeSpan.FromMinutes(5);

    public static bool IsLive(DateTimeOffset createdAt, DateTimeOffset lastSeenAt, DateTimeOffset now, AccountsOptions options) => now < EndsAt(createdAt, lastSeenAt, options);

    /// <summary>When it ends if nobody comes back.</summary>
    public static DateTimeOffset EndsAt(DateTimeOffset createdAt, DateTimeOffset lastSeenAt, AccountsOptions options)
    {
        var (idle, absolute) = (lastSeenAt + options.SessionIdle, createdAt + options.SessionLife);
        return idle < absolute ? idle : absolute;
    }

    public static bool MustNote(DateTimeOffset lastSeenAt, DateTimeOffset now) => now - lastSeenAt >= SeenStep;

    /// <summary>A browser's name for itself in few words, for the list.</summary>
    public static string Words(string? agent)
    {
        if (string.IsNullOrEmpty(agent))
        {
            return "Unknown browser";
        }

        // Order matters: almost every browser also claims to be an older one.
        var browser = First(agent, ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("CriOS/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"));
        var system = First(agent, ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Macintosh", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"));
        return (browser, system) switch
        {
            (null, null) => "Unknown browser",
            (null, _) => system,
            (_, null) => browser,
            _ => $"{browser} on {system}",
        };
    }

    private static string? First(string agent, params ReadOnlySpan<(string Mark, string Name)> names)
    {
        foreach (var (mark, name) in names)
        {
            if (agent.Contains(mark, StringComparison.Ordinal))
            {
                return name;
            }
        }

        return null;
    }
}
