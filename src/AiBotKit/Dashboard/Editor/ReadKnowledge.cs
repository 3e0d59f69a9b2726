using AiBotKit.Dashboard.Inbox;
using AiBotKit.Knowledge;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Dashboard.Editor;

/// <summary>One document of a chatbot's knowledge.</summary>
/// <param name="Passages">Pieces of it that can be found and quoted.</param>
/// <param name="IsFile">A file of the knowledge folder: it goes when the file goes, and cannot be removed here.</param>
public sealed record SourceView(Guid Id, string Title, string Kind, string Icon, int Characters, int Passages, bool IsFile, TimeView Updated);

/// <summary>A chatbot's documents, the latest change first.</summary>
/// <param name="Total">How many there are; <see cref="Sources"/> holds the first ones.</param>
public sealed record KnowledgeView(IReadOnlyList<SourceView> Sources, int Total, int Passages, long Characters);

/// <summary>A question that was not answered.</summary>
public sealed record GapView(Guid Id, string Question, int Count, TimeView Last, IReadOnlyList<string> Nearest, Guid? ConversationId);

/// <summary>Reads what a chatbot knows, and what it was asked and did not.</summary>
internal sealed class ReadKnowledge(ReadDb reads, TimeProvider time)
{
    public async Task<KnowledgeView> SourcesAsync(Guid accountId, Guid chatbotId, TimeZoneInfo zone, int limit, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var all = db.Set<Document>().Where(d => d.AccountId == accountId && d.ChatbotId == chatbotId);
        var rows = await all.OrderByDescending(d => d.UpdatedAt).ThenByDescending(d => d.Id).Take(limit)
            .Select(d => new
            {
                d.Id,
                d.Title,
                d.Name,
                d.Format,
                d.UpdatedAt,
                Characters = d.Content.Length,
                Kind = db.Set<Source>().Where(s => s.Id == d.SourceId).Select(s => s.Kind).First(),
                Passages = db.Set<Chunk>().Count(c => c.DocumentId == d.Id),
            })
            .ToListAsync(cancellationToken);
        var total = await all.CountAsync(cancellationToken);
        var characters = await all.SumAsync(d => (long)d.Content.Length, cancellationToken);
        var passages = await db.Set<Chunk>().CountAsync(c => c.AccountId == accountId && c.ChatbotId == chatbotId, cancellationToken);
        return new KnowledgeView(
            [.. rows.Select(d => new SourceView(
                d.Id,
                d.Title,
                d.Kind switch { SourceKind.Questions => "Question and answer", SourceKind.Folder => $"File {d.Name}", _ => "Text" },
                d.Kind == SourceKind.Questions ? "quote" : "doc",
                d.Characters,
                d.Passages,
                d.Kind == SourceKind.Folder,
                TimeWords.InList(d.UpdatedAt, time.GetUtcNow(), zone)))],
            total,
            passages,
            characters);
    }

    /// <summary>The most asked first.</summary>
    public async Task<IReadOnlyList<GapView>> GapsAsync(Guid accountId, Guid chatbotId, TimeZoneInfo zone, int limit, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var rows = await db.Set<Gap>().Where(g => g.AccountId == accountId && g.ChatbotId == chatbotId)
            .OrderByDescending(g => g.Count).ThenByDescending(g => g.LastSeenAt).Take(limit)
            .ToListAsync(cancellationToken);
        return [.. rows.Select(g => new GapView(g.Id, g.Question, g.Count, TimeWords.InList(g.LastSeenAt, time.GetUtcNow(), zone), g.Nearest.Split('\n', StringSplitOptions.RemoveEmptyEntries), g.ConversationId))];
    }
}
