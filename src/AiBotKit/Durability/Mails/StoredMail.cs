using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Durability.Mails;

/// <summary>
/// A mail, on disk from the write that caused it until it is sent. The text holds one-time links, so it is encrypted, and gone as soon as a
/// mail server has taken it; without a mail server it is kept for the developer page.
/// </summary>
internal sealed class StoredMail
{
    public required Guid Id { get; init; }

    /// <summary>Whose act caused it.</summary>
    public required Guid AccountId { get; init; }

    /// <summary>Whose words are in it: it goes when they are erased. Null for what is about the account alone.</summary>
    public Guid? ConversationId { get; init; }

    public required string To { get; init; }

    public required string Subject { get; init; }

    /// <summary>Plain text, protected with purpose (account, kind <c>mail</c>); null once sent or given up.</summary>
    public string? TextProtected { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When to try next; null when it is sent, kept, or given up.</summary>
    public DateTimeOffset? DueAt { get; set; }

    public DateTimeOffset? SentAt { get; set; }

    public int Attempts { get; set; }

    /// <summary>What the mail server said at the last try, at most 200 characters.</summary>
    public string? Problem { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<StoredMail>
    {
        public void Configure(EntityTypeBuilder<StoredMail> builder)
        {
            builder.ToTable("mails").HasKey(m => m.Id);
            builder.HasIndex(m => m.DueAt);
        }
    }
}
