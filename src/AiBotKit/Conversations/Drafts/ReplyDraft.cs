using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Conversations.Drafts;

/// <summary>
/// An answer that the AI drafted for a person. It is kept so that the server, and not the browser, knows whether what is sent is the draft unchanged.
/// </summary>
internal sealed class ReplyDraft
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required Guid ConversationId { get; init; }

    /// <summary>As the channel would send it when it is typed: a reply is compared with it word for word.</summary>
    public required string Text { get; init; }

    /// <summary>JSON (list of <c>Assistant.Citation</c>); never empty.</summary>
    public required string Citations { get; init; }

    /// <summary>Why this answer (JSON of <c>Assistant.AnswerTrace</c>).</summary>
    public required string Trace { get; init; }

    /// <summary>The person who asked for it; null for a key.</summary>
    public required Guid? AskedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<ReplyDraft>
    {
        public void Configure(EntityTypeBuilder<ReplyDraft> builder)
        {
            builder.ToTable("reply_drafts").HasKey(d => d.Id);
            builder.HasIndex(d => d.ConversationId);
        }
    }
}
