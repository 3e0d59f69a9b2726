using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations.Team;

/// <summary>The labels that the account's conversations carry.</summary>
internal sealed class ListLabels(ReadDb reads)
{
    /// <summary>A list of more is of no use to anybody.</summary>
    public const int Most = 500;

    /// <summary>By name.</summary>
    public async Task<IReadOnlyList<LabelItem>> RunAsync(Guid accountId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var labels = await db.Set<ConversationLabel>().Where(l => l.AccountId == accountId).GroupBy(l => l.Key).OrderBy(same => same.Key).Take(Most)
            .Select(same => new LabelItem(same.Min(l => l.Name)!, same.Count())).ToListAsync(cancellationToken);
        return labels;
    }

    /// <summary>The labels of these conversations.</summary>
    public static async Task<ILookup<Guid, string>> OfAsync(AppDbContext db, Guid accountId, IReadOnlyCollection<Guid> conversations, CancellationToken cancellationToken) =>
        (await db.Set<ConversationLabel>().Where(l => l.AccountId == accountId && conversations.Contains(l.ConversationId)).OrderBy(l => l.Key).ToListAsync(cancellationToken)).ToLookup(l => l.ConversationId, l => l.Name);
}

/// <summary>A label.</summary>
/// <param name="Conversations">How many conversations carry it.</param>
internal sealed record LabelItem(string Name, int Conversations);
