using AiBotKit.Dashboard.Entry;

namespace AiBotKit.Dashboard.Settings;

/// <summary>The sentences for the codes of the settings' use cases; what the pages before the dashboard say too is said the same way.</summary>
internal static class SettingsWords
{
    public static string? Sentence(string? code) => code switch
    {
        null => null,
        "credentials" => "The password is not right.",
        "changed" => "Somebody changed this at the same moment. Look again, then decide.",
        "not_found" => "It is not here any more.",
        "last_owner" => "An account needs an owner. Make somebody else an owner first.",
        "first_owner" => "This person runs the installation and stays an owner.",
        "own_second_factor" => "Remove your own second factor under Profile, with your password.",
        "same" => "This is your e-mail already.",
        "already_member" => "Somebody of this account has that e-mail already.",
        "too_many_invitations" => "Too many invitations are open. Take one back first.",
        "too_many_keys" => "An account has at most 50 API keys. Revoke one first.",
        "expires" => "The end must lie in the future.",
        "second_factor_missing" => "Set up your own second factor first, under Profile.",
        _ => EntryErrors.Sentence(code),
    };

    /// <summary>A role as people read it.</summary>
    public static string Role(string role) => role == AiBotKit.Accounts.SignedIn.Owner ? "Owner" : "Agent";
}
