namespace AiBotKit.Dashboard.Entry;

/// <summary>The sentences for the error codes that the account handlers put into the address. Unknown codes say nothing of their own.</summary>
internal static class EntryErrors
{
    public static string? Sentence(string? code) => code switch
    {
        null or "" => null,
        "credentials" => "The e-mail or the password is not right.",
        "rate" => "Too many tries. Wait 15 minutes, then try again.",
        "token" => "This set-up link was used already or is older than an hour. Restart the server to get a new one.",
        "password_short" => "The password needs at least 12 characters.",
        "password_long" => "The password may have at most 128 characters.",
        "password_common" => "This password is on lists that attackers try first. Choose another one.",
        "email" => "That does not look like an e-mail address.",
        "name" => "Please give a name: customers see it when you answer in person.",
        "insecure" => "This page came without encryption, so nobody can sign in over it. Open it by https, or set Http:AllowInsecure on a network that you trust.",
        "signed_out" => "You are signed out.",
        "unavailable" => "The server cannot save right now. Nothing was changed; try again in a minute.",
        _ => "That did not work. Please check the fields and try again.",
    };
}
