using AiBotKit.Hosting.Mail;
using AiBotKit.Hosting.Secrets;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Durability.Mails;

/// <summary>
/// Mails on their way. A caller writes the mail in the same write as the act that it tells of, and wakes the sending after the commit; a
/// wake-up that is lost in a crash is made up for by the next start.
/// </summary>
internal sealed class MailOutbox(SecretProtector protector, IMailTransport transport, ReadDb reads)
{
    private const string Kind = "mail";

    /// <summary>Something is to be sent.</summary>
    public event Action? Waiting;

    /// <summary>True when mails leave this server.</summary>
    public bool LeavesTheServer => transport.LeavesTheServer;

    /// <summary>The row to be added inside the write.</summary>
    public StoredMail Prepare(Guid accountId, string to, string subject, string text, DateTimeOffset now, Guid? conversationId = null) => new()
    {
        Id = Guid.CreateVersion7(now),
        AccountId = accountId,
        ConversationId = conversationId,
        To = to,
        Subject = subject,
        TextProtected = protector.Protect(accountId, Kind, text),
        CreatedAt = now,
        DueAt = now,
    };

    /// <summary>After the commit.</summary>
    public void Wake() => Waiting?.Invoke();

    /// <summary>What a kept mail says; null when it is gone or was encrypted under another master key.</summary>
    public string? TextOf(StoredMail mail) => mail.TextProtected is { } text ? protector.Reveal(mail.AccountId, Kind, text) : null;

    /// <summary>The latest mails of the installation, for its operator, the latest first.</summary>
    public async Task<IReadOnlyList<StoredMail>> LatestAsync(int count, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return await db.Set<StoredMail>().OrderByDescending(m => m.CreatedAt).ThenByDescending(m => m.Id).Take(count).ToListAsync(cancellationToken);
    }
}
