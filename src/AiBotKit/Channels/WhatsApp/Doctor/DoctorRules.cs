using AiBotKit.Channels.WhatsApp.Onboarding;

namespace AiBotKit.Channels.WhatsApp.Doctor;

/// <summary>How a check came out.</summary>
internal enum CheckResult
{
    Good,

    /// <summary>Nothing is known yet, or the provider does not say; nothing is wrong.</summary>
    Idle,

    /// <summary>Works, and deserves a look.</summary>
    Soon,

    Bad,
}

/// <summary>One line of the doctor.</summary>
/// <param name="Name">Stable, for the API: <c>key</c>, <c>number</c>, <c>webhook</c>, <c>test_event</c>, <c>signature</c>, <c>last_event</c>, <c>last_send</c>, <c>quality</c>, <c>throughput</c>.</param>
/// <param name="Finding">What is the case, in plain words.</param>
/// <param name="Fix">How to put it right; null when nothing is wrong.</param>
/// <param name="At">When it was last so; null when it was looked at just now.</param>
internal sealed record DoctorCheck(string Name, string Title, CheckResult Result, string Finding, string? Fix = null, DateTimeOffset? At = null);

/// <summary>What a look at a connection and at its provider found.</summary>
/// <param name="KeyProblem">Null: the provider accepts the key.</param>
/// <param name="IsReachable">False: the provider did not answer, so nothing is known of the key.</param>
/// <param name="OwnsNumber">Null: not known.</param>
/// <param name="Expected">Our callback address for this number; null: the provider cannot reach this server.</param>
/// <param name="Registered">The address that the provider has; null: none, or it does not say.</param>
/// <param name="SaysWebhook">False: the provider did not tell what is registered.</param>
/// <param name="HasOwnSecret">Callbacks are signed with a secret of this number.</param>
/// <param name="HasInstallationSecret"><c>WhatsApp:CallbackSecret</c> is set.</param>
/// <param name="HeaderRequired">The second lock, the echoed header, is on.</param>
/// <param name="BrokenReason">What the last send was refused with.</param>
/// <param name="Subscribed">An app is subscribed to the WhatsApp Business Account; null: the provider does not say.</param>
/// <param name="AccountProblem">The provider knows the key and refuses the account: locked, no payment method, a permission that is missing.</param>
/// <param name="AccountTodo">What to do about it.</param>
/// <param name="Refused">Callbacks that claim to be of this number and were refused since the server has started.</param>
/// <param name="Quality">GREEN, YELLOW, RED as the provider rates the number; null: it does not say.</param>
internal sealed record DoctorFacts(
    string Provider,
    bool IsReachable,
    string? KeyProblem,
    bool? OwnsNumber,
    Uri? Expected,
    Uri? Registered,
    bool SaysWebhook,
    LoopState Loop,
    DateTimeOffset? TestArrivedAt,
    bool HasOwnSecret,
    bool HasInstallationSecret,
    bool HeaderRequired,
    DateTimeOffset? LastWebhookAt,
    DateTimeOffset? LastSendAt,
    string? BrokenReason,
    string? Quality,
    string? Throughput,
    int MessagesPerSecond,
    bool? Subscribed = null,
    string? AccountProblem = null,
    string? AccountTodo = null,
    long Refused = 0,
    DateTimeOffset? RefusedAt = null);

/// <summary>The ten checks of a connection (pains 46): each says what it found and how to put it right. Pure.</summary>
internal static class DoctorRules
{
    private static readonly TimeSpan Quiet = TimeSpan.FromDays(3);

    public static IReadOnlyList<DoctorCheck> Checks(DoctorFacts facts, DateTimeOffset now) =>
    [
        Key(facts), Number(facts), Webhook(facts), Subscription(facts), TestEvent(facts), Signature(facts), LastEvent(facts, now), LastSend(facts), Quality(facts), Throughput(facts),
    ];

    private static DoctorCheck Key(DoctorFacts facts)
    {
        var check = new DoctorCheck("key", "Key", CheckResult.Good, $"{facts.Provider} accepts our key.");
        return facts switch
        {
            { IsReachable: false } => check with { Result = CheckResult.Soon, Finding = $"{facts.Provider} did not answer just now.", Fix = "Wait a minute and check again. Messages are safe meanwhile." },
            { KeyProblem: { } problem } => check with { Result = CheckResult.Bad, Finding = $"{facts.Provider} does not accept our key. {problem}".TrimEnd(), Fix = "Copy the key again from the provider's page and give it here under \"New key\"; what waits is then sent." },
            { AccountProblem: { } problem } => check with { Result = CheckResult.Bad, Finding = problem, Fix = facts.AccountTodo ?? "Look at the account at the provider, or ask there. The key need not be changed." },
            _ => check,
        };
    }

