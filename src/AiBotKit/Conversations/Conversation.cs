using AiBotKit.Durability;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Conversations;

/// <summary>The endless thread of one customer with one chatbot on one channel.</summary>
internal sealed class Conversation
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required Guid ChatbotId { get; init; }

    public Guid? ConnectionId { get; set; }

    /// <summary><c>whatsapp</c> or <c>website</c>.</summary>
    public required string Channel { get; init; }

    /// <summary>Public name, unique per chatbot: <c>wa_&lt;digits&gt;</c>, or <c>wa_&lt;BSUID&gt;</c> when no number is known.</summary>
    public required string SessionId { get; init; }

    /// <summary>XxHash64 of the id's bytes mod 64; stored, never recomputed.</summary>
    public required int Partition { get; init; }

    /// <summary>Where replies go: phone digits or a BSUID.</summary>
    public required string Address { get; set; }

    /// <summary>The name that people see: the account's own for this contact, else the latest profile name.</summary>
    public string? ContactName { get; set; }

    /// <summary><see cref="ContactName"/> was given by the account's people and is kept over the profile name.</summary>
    public bool NameGiven { get; set; }

    /// <summary>The latest name of the customer's own profile; null when none came.</summary>
    public string? ProfileName { get; set; }

    /// <summary>The AI replies switch of this one conversation.</summary>
    public bool AiReplies { get; set; } = true;

    /// <summary>Who or what switched AI replies last: <c>owner</c>, <c>phone</c>, <c>stop_word</c>, <c>loop_guard</c>, <c>clock</c> (a takeover ran out); null = never switched.</summary>
    public string? AiRepliesReason { get; set; }

    /// <summary>The person who switched AI replies off last, while they are off; null for the phone, a key, a rule.</summary>
    public Guid? TakenOverBy { get; set; }

    /// <summary>Who of the team looks after it; null = nobody in particular. It says nothing about who answers.</summary>
    public Guid? AssignedTo { get; set; }

    /// <summary>When a takeover ends by itself and the AI answers again; null = not by itself, or no takeover.</summary>
    public DateTimeOffset? TakeoverUntil { get; set; }

    /// <summary>Ownership epoch: raised by every human act (switch, owner reply, echo from the owner's phone).</summary>
    public long Epoch { get; set; }

    /// <summary>Provider time of the customer's latest message; base of the service window. Never moves back, never lies in the future.</summary>
    public DateTimeOffset? LastInboundAt { get; set; }

    public required DateTimeOffset LastMessageAt { get; set; }

    public string LastMessagePreview { get; set; } = "";

    public MessageRole LastMessageRole { get; set; }

    /// <summary>Equal to <see cref="LastMessageAt"/> while the latest message is one of ours that failed; kept by a trigger on its state, undone by any newer message.</summary>
    public DateTimeOffset? FailedAt { get; set; }

    public int Unread { get; set; }

    /// <summary>Set while a person is wanted: <c>asked</c> (the customer asked), <c>unanswered</c> (too many gaps in a row), <c>judged</c> (by the model), <c>outage</c>, <c>late</c>, <c>gap</c>, <c>dead_letter</c>…</summary>
    public string? WaitingReason { get; set; }

    public DateTimeOffset? WaitingSince { get; set; }

    /// <summary>When the customer was told that a person answers; null when nobody was called since a person was here last.</summary>
    public DateTimeOffset? HandoverToldAt { get; set; }

    /// <summary>Questions in a row that the knowledge did not answer.</summary>
    public int UnansweredInARow { get; set; }

    /// <summary>The next answer must begin with the disclosure line.</summary>
    public bool DisclosureDue { get; set; } = true;

    /// <summary>The fallback of the present outage was already sent.</summary>
    public bool OutageNoticeSent { get; set; }

    /// <summary>The conversation that continues this one (the same person known by number).</summary>
    public Guid? MergedIntoId { get; set; }

    /// <summary>People have said that this is somebody else: no rule merges it, only people do.</summary>
    public bool KeptApart { get; set; }

    /// <summary>Raised by every commit that changes what people see here.</summary>
    public long Version { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Conversation>
    {
        public void Configure(EntityTypeBuilder<Conversation> builder)
        {
            builder.ToTable("conversations").HasKey(c => c.Id);
            builder.HasIndex(c => new { c.ChatbotId, c.SessionId }).IsUnique();
            // All that a filter of the list asks about, in the order of the list: a page, a filter and the counts above it read this index and nothing else.
            builder.HasIndex(c => new { c.AccountId, c.LastMessageAt, c.Id, c.MergedIntoId, c.ChatbotId, c.Unread, c.AiReplies, c.AiRepliesReason, c.WaitingReason, c.LastInboundAt, c.FailedAt, c.TakenOverBy, c.AssignedTo, c.Channel })
                .HasDatabaseName("IX_conversations_list");
            builder.HasIndex(c => new { c.AccountId, c.WaitingSince, c.Id }, "IX_conversations_waiting").HasFilter("\"WaitingReason\" IS NOT NULL");
            builder.HasIndex(c => c.TakeoverUntil).HasFilter("\"TakeoverUntil\" IS NOT NULL");
            builder.HasIndex(c => c.MergedIntoId).HasFilter("\"MergedIntoId\" IS NOT NULL");
        }
    }
}

/// <summary>Other names of the same customer of one chatbot (a BSUID, a changed number) and the conversation they lead to.</summary>
internal sealed class ConversationAlias
{
    public required Guid ChatbotId { get; init; }

    public required string Alias { get; init; }

    public required Guid ConversationId { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<ConversationAlias>
    {
        public void Configure(EntityTypeBuilder<ConversationAlias> builder)
        {
            builder.ToTable("conversation_aliases").HasKey(a => new { a.ChatbotId, a.Alias });
            builder.HasIndex(a => a.ConversationId);
        }
    }
}
