using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Dashboard.Audit;

/// <summary>The latest lines of the audit trail, by day.</summary>
internal sealed record AuditPage(IReadOnlyList<AuditDay> Days, bool HasEarlier);

/// <summary>Reads the latest lines of an account's audit trail.</summary>
internal sealed class ReadAudit(ReadDb reads, TimeProvider time)
{
    /// <summary>Lines that one "Earlier" brings.</summary>
    public const int Step = 50;

    /// <param name="count">How many lines at most.</param>
    public async Task<AuditPage> RunAsync(Guid accountId, bool refusalsOnly, int count, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var mine = db.Set<AuditEntry>().Where(a => a.AccountId == accountId && (!refusalsOnly || AuditRules.Refusals.Contains(a.Act)));
        var found = await mine.OrderByDescending(a => a.At).ThenByDescending(a => a.Id).Take(count + 1).ToListAsync(cancellationToken);
        return new AuditPage(AuditRules.Days(found[..Math.Min(found.Count, count)], time.GetUtcNow(), zone), found.Count > count);
    }
}
