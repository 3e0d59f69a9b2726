using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Knowledge;

internal enum RemovedDocument
{
    Removed,
    NotFound,

    /// <summary>Its file lies in <c>Knowledge:Folder</c> and would bring it back at the next start.</summary>
    FromFolder,
}

/// <summary>An owner takes one document out: from the answer on it is not found any more, and its chunks and vectors are gone from the store (S-L7).</summary>
internal sealed class RemoveDocument(ReadDb reads, RemoveDocuments remove)
{
    public async Task<RemovedDocument> RunAsync(Guid accountId, Guid documentId, Actor by, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var found = await db.Set<Document>().Where(d => d.AccountId == accountId && d.Id == documentId)
            .Join(db.Set<Source>().Where(s => s.AccountId == accountId), d => d.SourceId, s => s.Id, (d, s) => new { d.ChatbotId, d.Title, s.Kind })
            .FirstOrDefaultAsync(cancellationToken);
        if (found is null)
        {
            return RemovedDocument.NotFound;
        }

        if (found.Kind == SourceKind.Folder)
        {
            return RemovedDocument.FromFolder;
        }

        var note = new AuditNote(accountId, by, AuditActs.KnowledgeRemoved, "document", documentId.ToString(), found.Title);
        return await remove.TakeOutAsync(accountId, found.ChatbotId, [documentId], _ => note, cancellationToken) > 0 ? RemovedDocument.Removed : RemovedDocument.NotFound;
    }
}
