using AiBotKit.Durability.Mails;

namespace AiBotKit.Accounts;

/// <summary>What the mails of this feature say. Plain text: a link in it is what it looks like.</summary>
internal static class MailTexts
{
    public static StoredMail Reset(MailOutbox mails, Person person, string link, DateTimeOffset now) => mails.Prepare(
        person.AccountId,
        person.Email,
        "Set a new password for AI Bot Kit",
        $"""
        Hello {person.DisplayName},

        somebody, probably you, asked for a new password. Set it here within an hour; the link works once:

        {link}

        If it was not you, do nothing: your password stays as it is.
        """,
        now);

    public static StoredMail PasswordChanged(MailOutbox mails, Person person, DateTimeOffset now) => mails.Prepare(
        person.AccountId,
        person.Email,
        "Your AI Bot Kit password was changed",
        $"""
        Hello {person.DisplayName},

        your password was changed. You are signed out everywhere else, and the API keys that you made do not work any more.

        If it was not you, set a new password at once: choose "Forgot your password?" on the sign-in page.
        """,
        now);

    /// <param name="email">Where it goes: the new address, or the person's own that is to be proven.</param>
    public static StoredMail EmailProof(MailOutbox mails, Person person, string email, string link, DateTimeOffset now) => mails.Prepare(
        person.AccountId,
        email,
        "Confirm your e-mail for AI Bot Kit",
        $"""
        Hello {OneLine(person.DisplayName)},

        somebody, probably you, wants to sign in to AI Bot Kit with this address. Confirm here within an hour that it is yours; the link works once:

        {link}

        If it was not you, do nothing.
        """,
        now);

    /// <param name="before">The address that counts no more: the mail goes there.</param>
    public static StoredMail EmailChanged(MailOutbox mails, Person person, string before, DateTimeOffset now) => mails.Prepare(
        person.AccountId,
        before,
        "Your AI Bot Kit e-mail was changed",
        $"""
        Hello {OneLine(person.DisplayName)},

        you sign in with another e-mail now, and are signed out everywhere. This address is not used any more.

        If it was not you, talk to the owners of your account at once.
        """,
        now);

    /// <param name="by">Null when an API key did it.</param>
    public static StoredMail SecondFactorTaken(MailOutbox mails, Person person, string? by, DateTimeOffset now) => mails.Prepare(
        person.AccountId,
        person.Email,
        "Your AI Bot Kit second factor was removed",
        $"""
        Hello {OneLine(person.DisplayName)},

        {(by is null ? "your second factor was taken away" : $"{OneLine(by)} took your second factor away")}. You sign in with your password alone until you set up a new one, under Settings, Profile. You are
        signed out everywhere, and the API keys that you made do not work any more.

        If you did not ask for it, set a new password at once and talk to the owners of your account.
        """,
        now);

    /// <param name="isOut">All are used; else four fifths.</param>
    public static StoredMail AiMessages(MailOutbox mails, Person owner, long used, long limit, bool isOut, DateTimeOffset now) => mails.Prepare(
        owner.AccountId,
        owner.Email,
        isOut ? "Your AI messages are used up" : "Most of your AI messages are used",
        isOut
            ? $"""
            Hello {owner.DisplayName},

            all {limit} AI messages of this period are used. Messages of your customers are still received and kept, but the bot does not
            answer them until the next period or a larger plan. People of your team can reply as before.
            """
            : $"""
            Hello {owner.DisplayName},

            {used} of the {limit} AI messages of this period are used. When all are, the bot stops answering until the next period or a larger
            plan; messages of your customers are still received and kept.
            """,
        now);

    /// <param name="inviter">Null when an API key invited.</param>
    public static StoredMail Invitation(MailOutbox mails, Guid accountId, string email, string account, string? inviter, string link, DateTimeOffset now) => mails.Prepare(
        accountId,
        email,
        $"You are invited to {OneLine(account)} on AI Bot Kit",
        $"""
        Hello,

        {(inviter is null ? "you are invited" : $"{OneLine(inviter)} invites you")} to answer customers of {OneLine(account)} together. Choose your name and password here within 7 days; the link works once:

        {link}

        If you do not know what this is about, do nothing.
        """,
        now);

    /// <summary>Names are people's own; one with line ends would write headers or paragraphs of its own.</summary>
    public static string OneLine(string name) => new([.. name.Select(c => char.IsControl(c) ? ' ' : c)]);
}
