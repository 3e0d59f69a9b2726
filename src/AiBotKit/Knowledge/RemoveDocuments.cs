using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Knowledge;

/// <summary>Takes documents that their source no longer has out of the knowledge, and what an interrupted import left behind.</summary>
internal sealed class RemoveDocuments(ReadDb reads, GroupCommitWriter writer, Retrieval retrieval, KnowledgeChanges changes, TimeProvider time)
{
    /// <summary>Chunks without a document are left alone for so long: they may be about to get one.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    /// <summary>Rows that one operation deletes; a slice must not hold up acknowledgements.</summary>
    private const int Slice = 200;

    /// <summary>Removes the documents of this kind of source whose name is not in <paramref name="kept"/>; how many those were.</summary>
    public async Task<int> RunAsync(Guid accountId, Guid chatbotId, SourceKind source, IReadOnlySet<string> kept, CancellationToken cancellationToken)
    {
        List<Guid> gone;
        await using (var db = reads.Open())
        {
            var known = await db.Set<Document>().Where(d => d.AccountId == accountId && d.ChatbotId == chatbotId)
                .Join(db.Set<Source>().Where(s => s.AccountId == accountId && s.Kind == source), d => d.SourceId, s => s.Id, (d, s) => new { d.Id, d.Name })
                .ToListAsync(cancellationToken);
            gone = [.. known.Where(d => !kept.Contains(d.Name)).Select(d => d.Id)];
        }

        await TakeOutAsync(
            accountId,
            chatbotId,
            gone,
            count => new AuditNote(accountId, Actor.System, AuditActs.KnowledgeRemoved, "chatbot", chatbotId.ToString(), count == 1 ? "1 document that its source no longer has" : $"{count} documents that their source no longer has"),
            cancellationToken);
        await SweepAsync(accountId, chatbotId, cancellationToken);
        return gone.Count;
    }

    /// <summary>Takes everything that a chatbot knows out, files of the folder as well: it is being deleted.</summary>
    public async Task AllOfAsync(Guid accountId, Guid chatbotId, Actor by, CancellationToken cancellationToken)
    {
        List<Guid> all;
        await using (var db = reads.Open())
        {
            all = await db.Set<Document>().Where(d => d.AccountId == accountId && d.ChatbotId == chatbotId).Select(d => d.Id).ToListAsync(cancellationToken);
        }

        await TakeOutAsync(
            accountId, chatbotId, all, count => new AuditNote(accountId, by, AuditActs.KnowledgeRemoved, "chatbot", chatbotId.ToString(), count == 1 ? "1 document of a deleted chatbot" : $"{count} documents of a deleted chatbot"), cancellationToken);
    }

    /// <summary>Takes these documents out of the store and of the index in memory; how many there were.</summary>
    /// <param name="note">The line of the audit trail for so many documents, written with each slice of them.</param>
    public async Task<int> TakeOutAsync(Guid accountId, Guid chatbotId, IReadOnlyCollection<Guid> documents, Func<int, AuditNote> note, CancellationToken cancellationToken)
    {
        if (documents.Count == 0)
        {
            return 0;
        }

        var removed = 0;
        using (await changes.EnterAsync(cancellationToken))
        {
            foreach (var slice in documents.Chunk(Slice))
            {
                // Without its document a chunk is not read any more, so the rows themselves may follow in slices.
                removed += await writer.SaveBulkAsync(
                    db =>
                    {
                        var count = db.Set<Document>().Where(d => d.AccountId == accountId && d.ChatbotId == chatbotId && slice.Contains(d.Id)).ExecuteDelete();
                        if (count > 0)
                        {
                            AuditTrail.Append(db, note(count), time.GetUtcNow());
                        }

                        return count;
                    },
                    cancellationToken);
            }

            retrieval.Apply(accountId, chatbotId, documents.ToHashSet(), []);
        }

        foreach (var document in documents)
        {
            await DeleteChunksAsync(accountId, chatbotId, document, cancellationToken);
        }

        return removed;
    }

    /// <summary>Deletes the chunks under this document id in slices.</summary>
    public async Task DeleteChunksAsync(Guid accountId, Guid chatbotId, Guid documentId, CancellationToken cancellationToken)
    {
        int deleted;
        do
        {
            deleted = await writer.SaveBulkAsync(
                db =>
                {
                    var ids = db.Set<Chunk>().Where(c => c.AccountId == accountId && c.ChatbotId == chatbotId && c.DocumentId == documentId).Select(c => c.Id).Take(Slice).ToList();
                    return db.Set<Chunk>().Where(c => c.AccountId == accountId && ids.Contains(c.Id)).ExecuteDelete();
                },
                cancellationToken);
        }
        while (deleted == Slice);
    }

    /// <summary>Deletes chunks that belong to no document: an import was interrupted.</summary>
    private async Task SweepAsync(Guid accountId, Guid chatbotId, CancellationToken cancellationToken)
    {
        var before = Guid.CreateVersion7(time.GetUtcNow() - Grace).ToByteArray(true).AsMemory(0, 6);
        List<Guid> orphans;
        await using (var db = reads.Open())
        {
            orphans = await db.Set<Chunk>().Where(c => c.AccountId == accountId && c.ChatbotId == chatbotId && !db.Set<Document>().Any(d => d.Id == c.DocumentId))
                .Select(c => c.Id).ToListAsync(cancellationToken);
        }

        // The first six bytes of an id are the instant it was made.
        foreach (var slice in orphans.Where(id => id.ToByteArray(true).AsSpan(0, 6).SequenceCompareTo(before.Span) < 0).Chunk(Slice))
        {
            await writer.SaveBulkAsync(
                db => db.Set<Chunk>().Where(c => c.AccountId == accountId && slice.Contains(c.Id) && !db.Set<Document>().Any(d => d.Id == c.DocumentId)).ExecuteDelete(), cancellationToken);
        }
    }
}
