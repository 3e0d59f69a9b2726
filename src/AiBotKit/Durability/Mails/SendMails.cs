using AiBotKit.Hosting.Mail;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Durability.Mails;

/// <summary>Sends stored mails, oldest first, and again what was not taken; removes those whose time is over.</summary>
internal sealed partial class SendMails(MailOutbox outbox, IMailTransport transport, ReadDb reads, IDataWriter writer, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<SendMails> logger) : BackgroundService
{
    private const int AtOnce = 20;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30);

    private readonly AsyncSignal _wake = new();

    /// <summary>One round over what is due now.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        List<StoredMail> due;
        bool anyOld;
        await using (var db = reads.Open())
        {
            due = await db.Set<StoredMail>().Where(m => m.DueAt != null && m.DueAt <= now).OrderBy(m => m.DueAt).Take(AtOnce).ToListAsync(cancellationToken);
            anyOld = await db.Set<StoredMail>().AnyAsync(m => m.CreatedAt < now - MailRules.Kept, cancellationToken);
        }

        foreach (var mail in due)
        {
            await SendAsync(mail, cancellationToken);
        }

        if (anyOld)
        {
            await writer.SaveAsync(db => db.RemoveRange(db.Set<StoredMail>().Where(m => m.CreatedAt < now - MailRules.Kept).OrderBy(m => m.CreatedAt).Take(500).ToList()));
        }

        if (due.Count == AtOnce)
        {
            _wake.Set();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        outbox.Waiting += _wake.Set;
        using var timer = time.CreateTimer(_ => _wake.Set(), null, Look, Look);
        // What a crash left waiting: once the server listens, so that no start waits for it.
        using var started = lifetime.ApplicationStarted.Register(_wake.Set);
        try
        {
            while (true)
            {
                await _wake.WaitAsync(stoppingToken);
                try
                {
                    await RunOnceAsync(stoppingToken);
                }
                catch (StoreUnavailableException)
                {
                    LogStoreUnavailable();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops; what is due is sent after the next start.
        }
        finally
        {
            outbox.Waiting -= _wake.Set;
        }
    }

    private async Task SendAsync(StoredMail mail, CancellationToken cancellationToken)
    {
        var (problem, isFinal) = ((string?)null, false);
        if (outbox.TextOf(mail) is { } text)
        {
            try
            {
                await transport.SendAsync(new OutgoingMail(mail.Id, mail.To, mail.Subject, text, mail.CreatedAt), cancellationToken);
            }
            catch (MailRefusedException refusal)
            {
                (problem, isFinal) = (refusal.Message, refusal.IsFinal);
            }
        }
        else
        {
            (problem, isFinal) = ("It was encrypted under another master key.", true);
        }

        var now = time.GetUtcNow();
        var attempts = mail.Attempts + 1;
        var next = problem is null ? null : MailRules.NextTry(attempts, isFinal, now);
        await writer.SaveAsync(db =>
        {
            var row = db.Set<StoredMail>().AsTracking().First(m => m.Id == mail.Id);
            (row.Attempts, row.Problem, row.DueAt) = (attempts, problem, next);
            if (problem is null)
            {
                row.SentAt = transport.LeavesTheServer ? now : null;
            }

            if (next is null && (problem is not null || transport.LeavesTheServer))
            {
                row.TextProtected = null;
            }
        });
        if (problem is not null)
        {
            LogNotTaken(mail.Id, attempts, problem, next is null ? "given up" : "tried again later");
        }
        else if (!transport.LeavesTheServer)
        {
            LogKept(mail.Id);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mail {Mail} was not sent (try {Attempt}): {Problem} It is {Outcome}")]
    private partial void LogNotTaken(Guid mail, int attempt, string problem, string outcome);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mail {Mail} waits at /settings/mail, because no mail server is set (Mail:Host)")]
    private partial void LogKept(Guid mail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store cannot save: mails wait")]
    private partial void LogStoreUnavailable();
}
