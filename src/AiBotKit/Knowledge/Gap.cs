using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Knowledge;

/// <summary>A question that the knowledge did not answer, however often and in whatever spelling it was asked.</summary>
internal sealed class Gap
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required Guid ChatbotId { get; init; }

    /// <summary>The folded question: what makes two askings the same gap.</summary>
    public required string Key { get; init; }

    /// <summary>As first asked.</summary>
    public required string Question { get; init; }

    /// <summary>The conversation of the latest asking.</summary>
    public required Guid? ConversationId { get; set; }

    public int Count { get; set; } = 1;

    public required DateTimeOffset FirstSeenAt { get; init; }

    public required DateTimeOffset LastSeenAt { get; set; }

    /// <summary>Titles of the nearest passages at the latest asking, one per line.</summary>
    public required string Nearest { get; set; }

    /// <summary>Evidence of the best passage at the latest asking.</summary>
    public required double Evidence { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<Gap>
    {
        public void Configure(EntityTypeBuilder<Gap> builder)
        {
            builder.ToTable("knowledge_gaps").HasKey(g => g.Id);
            builder.HasIndex(g => new { g.ChatbotId, g.Key }).IsUnique();
            builder.HasIndex(g => new { g.AccountId, g.Id });
        }
    }
}
