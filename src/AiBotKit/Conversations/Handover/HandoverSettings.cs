using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Conversations.Handover;

/// <summary>When a chatbot calls a person and what is said then; a chatbot without a row has the defaults.</summary>
internal sealed class HandoverSettings
{
    public required Guid ChatbotId { get; init; }

    public required Guid AccountId { get; init; }

    /// <summary>Further words of the owner that ask for a person, one a line; parts of a message count, whole words only.</summary>
    public string Words { get; set; } = "";

    /// <summary>Unanswered questions in a row after which a person is called; null = never by count.</summary>
    public int? AfterUnanswered { get; set; } = DefaultAfterUnanswered;

    /// <summary>The owner's own words to the customer; empty = ours, in the customer's language.</summary>
    public string Message { get; set; } = "";

    /// <summary>When people are there, as <see cref="OpeningHours"/> writes it, in the chatbot's time zone; empty = nothing is said of it.</summary>
    public string OpeningHours { get; set; } = "";

    /// <summary>Addresses that get a mail when a person is called, one a line; empty = none.</summary>
    public string Mails { get; set; } = "";

    /// <summary>Sent when a person takes over, with <c>{name}</c> for theirs; empty = the customer is not told.</summary>
    public string TakeoverMessage { get; set; } = "";

    /// <summary>Sent when the AI answers again; empty = the customer is not told.</summary>
    public string HandbackMessage { get; set; } = "";

    public const int DefaultAfterUnanswered = Durability.HandoverTerms.DefaultAfterUnanswered;

    internal sealed class Configuration : IEntityTypeConfiguration<HandoverSettings>
    {
        public void Configure(EntityTypeBuilder<HandoverSettings> builder) => builder.ToTable("handovers").HasKey(h => h.ChatbotId);
    }
}
