using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Conversations.Leads;

/// <summary>What one customer gave in answer to the lead form; one for each run of it.</summary>
internal sealed class Lead
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required Guid ChatbotId { get; init; }

    public required Guid ConversationId { get; init; }

    public string? Name { get; init; }

    public string? Email { get; init; }

    /// <summary>Digits behind a plus where the customer gave them so.</summary>
    public string? Phone { get; init; }

    /// <summary>Answers to the owner's own questions (JSON of <see cref="LeadAnswer"/>s).</summary>
    public required string Own { get; init; }

    /// <summary>Everything in it, folded for the search.</summary>
    public required string Words { get; init; }

    /// <summary>The exact words that the customer agreed to; null = no consent was asked for.</summary>
    public string? ConsentText { get; init; }

    public DateTimeOffset? ConsentAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the talk about it was over; null while questions are open.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>When the mails about it were stored; null = none were.</summary>
    public DateTimeOffset? ToldAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Lead>
    {
        public void Configure(EntityTypeBuilder<Lead> builder)
        {
            builder.ToTable("leads").HasKey(l => l.Id);
            builder.HasIndex(l => new { l.AccountId, l.CreatedAt });
            builder.HasIndex(l => l.ConversationId);
        }
    }
}

/// <summary>One of the owner's own questions and what the customer said.</summary>
internal sealed record LeadAnswer(string Label, string Value);
