using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Knowledge;

/// <summary>One file, text or pair of the owner, with the original it can be cut anew from.</summary>
internal sealed class Document
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required Guid ChatbotId { get; init; }

    public required Guid SourceId { get; init; }

    /// <summary>What it is inside its source: the path below the folder, the title of a text, the folded question of a pair.</summary>
    public required string Name { get; init; }

    public required string Title { get; set; }

    /// <summary>txt, md or html: how <see cref="Content"/> is read.</summary>
    public required string Format { get; set; }

    public required string Content { get; set; }

    /// <summary>Hash of title, content and recipe; while it stays the same nothing is done.</summary>
    public required string Fingerprint { get; set; }

    public required DateTimeOffset UpdatedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<Document>
    {
        public void Configure(EntityTypeBuilder<Document> builder)
        {
            builder.ToTable("knowledge_documents").HasKey(d => d.Id);
            builder.HasIndex(d => new { d.SourceId, d.Name }).IsUnique();
            builder.HasIndex(d => d.ChatbotId);
        }
    }
}
