using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using AiBotKit.Accounts.Plans;
using AiBotKit.Durability;
using AiBotKit.Knowledge.Embedding;
using AiBotKit.Knowledge.Language;
using AiBotKit.Knowledge.Ranking;
using AiBotKit.Knowledge.Reading;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Knowledge;

/// <summary>Puts one document into the knowledge, or does nothing when it is there already in this form and recipe.</summary>
internal sealed class StoreDocument(ReadDb reads, GroupCommitWriter writer, KnowledgeSearch search, ChunkVectors vectors, Retrieval retrieval, RemoveDocuments remove, KnowledgeChanges changes, PlanGate plans, TimeProvider time)
{
    /// <summary>Chunks that one operation writes: about 10 ms.</summary>
    private const int Slice = 50;

    /// <summary>Adds or replaces. The value says whether anything was written.</summary>
    public async Task<StoredDocument> RunAsync(NewDocument document, CancellationToken cancellationToken)
    {
        var fingerprint = Fingerprint(document);
        (Guid Id, string Fingerprint)? stored = null;
        await using (var db = reads.Open())
        {
            var known = await db.Set<Document>()
                .Where(d => d.AccountId == document.AccountId && d.ChatbotId == document.ChatbotId && d.Name == document.Name)
                .Join(db.Set<Source>().Where(s => s.Kind == document.Source), d => d.SourceId, s => s.Id, (d, s) => new { d.Id, d.Fingerprint })
                .FirstOrDefaultAsync(cancellationToken);
            if (known is not null)
            {
                stored = (known.Id, known.Fingerprint);
            }
        }

        if (stored is { } same && same.Fingerprint == fingerprint)
        {
            return new StoredDocument(same.Id, false);
        }

        // Before the work of reading it, and once more where nothing else is added between the question and the write.
        if (await FullAsync(document, stored?.Id, cancellationToken) is { } full)
        {
            return new StoredDocument(stored?.Id ?? Guid.Empty, false, full);
        }

        var (title, blocks) = DocumentReader.Read(document.Format, document.Content);
        var shownTitle = document.Title ?? title ?? document.Name;
        var language = search.LanguageOf(string.Join('\n', blocks.SelectMany(b => new[] { b.Heading, b.Question, b.Text }).Where(t => t is not null).Take(20)));
        var chunks = new List<IndexEntry>();
        foreach (var chunk in document.Pair is { } pair ? [new ChunkText(ChunkKind.QuestionAnswer, null, pair.Question, pair.Answer)] : Chunker.Cut(blocks))
        {
            cancellationToken.ThrowIfCancellationRequested();
            chunks.Add(search.Read(Guid.CreateVersion7(time.GetUtcNow()), Guid.Empty, chunk.Kind, chunk.Heading, chunk.Question, chunk.Body, language));
        }

        // A model that turned out to be damaged on the way: what was made is the lexical form, which may be the one that is stored.
        fingerprint = Fingerprint(document);
        if (stored is { } lexical && lexical.Fingerprint == fingerprint)
        {
            return new StoredDocument(lexical.Id, false);
        }

        using (await changes.EnterAsync(cancellationToken))
        {
            if (await FullAsync(document, stored?.Id, cancellationToken) is { } filled)
            {
                return new StoredDocument(stored?.Id ?? Guid.Empty, false, filled);
            }

            var id = await WriteAsync(document, shownTitle, fingerprint, chunks, cancellationToken);
            retrieval.Apply(
                document.AccountId, document.ChatbotId, new HashSet<Guid> { id }, [.. chunks.Select(c => c with { DocumentId = id, Heading = IndexEntry.HeadingOf(shownTitle, c.Heading) })]);
            return new StoredDocument(id, true);
        }
    }

    /// <summary>Why the plan has no room for it: all characters that the account's chatbots know count, the replaced text does not.</summary>
    private async Task<PlanProblem?> FullAsync(NewDocument document, Guid? replaced, CancellationToken cancellationToken)
    {
        // Files of the folder are the operator's own.
        return document.Source == SourceKind.Folder ? null : await plans.StorageAsync(document.AccountId, UsedAsync, document.Content.Length, cancellationToken);

        async Task<long> UsedAsync()
        {
            await using var db = reads.Open();
            return await db.Set<Document>().Where(d => d.AccountId == document.AccountId && d.Id != replaced).SumAsync(d => (long)d.Content.Length, cancellationToken);
        }
    }

