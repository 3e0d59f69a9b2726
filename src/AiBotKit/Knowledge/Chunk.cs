using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Knowledge;

/// <summary>A piece of a document that can be found and quoted, with its sentence vectors.</summary>
internal sealed class Chunk
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required Guid ChatbotId { get; init; }

    public required Guid DocumentId { get; init; }

    /// <summary>Place in the document, from 0.</summary>
    public required int Position { get; init; }

    public required ChunkKind Kind { get; init; }

    public string? Heading { get; init; }

    public string? Question { get; init; }

    /// <summary>The answer of a pair, or the running text.</summary>
    public required string Body { get; init; }

    /// <summary>ISO 639, "und" when it cannot be told.</summary>
    public required string Language { get; init; }

    /// <summary>Bytes of <see cref="Ranking.VectorBytes"/>: the whole first, then the windows. Null when not English or without a model.</summary>
    public byte[]? Vectors { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Chunk>
    {
        public void Configure(EntityTypeBuilder<Chunk> builder)
        {
            builder.ToTable("knowledge_chunks").HasKey(c => c.Id);
            builder.HasIndex(c => c.ChatbotId);
            builder.HasIndex(c => new { c.DocumentId, c.Position }).IsUnique();
        }
    }
}
