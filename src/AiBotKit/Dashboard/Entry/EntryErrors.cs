namespace AiBotKit.Dashboard.Entry;

/// <summary>The sentences for the codes that the account handlers put into the address. Unknown codes say nothing of their own.</summary>
internal static class EntryErrors
{
    /// <summary>Codes that tell of something done.</summary>
    public static bool IsGood(string? code) => code is "signed_out" or "mail_sent" or "password_set" or "email_changed" or "email_proven";

    public static string? Sentence(string? code) => code switch
    {
        null or "" => null,
        "credentials" => "The e-mail or the password is not right.",
        "rate" => "Too many tries. Wait 15 minutes, then try again.",
        "token" => "This set-up link was used already or is older than an hour. Restart the server to get a new one.",
        "reset_token" => "This link was used already, is older than an hour, or a newer one was sent. Ask for another.",
        "invitation" => "This invitation was used already, was taken back, or is older than 7 days. Ask for another.",
        "email_token" => "This link was used already, is older than an hour, or a newer one was sent. Ask for another under Settings.",
        "email_changed" => "This is your e-mail now. Sign in with it.",
        "email_proven" => "Thank you: this e-mail is yours.",
        "pending" => "That took too long, or the code was wrong five times. Sign in again.",
        "code" => "This code is not right, or was used already. Wait for the next one.",
        "offer" => "This page was open for too long. Scan the new code.",
        "already" => "A second factor is set up already.",
        "closed" => "Nobody can sign up here by themselves. Ask an owner for an invitation.",
        "business" => "Please give the name of your business, at most 80 characters.",
        "email_taken" => "This e-mail cannot be used: it belongs to an account already. Sign in, or set a new password.",
        "password_short" => "The password needs at least 12 characters.",
        "password_long" => "The password may have at most 128 characters.",
        "password_common" => "This password is on lists that attackers try first. Choose another one.",
        "email" => "That does not look like an e-mail address.",
        "name" => "Please give a name: customers see it when you answer in person.",
        "insecure" => "This page came without encryption, so nobody can sign in over it. Open it by https; behind a proxy set Http:KnownProxies to its address, and let it send X-Forwarded-For and X-Forwarded-Proto. On a network that you trust set Http:AllowInsecure.",
        "signed_out" => "You are signed out.",
        "mail_sent" => "If somebody here has this e-mail, a mail with a link is on its way. The link works once, for one hour.",
        "password_set" => "The new password is set. Sign in with it.",
        "unavailable" => "The server cannot save right now. Nothing was changed; try again in a minute.",
        _ => "That did not work. Please check the fields and try again.",
    };
}
