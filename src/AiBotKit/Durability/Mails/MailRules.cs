namespace AiBotKit.Durability.Mails;

/// <summary>When a mail is tried again, and how long it is kept. Pure.</summary>
internal static class MailRules
{
    /// <summary>Tries before a mail is given up: the last one comes about 11 hours after the first.</summary>
    public const int Tries = 10;

    /// <summary>Links in mails live for at most 7 days, so nobody needs one longer.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    /// <summary>When to try after <paramref name="attempts"/> failures: 1, 2, 4… minutes, at most 4 hours apart; null to give up.</summary>
    public static DateTimeOffset? NextTry(int attempts, bool isFinal, DateTimeOffset now) =>
        isFinal || attempts >= Tries ? null : now + TimeSpan.FromMinutes(Math.Min(Math.Pow(2, attempts - 1), 240));
}
