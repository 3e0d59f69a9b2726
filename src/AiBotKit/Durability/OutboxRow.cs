using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Durability;

/// <summary>A message to be sent. States and transitions: reliability contract 2.1.</summary>
internal sealed class OutboxRow
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required Guid ConversationId { get; init; }

    public required Guid ConnectionId { get; init; }

    /// <summary>The message this row sends.</summary>
    public required long MessageSeq { get; init; }

    /// <summary>Null for owner messages.</summary>
    public Guid? TurnId { get; init; }

    public int Part { get; init; }

    /// <summary>
    /// Words that go along behind the turn's answer and answer nothing themselves (a lead form's question): that they went out does not make
    /// a message answered, and without the answer they are not sent.
    /// </summary>
    public bool Follows { get; init; }

    public required SendAuthor Author { get; init; }

    /// <summary>Our idempotency key, echoed by the provider's statuses (biz_opaque_callback_data).</summary>
    public required string Key { get; init; }

    public required OutboxState State { get; set; }

    public required DateTimeOffset DueAt { get; set; }

    /// <summary>Hand-overs so far.</summary>
    public int Attempt { get; set; }

    /// <summary>Those of them that only met a limit or an unusable connection: they use up no attempt.</summary>
    public int Waits { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public required long ConversationEpoch { get; init; }

    public required long ConnectionEpoch { get; init; }

    public required string Recipient { get; init; }

    public required string Text { get; init; }

    /// <summary>What the channel sends instead of <see cref="Text"/>: a template, which may go out outside the service window too. Null: the text.</summary>
    public string? Payload { get; init; }

    public bool PossibleDuplicate { get; set; }

    /// <summary>Period whose usage this reply took, given back when it ends before acceptance; null when it cost nothing.</summary>
    public DateTimeOffset? UsagePeriod { get; set; }

    public string? EndReason { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<OutboxRow>
    {
        public void Configure(EntityTypeBuilder<OutboxRow> builder)
        {
            builder.ToTable("outbox").HasKey(o => o.Id);
            builder.HasIndex(o => o.Key).IsUnique();
            builder.HasIndex(o => new { o.TurnId, o.Part }).IsUnique();
            builder.HasIndex(o => o.ConversationId, "IX_outbox_open").HasFilter("\"State\" < 3");
            builder.HasIndex(o => o.MessageSeq);
            builder.HasIndex(o => new { o.ConversationId, o.StartedAt });
        }
    }
}

/// <summary>Stored as a number: never renumber. Below <see cref="Accepted"/> the row is open.</summary>
internal enum OutboxState
{
    New = 0,
    Sending = 1,
    Unconfirmed = 2,
    Accepted = 3,
    Failed = 4,
    Cancelled = 5,
}

/// <summary>On whose behalf a row is sent. Stored as a number: never renumber.</summary>
internal enum SendAuthor
{
    /// <summary>An AI reply: fenced by the ownership epochs.</summary>
    Assistant = 0,

    /// <summary>A fixed notice that a rule asks for (stop-word confirmation, banned words): sent even when AI replies is off, costs nothing.</summary>
    Notice = 1,

    /// <summary>A person's message: never resent by itself, never waits behind an AI row.</summary>
    Person = 2,
}

/// <summary>One hand-over to the provider; every attempt keeps its own provider id.</summary>
internal sealed class SendAttempt
{
    public required Guid OutboxId { get; init; }

    public required int Attempt { get; init; }

    public required Guid ConnectionId { get; init; }

    public string? ProviderMessageId { get; set; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The furthest that a delivery status reported of this hand-over; null while none came.</summary>
    public MessageStatus? Status { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<SendAttempt>
    {
        public void Configure(EntityTypeBuilder<SendAttempt> builder)
        {
            builder.ToTable("send_attempts").HasKey(a => new { a.OutboxId, a.Attempt });
            builder.HasIndex(a => new { a.ConnectionId, a.ProviderMessageId }).HasFilter("\"ProviderMessageId\" IS NOT NULL");
        }
    }
}
