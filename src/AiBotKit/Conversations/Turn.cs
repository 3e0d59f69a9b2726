using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Conversations;

/// <summary>One AI answer to one or more customer messages, with its trace; also the kept draft of an answer that a person overtook.</summary>
internal sealed class Turn
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required Guid ConversationId { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    /// <summary><c>committed</c>, or <c>suggestion</c> when a human act refused it and the draft is kept.</summary>
    public required string Result { get; init; }

    /// <summary><c>model</c>, <c>extractive</c>, <c>topics</c>, <c>fallback</c>, <c>handover</c> (the customer was told that a person answers), <c>notice</c>, <c>lead_form</c>.</summary>
    public required string AnswerKind { get; init; }

    /// <summary>The answer as text, before rendering for a channel.</summary>
    public required string Draft { get; init; }

    /// <summary>Why this answer: chunks and scores, prompt version, model, tokens, milliseconds, guard verdicts (JSON of <c>Assistant.AnswerTrace</c>).</summary>
    public required string Trace { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Turn>
    {
        public void Configure(EntityTypeBuilder<Turn> builder)
        {
            builder.ToTable("turns").HasKey(t => t.Id);
            builder.HasIndex(t => t.ConversationId);
        }
    }
}
