using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Conversations.Team;

/// <summary>A word of the team on a conversation. A label is there as long as a conversation carries it.</summary>
internal sealed class ConversationLabel
{
    public required Guid ConversationId { get; init; }

    /// <summary>The name without regard to case: what makes two labels one.</summary>
    public required string Key { get; init; }

    public required Guid AccountId { get; init; }

    /// <summary>As people wrote it.</summary>
    public required string Name { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<ConversationLabel>
    {
        public void Configure(EntityTypeBuilder<ConversationLabel> builder)
        {
            builder.ToTable("conversation_labels").HasKey(l => new { l.ConversationId, l.Key });
            builder.HasIndex(l => new { l.AccountId, l.Key, l.ConversationId });
        }
    }
}