    /// <summary>
    /// A long document's chunks are first written in slices under an id that no document has, where nobody reads them; the last operation
    /// gives them to the document. So questions see either the old text or the new one, and no acknowledgement waits for all of it.
    /// </summary>
    private async Task<Guid> WriteAsync(NewDocument document, string title, string fingerprint, List<IndexEntry> chunks, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (chunks.Count <= Slice)
        {
            return await writer.SaveAsync(db =>
            {
                var (row, _) = Upsert(db, document, title, fingerprint, now);
                db.Set<Chunk>().Where(c => c.AccountId == document.AccountId && c.DocumentId == row.Id).ExecuteDelete();
                AddChunks(db, document, row.Id, chunks, 0);
                return row.Id;
            });
        }

        var staged = Guid.CreateVersion7(now);
        for (var start = 0; start < chunks.Count; start += Slice)
        {
            var from = start;
            await writer.SaveBulkAsync(
                db =>
                {
                    AddChunks(db, document, staged, chunks.GetRange(from, Math.Min(Slice, chunks.Count - from)), from);
                    return true;
                },
                cancellationToken);
        }

        var replaced = Guid.CreateVersion7(now);
        var id = await writer.SaveAsync(db =>
        {
            var (row, isNew) = Upsert(db, document, title, fingerprint, now);
            var own = db.Set<Chunk>().Where(c => c.AccountId == document.AccountId);
            if (!isNew)
            {
                own.Where(c => c.DocumentId == row.Id).ExecuteUpdate(set => set.SetProperty(c => c.DocumentId, replaced));
            }

            own.Where(c => c.DocumentId == staged).ExecuteUpdate(set => set.SetProperty(c => c.DocumentId, row.Id));
            return row.Id;
        });
        await remove.DeleteChunksAsync(document.AccountId, document.ChatbotId, replaced, cancellationToken);
        return id;
    }

    private static (Document Row, bool IsNew) Upsert(AppDbContext db, NewDocument document, string title, string fingerprint, DateTimeOffset now)
    {
        var source = db.Set<Source>().FirstOrDefault(s => s.AccountId == document.AccountId && s.ChatbotId == document.ChatbotId && s.Kind == document.Source);
        if (source is null)
        {
            source = new Source { Id = Guid.CreateVersion7(now), AccountId = document.AccountId, ChatbotId = document.ChatbotId, Kind = document.Source, CreatedAt = now };
            db.Add(source);
        }

        var row = db.Set<Document>().FirstOrDefault(d => d.AccountId == document.AccountId && d.SourceId == source.Id && d.Name == document.Name);
        if (row is not null)
        {
            row.Title = title;
            row.Format = document.Format;
            row.Content = document.Content;
            row.Fingerprint = fingerprint;
            row.UpdatedAt = now;
            return (row, false);
        }

        row = new Document
        {
            Id = Guid.CreateVersion7(now),
            AccountId = document.AccountId,
            ChatbotId = document.ChatbotId,
            SourceId = source.Id,
            Name = document.Name,
            Title = title,
            Format = document.Format,
            Content = document.Content,
            Fingerprint = fingerprint,
            UpdatedAt = now,
        };
        db.Add(row);
        return (row, true);
    }

    private static void AddChunks(AppDbContext db, NewDocument document, Guid documentId, List<IndexEntry> chunks, int firstPosition) =>
        db.AddRange(chunks.Select((chunk, i) => new Chunk
        {
            Id = chunk.ChunkId,
            AccountId = document.AccountId,
            ChatbotId = document.ChatbotId,
            DocumentId = documentId,
            Position = firstPosition + i,
            Kind = chunk.Kind,
            Heading = chunk.Heading,
            Question = chunk.Question,
            Body = chunk.Body,
            Language = chunk.Language,
            Vectors = chunk.Vectors is null ? null : MemoryMarshal.AsBytes<sbyte>(chunk.Vectors).ToArray(),
        }));

    private string Fingerprint(NewDocument document)
    {
        var recipe = Chunker.Version + "/" + (vectors.IsAvailable ? ChunkVectors.Version : "lexical");
        var text = string.Join('\u0001', recipe, document.Format, document.Title, document.Content);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}

/// <summary>What is to be stored. <see cref="Pair"/>: the document is that one pair, whatever its content looks like.</summary>
internal sealed record NewDocument(
    Guid AccountId, Guid ChatbotId, SourceKind Source, string Name, string? Title, string Format, string Content, (string Question, string Answer)? Pair = null)
{
    /// <summary>A text by its title; one with the same title is replaced.</summary>
    /// <param name="format">txt, md or html.</param>
    public static NewDocument Text(Guid accountId, Guid chatbotId, string title, string text, string format = "md") =>
        new(accountId, chatbotId, SourceKind.Text, title.Trim(), title.Trim(), format, text);

    /// <summary>A question with its answer; one with the same question, however it is spelled, is replaced.</summary>
    public static NewDocument Question(Guid accountId, Guid chatbotId, string question, string answer)
    {
        (question, answer) = (question.Trim(), answer.Trim());
        return new(accountId, chatbotId, SourceKind.Questions, TextFolding.Fold(question), question, "txt", "Q: " + question + "\nA: " + answer, (question, answer));
    }
}

/// <summary>The document's id, and whether it was new or changed.</summary>
/// <param name="Problem">Why nothing was stored; null when it is there.</param>
internal sealed record StoredDocument(Guid Id, bool Changed, PlanProblem? Problem = null);
