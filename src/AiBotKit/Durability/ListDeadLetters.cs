using AiBotKit.Hosting.Paging;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Durability;

/// <summary>What could not be processed, the latest first. Items that belong to no account are shown to operators only.</summary>
internal sealed class ListDeadLetters(ReadDb reads)
{
    /// <summary>One of them; null when the caller has none with this id.</summary>
    public async Task<DeadLetterItem?> FindAsync(Guid accountId, bool isOperator, Guid id, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return await Of(db, accountId, isOperator).Where(d => d.Id == id)
            .Select(d => new DeadLetterItem(d.Id, d.Kind, d.Reason, d.ConversationId, d.CreatedAt, d.ReplayedAt))
            .FirstOrDefaultAsync(cancellationToken);
    }

    public async Task<Page<DeadLetterItem>> RunAsync(Guid accountId, bool isOperator, PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var rows = await Of(db, accountId, isOperator).Paged(page, d => d.CreatedAt, d => d.Id)
            .Select(d => new DeadLetterItem(d.Id, d.Kind, d.Reason, d.ConversationId, d.CreatedAt, d.ReplayedAt))
            .ToListAsync(cancellationToken);
        return page.Cut(rows, d => d.CreatedAt);
    }

    /// <summary>What this caller may see.</summary>
    public static IQueryable<DeadLetter> Of(AppDbContext db, Guid accountId, bool isOperator) =>
        db.Set<DeadLetter>().Where(d => d.AccountId == accountId || (isOperator && d.AccountId == null));
}

/// <summary>One dead letter as the REST API shows it; its content stays on the server.</summary>
internal sealed record DeadLetterItem(Guid Id, string Kind, string Reason, Guid? ConversationId, DateTimeOffset CreatedAt, DateTimeOffset? ReplayedAt);
