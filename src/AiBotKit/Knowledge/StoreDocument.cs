using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using AiBotKit.Knowledge.Embedding;
using AiBotKit.Knowledge.Ranking;
using AiBotKit.Knowledge.Reading;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Knowledge;

/// <summary>Puts one document into the knowledge, or does nothing when it is there already in this form and recipe.</summary>
internal sealed class StoreDocument(ReadDb reads, IDataWriter writer, KnowledgeSearch search, ChunkVectors vectors, Retrieval retrieval, TimeProvider time)
{
    /// <summary>Adds or replaces. The value says whether anything was written.</summary>
    public async Task<StoredDocument> RunAsync(NewDocument document, CancellationToken cancellationToken)
    {
        var fingerprint = Fingerprint(document);
        await using (var db = reads.Open())
        {
            var known = await db.Set<Document>()
                .Where(d => d.AccountId == document.AccountId && d.ChatbotId == document.ChatbotId && d.Name == document.Name)
                .Join(db.Set<Source>().Where(s => s.Kind == document.Source), d => d.SourceId, s => s.Id, (d, s) => new { d.Id, d.Fingerprint })
                .FirstOrDefaultAsync(cancellationToken);
            if (known?.Fingerprint == fingerprint)
            {
                return new StoredDocument(known.Id, false);
            }
        }

        var (title, blocks) = DocumentReader.Read(document.Format, document.Content);
        var chunks = new List<IndexEntry>();
        foreach (var chunk in document.Pair is { } pair ? [new ChunkText(ChunkKind.QuestionAnswer, null, pair.Question, pair.Answer)] : Chunker.Cut(blocks))
        {
            cancellationToken.ThrowIfCancellationRequested();
            chunks.Add(search.Read(Guid.CreateVersion7(time.GetUtcNow()), Guid.Empty, chunk.Kind, chunk.Heading, chunk.Question, chunk.Body));
        }

        var now = time.GetUtcNow();
        var id = await writer.SaveAsync(db => Write(db, document, document.Title ?? title ?? document.Name, fingerprint, chunks, now));
        retrieval.Forget(document.AccountId, document.ChatbotId);
        return new StoredDocument(id, true);
    }

    private static Guid Write(AppDbContext db, NewDocument document, string title, string fingerprint, List<IndexEntry> chunks, DateTimeOffset now)
    {
        var source = db.Set<Source>().FirstOrDefault(s => s.AccountId == document.AccountId && s.ChatbotId == document.ChatbotId && s.Kind == document.Source);
        if (source is null)
        {
            source = new Source { Id = Guid.CreateVersion7(now), AccountId = document.AccountId, ChatbotId = document.ChatbotId, Kind = document.Source, CreatedAt = now };
            db.Add(source);
        }

        var row = db.Set<Document>().FirstOrDefault(d => d.AccountId == document.AccountId && d.SourceId == source.Id && d.Name == document.Name);
        if (row is null)
        {
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
        }
        else
        {
            row.Title = title;
            row.Format = document.Format;
            row.Content = document.Content;
            row.Fingerprint = fingerprint;
            row.UpdatedAt = now;
            db.Set<Chunk>().Where(c => c.AccountId == document.AccountId && c.DocumentId == row.Id).ExecuteDelete();
        }

        for (var i = 0; i < chunks.Count; i++)
        {
            var chunk = chunks[i];
            db.Add(new Chunk
            {
                Id = chunk.ChunkId,
                AccountId = document.AccountId,
                ChatbotId = document.ChatbotId,
                DocumentId = row.Id,
                Position = i,
                Kind = chunk.Kind,
                Heading = chunk.Heading,
                Question = chunk.Question,
                Body = chunk.Body,
                Language = chunk.Language,
                Vectors = chunk.Vectors is null ? null : MemoryMarshal.AsBytes<sbyte>(chunk.Vectors).ToArray(),
            });
        }

        return row.Id;
    }

    private string Fingerprint(NewDocument document)
    {
        var recipe = Chunker.Version + "/" + (vectors.IsAvailable ? ChunkVectors.Version : "lexical");
        var text = string.Join('\u0001', recipe, document.Format, document.Title, document.Content);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}

/// <summary>What is to be stored. <see cref="Pair"/>: the document is that one pair, whatever its content looks like.</summary>
internal sealed record NewDocument(
    Guid AccountId, Guid ChatbotId, SourceKind Source, string Name, string? Title, string Format, string Content, (string Question, string Answer)? Pair = null);

/// <summary>The document's id, and whether it was new or changed.</summary>
internal sealed record StoredDocument(Guid Id, bool Changed);
