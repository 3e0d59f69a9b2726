using AiBotKit.Hosting.Paging;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Knowledge;

/// <summary>The gaps of an account, the latest first.</summary>
internal sealed class ListGaps(ReadDb reads)
{
    public async Task<Page<GapItem>> RunAsync(Guid accountId, PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var rows = await db.Set<Gap>().Where(g => g.AccountId == accountId).Paged(page, g => g.LastSeenAt, g => g.Id).ToListAsync(cancellationToken);
        return page.Cut(rows, g => g.LastSeenAt)
            .Select(g => new GapItem(g.Id, g.ChatbotId, g.Question, g.Count, g.FirstSeenAt, g.LastSeenAt, g.ConversationId, g.Nearest.Split('\n', StringSplitOptions.RemoveEmptyEntries), g.Evidence));
    }
}

/// <summary>One gap as the REST API shows it.</summary>
/// <param name="Nearest">Headings of the passages that came nearest.</param>
/// <param name="Evidence">How much of the question they covered, 0 to 1.</param>
internal sealed record GapItem(
    Guid Id, Guid ChatbotId, string Question, int Count, DateTimeOffset FirstSeenAt, DateTimeOffset LastSeenAt, Guid? ConversationId, IReadOnlyList<string> Nearest, double Evidence);
