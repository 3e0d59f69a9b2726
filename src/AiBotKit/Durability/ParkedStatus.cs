using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Durability;

/// <summary>A delivery status that came before we knew the id it speaks of; joined later, dropped after 24 h.</summary>
internal sealed class ParkedStatus
{
    public long Id { get; init; }

    public required Guid ConnectionId { get; init; }

    public required string ProviderMessageId { get; init; }

    public required int Status { get; init; }

    public RejectionKind? FailureKind { get; init; }

    public int? FailureCode { get; init; }

    public string? FailureReason { get; init; }

    public required DateTimeOffset ParkedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<ParkedStatus>
    {
        public void Configure(EntityTypeBuilder<ParkedStatus> builder)
        {
            builder.ToTable("parked_statuses").HasKey(s => s.Id);
            builder.HasIndex(s => new { s.ConnectionId, s.ProviderMessageId });
        }
    }
}

/// <summary>The JSON of one webhook item as it came, kept for replay (30 days).</summary>
internal sealed class RawItem
{
    /// <summary>The message it became.</summary>
    public required long MessageSeq { get; init; }

    public required byte[] Json { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<RawItem>
    {
        public void Configure(EntityTypeBuilder<RawItem> builder)
        {
            builder.ToTable("raw_items").HasKey(r => r.MessageSeq);
            builder.Property(r => r.MessageSeq).ValueGeneratedNever();
        }
    }
}

/// <summary>A small value that must survive restarts (keys, marks), by name.</summary>
internal sealed class Setting
{
    public required string Name { get; init; }

    public required byte[] Value { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<Setting>
    {
        public void Configure(EntityTypeBuilder<Setting> builder) => builder.ToTable("settings").HasKey(s => s.Name);
    }
}