    private static DoctorCheck Number(DoctorFacts facts)
    {
        var check = new DoctorCheck("number", "Number", CheckResult.Good, "The key owns this number.");
        return facts.OwnsNumber switch
        {
            true => check,
            false => check with { Result = CheckResult.Bad, Finding = "The key works, but does not own this number any more.", Fix = "The number was moved or deleted. If you moved it, connect it again: the conversations go on. If not, ask the provider." },
            null => check with { Result = CheckResult.Idle, Finding = "Not known until the key is accepted." },
        };
    }

    private static DoctorCheck Webhook(DoctorFacts facts)
    {
        var check = new DoctorCheck("webhook", "Callback address", CheckResult.Good, "The provider delivers to this server.");
        return facts switch
        {
            { Expected: null } => check with { Result = CheckResult.Bad, Finding = "The provider cannot reach this server: it has no https address.", Fix = "Put a reverse proxy with a certificate in front of it and set PublicUrl to its https address (docs/operations.md), then register the address again." },
            { SaysWebhook: false } => check with { Result = CheckResult.Idle, Finding = "The provider does not say where it delivers to." },
            { Registered: null } => check with { Result = CheckResult.Bad, Finding = "No callback address is registered at the provider.", Fix = "Register it again." },
            { Registered: { } there, Expected: { } ours } when there.GetLeftPart(UriPartial.Path) != ours.GetLeftPart(UriPartial.Path) =>
                check with { Result = CheckResult.Bad, Finding = $"The provider delivers to {there.GetLeftPart(UriPartial.Path)}.", Fix = $"Register {ours.GetLeftPart(UriPartial.Path)} again. If the other address is another program of yours, only one of the two gets the messages." },
            { Registered: { } there, Expected: { } ours } when there.Query != ours.Query =>
                check with { Result = CheckResult.Soon, Finding = "The provider delivers here, to an address of an earlier connection.", Fix = "Register it again, so that callbacks are checked with this number's own secret." },
            _ => check,
        };
    }

    private static DoctorCheck Subscription(DoctorFacts facts)
    {
        var check = new DoctorCheck("subscription", "Subscription", CheckResult.Good, "The app is subscribed to the WhatsApp Business Account.");
        return facts.Subscribed switch
        {
            true => check,
            false => check with { Result = CheckResult.Bad, Finding = "No app is subscribed to the WhatsApp Business Account, so WhatsApp delivers nothing.", Fix = "Register the address again: that subscribes the app as well." },
            null => check with { Result = CheckResult.Idle, Finding = "The provider does not say whether the app is subscribed to the account." },
        };
    }

    private static DoctorCheck TestEvent(DoctorFacts facts)
    {
        var check = new DoctorCheck("test_event", "Test event", CheckResult.Good, "We received our own test event.", At: facts.TestArrivedAt);
        return facts.Loop switch
        {
            LoopState.Proved => check,
            LoopState.SeenByTraffic => check with { Finding = "The provider sends no test events; real messages arrive.", At = facts.LastWebhookAt },
            LoopState.Asked => check with { Result = CheckResult.Bad, Finding = "We asked for a test event, and it is not back.", Fix = "If this stays, the provider cannot reach this server, or signs with another secret: look at the lines above and below." },
            LoopState.Unknown => check with { Result = CheckResult.Idle, Finding = "The provider sends no test events. The first message will show that the way works.", Fix = "Write a message to the number from your own phone." },
            _ => check with { Result = CheckResult.Soon, Finding = "The provider could not be asked for a test event.", Fix = "Check again in a minute." },
        };
    }

