namespace AiBotKit.Channels.WhatsApp.Onboarding;

/// <summary>What stands in the way of moving a number here, in plain words.</summary>
/// <param name="Code">Meta's; null when the number is known to be elsewhere and nothing more.</param>
/// <param name="Step">The step of <see cref="MigrationRules.Steps"/> that it belongs to.</param>
/// <param name="Cause">What is the case.</param>
/// <param name="Todo">What to do, and where.</param>
internal sealed record MigrationAdvice(int? Code, int Step, string Cause, string Todo);

/// <summary>A number that is at another provider: the steps of its move and the errors on the way (wire facts 10.3).</summary>
internal static class MigrationRules
{
    /// <summary>What has to be true before Meta moves a number, in the order in which to do it.</summary>
    public static readonly (string Title, string Todo)[] Steps =
    [
        ("Switch off the two-step PIN", "In WhatsApp Manager of the business that has the number now: Phone numbers, the number, Two-step verification, Turn off. If your present provider keeps it, ask them to switch it off; they must not refuse."),
        ("Have business and name in order", "Your own Meta business must be verified, its WhatsApp account approved and with a payment method, and the display name of the number approved with no change pending."),
        ("Sign up with the same number", "The number gets new ids here and moves at once, with no gap in messages. Its name, quality, limits and badge come along; templates come along when they are approved and green. Your old provider keeps the messages it has stored."),
        ("Check that messages arrive", "We ask for a test event and then wait for the first message. Conversations that this bot had with the number go on in the same threads."),
    ];

    /// <summary>The advice for an error of the move; null when the code is none of these.</summary>
    public static MigrationAdvice? Of(int? code) => code switch
    {
        2388001 => new(code, 0, "The number still has a two-step PIN.", Steps[0].Todo),
        2388012 => new(code, 2, "The number is registered in your WhatsApp account already.", "It need not be moved. Pick it from the list in the sign-up, or connect it by its API key."),
        2388091 or 2388093 => new(code, 1, "WhatsApp does not let this number be moved now.", "Look at the number in WhatsApp Manager: a move needs a verified business and a number that is neither blocked nor waiting for a name. Then check again."),
        2388103 => new(code, 1, "The business or its WhatsApp account is not ready for the move.", "Check in WhatsApp Manager that the business is verified, the account is approved with a payment method, and the display name is approved with no change pending."),
        133005 => new(code, 0, "The two-step PIN that was given is wrong.", "Switch the PIN off in WhatsApp Manager, or set a new one there; then check again."),
        133006 => new(code, 2, "The number has to be verified again.", "Go through the sign-up once more and enter the code that WhatsApp sends by text message or call."),
        133008 or 133009 => new(code, 0, "The two-step PIN was tried too often.", "Wait until WhatsApp accepts it again, which takes minutes to hours, or switch the PIN off; then check again."),
        133010 => new(code, 2, "The number is not registered with the WhatsApp Business Platform.", "Go through the sign-up once more with this number. One that is still in the WhatsApp app must be deleted there first; that takes about 3 minutes."),
        133015 => new(code, 2, "The number was deleted a moment ago, and that is not finished.", "Wait 5 minutes, then check again."),
        133016 => new(code, 2, "The number was registered too often.", "WhatsApp takes it again after at most 72 hours. Until then it stays where it is."),
        _ => null,
    };

    /// <summary>The number is at another provider; nothing more is known.</summary>
    public static MigrationAdvice Elsewhere { get; } = new(null, 0, "The number is in use at another provider.", "It can be moved here. Go through the steps below; your customers notice nothing.");
}
