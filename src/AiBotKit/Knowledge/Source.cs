using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Knowledge;

/// <summary>Where documents of a chatbot come from.</summary>
internal sealed class Source
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required Guid ChatbotId { get; init; }

    public required SourceKind Kind { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Source>
    {
        public void Configure(EntityTypeBuilder<Source> builder)
        {
            builder.ToTable("knowledge_sources").HasKey(s => s.Id);
            builder.HasIndex(s => new { s.ChatbotId, s.Kind }).IsUnique();
        }
    }
}

/// <summary>How a source is fed.</summary>
internal enum SourceKind
{
    /// <summary>Files of <c>Knowledge:Folder</c>; a file that goes takes its document with it.</summary>
    Folder,

    /// <summary>Texts sent through the API.</summary>
    Text,

    /// <summary>Question-answer pairs sent through the API.</summary>
    Questions,
}