    private static DoctorCheck Signature(DoctorFacts facts)
    {
        var check = new DoctorCheck("signature", "Signature", CheckResult.Good, facts.HeaderRequired ? "Callbacks are signed for this number and carry its header." : facts.HasOwnSecret ? "Callbacks are signed with a secret of this number." : "Callbacks are signed with the secret of this installation.");
        return facts switch
        {
            { HasOwnSecret: false, HasInstallationSecret: false } => check with { Result = CheckResult.Bad, Finding = "There is no secret to check callbacks with, so all are refused.", Fix = "Give the app secret of your Meta app under \"Callback secret\", or have the operator set WhatsApp:CallbackSecret." },
            { RefusedAt: { } refused } when refused > Accepted(facts) => check with
            {
                Result = CheckResult.Bad,
                Finding = $"The last callback for this number was refused, because it is not signed with the secret that we know. {(facts.Refused == 1 ? "1 was" : $"{facts.Refused} were")} refused since this server has started.",
                Fix = facts.Provider == "Meta"
                    ? "Give the app secret of your Meta app under \"Callback secret\". If strangers send these, nothing gets through, and the next genuine message clears this line."
                    : "Register the address again, which tells the provider the secret. If strangers send these, nothing gets through, and the next genuine message clears this line.",
                At = refused,
            },
            { LastWebhookAt: null, Loop: not LoopState.Proved } => check with { Result = CheckResult.Idle, Finding = "No callback has come yet that could be checked." },
            _ => check with { At = facts.LastWebhookAt },
        };
    }

    /// <summary>When a callback was last accepted; the time of the last event is kept to the second.</summary>
    private static DateTimeOffset Accepted(DoctorFacts facts) =>
        (facts.LastWebhookAt is { } heard && heard + TimeSpan.FromSeconds(1) is var kept && kept > (facts.TestArrivedAt ?? DateTimeOffset.MinValue) ? kept : facts.TestArrivedAt) ?? DateTimeOffset.MinValue;

    private static DoctorCheck LastEvent(DoctorFacts facts, DateTimeOffset now)
    {
        var check = new DoctorCheck("last_event", "Last event", CheckResult.Good, "Events arrive.", At: facts.LastWebhookAt);
        return facts.LastWebhookAt switch
        {
            null => check with { Result = CheckResult.Idle, Finding = "Nothing has come from the provider yet.", Fix = "Write a message to the number from your own phone." },
            { } last when now - last > Quiet => check with { Result = CheckResult.Soon, Finding = "Nothing has come for days.", Fix = "If customers do write, register the callback address again. If it was just quiet, all is well." },
            _ => check,
        };
    }

    private static DoctorCheck LastSend(DoctorFacts facts)
    {
        var check = new DoctorCheck("last_send", "Last reply", CheckResult.Good, "Replies go out.", At: facts.LastSendAt);
        return facts switch
        {
            { BrokenReason: { } reason } => check with { Result = CheckResult.Bad, Finding = reason, Fix = "When that is put right, what waits is sent by itself." },
            { LastSendAt: null } => check with { Result = CheckResult.Idle, Finding = "Nothing was sent yet." },
            _ => check,
        };
    }

    private static DoctorCheck Quality(DoctorFacts facts)
    {
        var check = new DoctorCheck("quality", "Quality", CheckResult.Good, "WhatsApp rates the quality of this number as high.");
        return facts.Quality?.ToUpperInvariant() switch
        {
            "GREEN" => check,
            "YELLOW" => check with { Result = CheckResult.Soon, Finding = "WhatsApp rates the quality of this number as medium.", Fix = "Some people blocked or reported it. Write only to those who wrote to you, and answer what they asked." },
            "RED" => check with { Result = CheckResult.Bad, Finding = "WhatsApp rates the quality of this number as low and may limit it.", Fix = "Many people blocked or reported it. Stop what they did not ask for; the rating covers the last 7 days and recovers." },
            _ => check with { Result = CheckResult.Idle, Finding = "The provider does not say how WhatsApp rates this number." },
        };
    }

    private static DoctorCheck Throughput(DoctorFacts facts)
    {
        var check = new DoctorCheck("throughput", "Throughput", CheckResult.Good, $"At most {facts.MessagesPerSecond} messages a second are sent.");
        return facts.Throughput?.ToUpperInvariant() switch
        {
            null => check with { Result = CheckResult.Idle, Finding = $"The provider does not say its limit; we send at most {facts.MessagesPerSecond} messages a second." },
            "HIGH" when facts.MessagesPerSecond <= 80 => check with { Finding = $"WhatsApp allows more than the {facts.MessagesPerSecond} messages a second that we send." },
            "NOT_APPLICABLE" => check with { Result = CheckResult.Soon, Finding = "The number cannot send at present.", Fix = "Look at its state in WhatsApp Manager." },
            _ => check,
        };
    }
}
