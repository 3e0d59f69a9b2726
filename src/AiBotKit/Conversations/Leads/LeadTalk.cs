using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Conversations.Leads;

/// <summary>How far the talk about the lead form is in one conversation. Written only with a turn, or by the sweep that begins it after a silence.</summary>
internal sealed class LeadTalk
{
    public required Guid ConversationId { get; init; }

    public required Guid AccountId { get; init; }

    public required Guid ChatbotId { get; init; }

    /// <summary><see cref="LeadState"/> as JSON.</summary>
    public required string State { get; init; }

    /// <summary>The state before the last turn, for when that turn is cancelled whole.</summary>
    public string? Before { get; init; }

    /// <summary>The turn that said the latest question; null when it said nothing.</summary>
    public Guid? TurnId { get; init; }

    /// <summary>Arrival number of the latest message that the state knows of; null when nobody had written.</summary>
    public long? HeardSeq { get; init; }

    /// <summary>The conversation's ownership epoch at that time.</summary>
    public long Epoch { get; init; }

    /// <summary>When the form begins by itself; null = not by itself.</summary>
    public DateTimeOffset? DueAt { get; init; }

    public string? OpeningText { get; init; }

    public string? OpeningState { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<LeadTalk>
    {
        public void Configure(EntityTypeBuilder<LeadTalk> builder)
        {
            builder.ToTable("lead_talks").HasKey(t => t.ConversationId);
            builder.HasIndex(t => t.DueAt).HasFilter("\"DueAt\" IS NOT NULL");
        }
    }
}
