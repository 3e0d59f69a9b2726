using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Durability;

/// <summary>
/// A person's reply that was written outside the service window. It goes into the outbox in the transaction in which the customer's next
/// message arrives; until then its message stands in the conversation as <see cref="MessageStatus.Held"/>.
/// </summary>
internal sealed class HeldReply
{
    /// <summary>Also the id of its message, before and after it is sent.</summary>
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required Guid ConversationId { get; set; }

    /// <summary>The number it was to go out on; when that is disconnected, it does not go.</summary>
    public required Guid ConnectionId { get; init; }

    /// <summary>As it will be sent.</summary>
    public required string Text { get; init; }

    public required string AuthorName { get; init; }

    /// <summary>The message of the template that asks the customer to tap; null when an earlier held reply's is still out.</summary>
    public Guid? NudgeId { get; init; }

    public required HeldState State { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was released or cancelled.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<HeldReply>
    {
        public void Configure(EntityTypeBuilder<HeldReply> builder)
        {
            builder.ToTable("held_replies").HasKey(h => h.Id);
            builder.HasIndex(h => h.ConversationId);
            builder.HasIndex(h => h.ConversationId, "IX_held_replies_waiting").HasFilter("\"State\" = 0");
        }
    }
}

/// <summary>Stored as a number: never renumber.</summary>
internal enum HeldState
{
    Waiting = 0,

    /// <summary>In the outbox: what becomes of it there says its message.</summary>
    Released = 1,
    Cancelled = 2,
}

/// <summary>A reply to be held and the template that is to go out for it.</summary>
/// <param name="Reply">Its <see cref="PersonReply.MessageId"/> is the held reply's id.</param>
/// <param name="Nudge">Sent at once, unless the nudge of an earlier held reply is still out.</param>
internal sealed record HeldWish(PersonReply Reply, PersonReply Nudge);
