using AiBotKit.Durability.Mails;

namespace AiBotKit.Durability;

/// <summary>Mails that tell of a turn, inside its write: one for each address, or none when the turn is not committed.</summary>
internal static class SqliteMails
{
    public static void Add(WriteSession session, IReadOnlyList<StoredMail> mails)
    {
        foreach (var mail in mails)
        {
            session.Execute(
                "INSERT INTO mails (Id, AccountId, ConversationId, \"To\", Subject, TextProtected, CreatedAt, DueAt, Attempts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)",
                mail.Id,
                mail.AccountId,
                mail.ConversationId,
                mail.To,
                mail.Subject,
                mail.TextProtected,
                mail.CreatedAt,
                mail.DueAt);
        }
    }
}
