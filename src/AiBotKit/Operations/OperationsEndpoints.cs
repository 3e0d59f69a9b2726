using AiBotKit.Accounts;
using AiBotKit.Durability.Audit;
using AiBotKit.Durability.Backups;
using AiBotKit.Durability.Mails;
using AiBotKit.Hosting;
using AiBotKit.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiBotKit.Operations;

/// <summary>What the operator of the installation does with all of it: backups, the release of a restored copy, mails.</summary>
internal static class OperationsEndpoints
{
    public static void MapOperations(this WebApplication app)
    {
        var api = app.MapGroup("/api").WithTags("Operations").RequireAuthorization(SignedIn.Operator);
        api.MapPost("/backups", BackUpAsync).WithName("MakeBackup").WithSummary("Makes a backup while the server runs; 201 when the copy is checked and on disk.");
        api.MapGet("/backups/{name}", DownloadAsync).WithName("DownloadBackup").WithSummary("A backup's file.").Produces<Stream>(StatusCodes.Status200OK, "application/octet-stream");
        api.MapGet("/quarantine", Show).WithName("ReadQuarantine").WithSummary("Whether this installation is a restored copy that sends nothing yet.");
        api.MapPost("/quarantine/release", ReleaseAsync).WithName("ReleaseQuarantine").WithSummary("Lets a restored copy send.").ProducesProblem(StatusCodes.Status409Conflict);
        api.MapGet("/mails", MailsAsync).WithName("ListMails").WithSummary("The latest mails. Without a mail server their texts are here, and nowhere else.");
    }

    private static async Task<Ok<MailList>> MailsAsync(MailOutbox mails, CancellationToken cancellationToken) =>
        TypedResults.Ok(new MailList([.. (await mails.LatestAsync(100, cancellationToken)).Select(m => new MailItem(m.Id, m.To, m.Subject, m.CreatedAt, m.SentAt, m.Attempts, m.Problem, mails.TextOf(m)))]));

    /// <summary>201 when the copy is checked and on disk.</summary>
    private static async Task<Created<BackupItem>> BackUpAsync(MakeBackup backup, HttpContext context, CancellationToken cancellationToken)
    {
        var made = await backup.RunAsync(context.User.AccountId(), context.Actor(), cancellationToken);
        return TypedResults.Created($"/api/backups/{made.Name}", made);
    }

    /// <summary>Everything leaves the server by this route, so it is recorded before the first byte does.</summary>
    private static async Task<Results<PhysicalFileHttpResult, NotFound>> DownloadAsync(string name, MakeBackup backup, IDataWriter writer, TimeProvider time, HttpContext context)
    {
        if (backup.Find(name) is not { } file)
        {
            return TypedResults.NotFound();
        }

        var (note, now) = (new AuditNote(context.User.AccountId(), context.Actor(), AuditActs.BackupDownloaded, "backup", name), time.GetUtcNow());
        await writer.SaveAsync(db => AuditTrail.Append(db, note, now));
        return TypedResults.PhysicalFile(file, "application/octet-stream", name);
    }

    private static Ok<QuarantineState> Show(Quarantine quarantine) => TypedResults.Ok(new QuarantineState(quarantine.Since is not null, quarantine.Since));

    private static async Task<Results<Ok<QuarantineState>, ProblemHttpResult>> ReleaseAsync(Quarantine quarantine, HttpContext context) =>
        await quarantine.ReleaseAsync(context.User.AccountId(), context.Actor())
            ? TypedResults.Ok(new QuarantineState(false, null))
            : TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status409Conflict, "not_quarantined", "This installation is not in quarantine."));

    internal sealed record MailList(IReadOnlyList<MailItem> Items);

    /// <param name="SentAt">When a mail server took it; null while it waits, is kept, or was given up.</param>
    /// <param name="Problem">What the mail server said at the last try.</param>
    /// <param name="Text">Null once a mail server has taken it.</param>
    internal sealed record MailItem(Guid Id, string To, string Subject, DateTimeOffset CreatedAt, DateTimeOffset? SentAt, int Attempts, string? Problem, string? Text);

    /// <summary>Whether sending is held back, and since which snapshot.</summary>
    internal sealed record QuarantineState(bool Quarantined, DateTimeOffset? SnapshotAt);
}
