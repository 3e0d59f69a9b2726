using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Durability;

/// <summary>Something that could not be processed, kept whole so that a person can see and replay it.</summary>
internal sealed class DeadLetter
{
    public required Guid Id { get; init; }

    /// <summary>Null when the item could not be routed to a connection: only the operator sees it.</summary>
    public Guid? AccountId { get; init; }

    public Guid? ConnectionId { get; init; }

    public Guid? ConversationId { get; init; }

    /// <summary><c>webhook_item</c>, <c>webhook_body</c> or <c>turn</c>.</summary>
    public required string Kind { get; init; }

    public required string Reason { get; init; }

    /// <summary>The number a webhook item came in on, as <see cref="Arrival.Route"/>; null for the other kinds.</summary>
    public string? Route { get; init; }

    /// <summary>What its channel calls this kind of item, as <see cref="Arrival.Source"/>; null for the other kinds.</summary>
    public string? Source { get; init; }

    /// <summary>The bytes as they came (at most 64 KB of a body that is no JSON); null once the days of raw items are over.</summary>
    public byte[]? Raw { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ReplayedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<DeadLetter>
    {
        public void Configure(EntityTypeBuilder<DeadLetter> builder)
        {
            builder.ToTable("dead_letters").HasKey(d => d.Id);
            builder.HasIndex(d => new { d.AccountId, d.CreatedAt });
        }
    }
}
