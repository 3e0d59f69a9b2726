using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Channels.WhatsApp.Templates;

/// <summary>A message template of a connection as the provider last described it: a text that WhatsApp has approved, with blanks to fill.</summary>
internal sealed class MessageTemplate
{
    /// <summary>What may be sent: the provider's word for "approved".</summary>
    public const string Approved = "APPROVED";

    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required Guid ConnectionId { get; init; }

    /// <summary>With <see cref="Language"/> unique at a connection; both go over the wire.</summary>
    public required string Name { get; init; }

    /// <summary>As WhatsApp writes it: <c>en</c>, <c>en_US</c>.</summary>
    public required string Language { get; init; }

    /// <summary>UTILITY, MARKETING, AUTHENTICATION.</summary>
    public required string Category { get; set; }

    /// <summary>APPROVED, PENDING, REJECTED, PAUSED, DISABLED… in the provider's word (wire facts 5).</summary>
    public required string Status { get; set; }

    /// <summary>Why it has that status, in the provider's words; null when nothing was said.</summary>
    public string? StatusReason { get; set; }

    /// <summary>When it was known to have it: the provider's clock for an event, ours for a list.</summary>
    public required DateTimeOffset StatusAt { get; set; }

    /// <summary>Its parts as the provider's JSON array; read by <see cref="TemplateForm"/>.</summary>
    public required string Components { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<MessageTemplate>
    {
        public void Configure(EntityTypeBuilder<MessageTemplate> builder)
        {
            builder.ToTable("message_templates").HasKey(t => t.Id);
            builder.HasIndex(t => new { t.ConnectionId, t.Name, t.Language }).IsUnique();
        }
    }
}

/// <summary>When a connection's templates were asked for, and when they are to be again.</summary>
internal sealed class TemplateSync
{
    public required Guid ConnectionId { get; init; }

    public required Guid AccountId { get; init; }

    /// <summary>When the list was last read to its end; null = never.</summary>
    public DateTimeOffset? SyncedAt { get; set; }

    public required DateTimeOffset DueAt { get; set; }

    /// <summary>Why the latest try failed, for the owner; null when it did not.</summary>
    public string? Problem { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<TemplateSync>
    {
        public void Configure(EntityTypeBuilder<TemplateSync> builder)
        {
            builder.ToTable("template_syncs").HasKey(s => s.ConnectionId);
            builder.HasIndex(s => s.DueAt);
        }
    }
}
