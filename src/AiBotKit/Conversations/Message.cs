using AiBotKit.Durability;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Conversations;

/// <summary>Something said by the customer, the assistant or the owner, or an event of the conversation.</summary>
internal sealed class Message
{
    /// <summary>Arrival number: grows with every stored message, ties of provider time are broken by it.</summary>
    public long Seq { get; init; }

    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required Guid ConversationId { get; init; }

    public required MessageRole Role { get; init; }

    /// <summary>The wire's type: <c>text</c>, <c>image</c>, <c>audio</c>, <c>location</c>, <c>reaction</c>… or the event's name.</summary>
    public required string Type { get; init; }

    /// <summary>What a reader sees as text: body, caption, tapped title, or a labelled placeholder. Data, never markup.</summary>
    public required string Text { get; set; }

    /// <summary>Typed content as JSON (media id, mime type, coordinates, reaction target…); null for plain text.</summary>
    public string? Content { get; set; }

    public string? ProviderMessageId { get; set; }

    /// <summary>The session id of the address it came from, when that is another one than the conversation's: what a split gives back by it.</summary>
    public string? Via { get; set; }

    /// <summary>Provider id of the quoted message.</summary>
    public string? ReplyTo { get; set; }

    /// <summary>The provider's clock for customer messages; the commit's time for ours. Whole seconds. Timeline order: this, then <see cref="Seq"/>.</summary>
    public required DateTimeOffset At { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required MessageStatus Status { get; set; }

    /// <summary>How a customer message ended: <c>answered</c> or a stored-only reason; null while an answer is due.</summary>
    public string? Outcome { get; set; }

    /// <summary>The turn that answers it, or that it is the answer of.</summary>
    public Guid? TurnId { get; set; }

    /// <summary>True for content a customer means as a message (wire facts section 3).</summary>
    public bool StartsTurn { get; init; }

    public int? FailureCode { get; set; }

    /// <summary>One plain sentence: what happened, whether it reached the customer, what to do.</summary>
    public string? FailureReason { get; set; }

    /// <summary>Set only by the reconcile rule: the customer may have received this twice.</summary>
    public bool PossibleDuplicate { get; set; }

    /// <summary>Display name of the person for owner messages.</summary>
    public string? AuthorName { get; set; }

    /// <summary>Citations of an AI answer as JSON (list of <c>Assistant.Citation</c>).</summary>
    public string? Citations { get; set; }

    public DateTimeOffset? EditedAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>Something that happened in a conversation: a line of its timeline, neither sent nor part of what a model reads.</summary>
    public static Message Event(Guid id, Guid accountId, Guid conversationId, string type, string text, string author, DateTimeOffset now) => new()
    {
        Id = id,
        AccountId = accountId,
        ConversationId = conversationId,
        Role = MessageRole.Event,
        Type = type,
        Text = text,
        AuthorName = author,
        At = MessageTime.Of(now),
        CreatedAt = now,
        Status = MessageStatus.Received,
    };

    internal sealed class Configuration : IEntityTypeConfiguration<Message>
    {
        public void Configure(EntityTypeBuilder<Message> builder)
        {
            builder.ToTable("messages").HasKey(m => m.Seq);
            builder.HasIndex(m => m.Id).IsUnique();
            builder.HasIndex(m => new { m.ConversationId, m.At, m.Seq });
            builder.HasIndex(m => new { m.ConversationId, m.Via }).HasFilter("\"Via\" IS NOT NULL");
            builder.HasIndex(m => m.ConversationId, "IX_messages_paused").HasFilter("\"Outcome\" IN ('paused', 'plan')");
            builder.HasIndex(m => m.ConversationId, "IX_messages_unanswered").HasFilter("\"Outcome\" IS NULL AND \"Role\" = 0");
        }
    }
}
