using AiBotKit.Channels.WhatsApp.Onboarding;

namespace AiBotKit.Dashboard.Connect;

/// <summary>Where a sign-up stands for the person in front of it.</summary>
internal enum SignupPhase
{
    Opening,

    /// <summary>It could not be opened.</summary>
    Refused,

    /// <summary>The provider's page is shown.</summary>
    Frame,

    /// <summary>The server exchanges and proves.</summary>
    Connecting,

    /// <summary>Connected; our test event is under way.</summary>
    Testing,
    Done,
    Cancelled,
    Failed,
    Migration,
    Expired,
}

/// <summary>What a message of the provider's page means.</summary>
/// <param name="Step">0 sign in, 1 pick a number, 2 approve; null: it does not say.</param>
internal sealed record SignupEvent(SignupPhase Phase, int? Step, string? Words, MigrationAdvice? Migration);

/// <summary>Reads the messages of the sign-up page: Pinnacle's and Meta's (wire facts 1.3 and 10.1). They come from a browser and decide nothing but what is shown. Pure.</summary>
internal static class SignupEvents
{
    /// <returns>Null: a message that changes nothing.</returns>
    public static SignupEvent? Read(string? name, string? step, string? code, string? words)
    {
        var at = StepOf(step);
        return name switch
        {
            "STEP" => new(SignupPhase.Frame, at, null, null),
            "FINISH" or "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING" => new(SignupPhase.Connecting, 3, null, null),
            "FINISH_ONLY_WABA" => new(SignupPhase.Failed, 1, "The sign-up made a WhatsApp account, but no number was chosen. Start it again and pick a number.", null),
            "MIGRATION_REQUIRED" => new(SignupPhase.Migration, 1, null, MigrationRules.Of(Number(code)) ?? MigrationRules.Elsewhere),
            "CANCEL" or "ERROR" when MigrationRules.Of(Number(code)) is { } advice => new(SignupPhase.Migration, at, null, advice),
            "ERROR" => new(SignupPhase.Failed, at, Failure(words ?? "The provider's page reports an error.", code), null),
            "CANCEL" when words is not null => new(SignupPhase.Failed, at, Failure(words, code), null),
            "CANCEL" => new(SignupPhase.Cancelled, at, CancelledAt(step), null),
            _ => null,
        };
    }

    private static int? StepOf(string? step) => step switch
    {
        "BUSINESS_ACCOUNT_SELECTION" => 0,
        "WABA_PHONE_PROFILE_PICKER" or "WHATSAPP_BUSINESS_PROFILE_SETUP" or "PHONE_NUMBER_SETUP" or "PHONE_NUMBER_VERIFICATION" => 1,
        "PERMISSIONS" => 2,
        _ => null,
    };

    /// <summary>The page's own words, and what to do.</summary>
    private static string Failure(string words, string? code) =>
        $"{words.TrimEnd()}{(words.TrimEnd() is [.., '.' or '!' or '?'] ? "" : ".")} Start it again. If it stays, tell the provider{(Number(code) is { } number ? $" its error number, {number}" : " what it says here")}; or connect the number by its API key.";

    private static string CancelledAt(string? step) => step switch
    {
        "BUSINESS_ACCOUNT_SELECTION" => "You left it while signing in. If you have no Meta Business account yet, the first step makes one with you.",
        "WABA_PHONE_PROFILE_PICKER" => "You left it while picking a number. A number that you use elsewhere can be picked too: we guide you through its move.",
        "WHATSAPP_BUSINESS_PROFILE_SETUP" => "You left it while filling in the business profile. The name that customers see is asked for there.",
        "PHONE_NUMBER_SETUP" => "You left it while adding a number. It must be able to take a text message or a call.",
        "PHONE_NUMBER_VERIFICATION" => "You left it before the number was verified. WhatsApp sends a code by text message or call; a number that is still in the WhatsApp app must be deleted there first.",
        "PERMISSIONS" => "You left it at the permissions. Without them no message can be sent or received.",
        _ => "You closed it before it was finished.",
    };

    private static int? Number(string? code) => int.TryParse(code, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
}
