namespace AiBotKit.Dashboard.Entry;

/// <summary>The sentences for the error codes that the account handlers put into the address. Unknown codes say nothing of their own.</summary>
internal static class EntryErrors
{
    public static string? Sentence(string? code) => code switch
    {
        null or "" => null,
        "invalid" or "credentials" => "The e-mail or the password is not right.",
        "rate" or "too_many" => "Too many tries. Wait 15 minutes, then try again.",
        "token" or "setup_token" => "This set-up link was used already or is older than an hour. Restart the server to get a new one.",
        "password_short" => "The password needs at least 12 characters.",
        "password_long" => "The password may have at most 128 characters.",
        "password_common" => "This password is on lists that attackers try first. Choose another one.",
        "email" => "That does not look like an e-mail address.",
        "name" => "Please give a name: customers see it when you answer in person.",
        "signed_out" => "You are signed out.",
        "unavailable" => "The server cannot save right now. Nothing was changed; try again in a minute.",
        _ => "That did not work. Please check the fields and try again.",
    };
}
