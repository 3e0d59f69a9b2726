using AiBotKit.Durability.Audit;
using AiBotKit.Hosting.Paging;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts;

/// <summary>The audit trail of an account, the latest first.</summary>
internal sealed class ListAudit(ReadDb reads)
{
    public async Task<Page<AuditItem>> RunAsync(Guid accountId, PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var rows = await db.Set<AuditEntry>().Where(a => a.AccountId == accountId).Paged(page, a => a.At, a => a.Id).ToListAsync(cancellationToken);
        return page.Cut(rows, a => a.At).Select(a => new AuditItem(a.Id, a.At, a.Act, KindName(a.By), a.ById, a.ByName, a.Address, a.About, a.AboutId, a.Detail));
    }

    private static string KindName(ActorKind kind) => kind switch
    {
        ActorKind.Person => "person",
        ActorKind.ApiKey => "api_key",
        _ => "system",
    };
}

/// <summary>One line of the audit trail as the REST API shows it.</summary>
/// <param name="Act">What was done: a fixed word.</param>
/// <param name="By"><c>person</c>, <c>api_key</c> or <c>system</c>.</param>
/// <param name="ByName">The person's name at that time.</param>
/// <param name="Address">Where the request came from; null for the system.</param>
/// <param name="About">The kind of thing it was done to.</param>
/// <param name="AboutId">The id of that thing, or its name where it has none.</param>
internal sealed record AuditItem(Guid Id, DateTimeOffset At, string Act, string By, Guid? ById, string? ByName, string? Address, string? About, string? AboutId, string? Detail);
