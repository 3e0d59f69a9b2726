using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Conversations.Team;

/// <summary>A text that the team has ready, called up in the composer with a slash and its shortcut.</summary>
internal sealed class CannedReply
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    /// <summary>Lower case, unique in the account.</summary>
    public required string Shortcut { get; set; }

    /// <summary>With variables in braces (<see cref="CannedText"/>).</summary>
    public required string Text { get; set; }

    public required DateTimeOffset ChangedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<CannedReply>
    {
        public void Configure(EntityTypeBuilder<CannedReply> builder)
        {
            builder.ToTable("canned_replies").HasKey(c => c.Id);
            builder.HasIndex(c => new { c.AccountId, c.Shortcut }).IsUnique();
        }
    }
}
