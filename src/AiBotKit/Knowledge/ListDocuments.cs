using AiBotKit.Hosting.Paging;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Knowledge;

/// <summary>The documents of an account, the latest change first.</summary>
internal sealed class ListDocuments(ReadDb reads)
{
    public async Task<Page<DocumentItem>> RunAsync(Guid accountId, PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var rows = await db.Set<Document>().Where(d => d.AccountId == accountId).Paged(page, d => d.UpdatedAt, d => d.Id)
            .Join(db.Set<Source>(), d => d.SourceId, s => s.Id, (d, s) => new { d.Id, d.ChatbotId, s.Kind, d.Name, d.Title, d.UpdatedAt })
            .OrderByDescending(d => d.UpdatedAt).ThenByDescending(d => d.Id)
            .ToListAsync(cancellationToken);
        return page.Cut(rows, d => d.UpdatedAt).Select(d => new DocumentItem(d.Id, d.ChatbotId, KindName(d.Kind), d.Name, d.Title, d.UpdatedAt));
    }

    private static string KindName(SourceKind kind) => kind switch
    {
        SourceKind.Folder => "folder",
        SourceKind.Text => "text",
        _ => "question",
    };
}

/// <summary>One document as the REST API shows it.</summary>
/// <param name="Source"><c>folder</c>, <c>text</c> or <c>question</c>.</param>
/// <param name="Name">What it is in its source: a path below the folder, a title, a question.</param>
internal sealed record DocumentItem(Guid Id, Guid ChatbotId, string Source, string Name, string Title, DateTimeOffset UpdatedAt);
