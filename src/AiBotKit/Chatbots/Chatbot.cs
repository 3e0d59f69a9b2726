using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Chatbots;

/// <summary>A bot of an account: what it is called, how it speaks, what it says when it does not know.</summary>
internal sealed class Chatbot
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required string Name { get; set; }

    /// <summary>The owner's own words to the model; empty is allowed.</summary>
    public string Instructions { get; set; } = "";

    /// <summary>Sent when the answer is not in the knowledge.</summary>
    public string FallbackMessage { get; set; } = DefaultFallbackMessage;

    /// <summary>First line of the first answer of a conversation and of the first after a hand-back (AI Act art. 50).</summary>
    public string Disclosure { get; set; } = DefaultDisclosure;

    public AnswerScope AnswerScope { get; set; }

    /// <summary>Words that stop a message from being processed, one per entry; empty = off. Partial matches count.</summary>
    public string BannedWords { get; set; } = "";

    /// <summary>Sent instead of an answer when a banned word was used; costs nothing.</summary>
    public string BannedWordsMessage { get; set; } = "This message contains banned content";

    /// <summary>ISO 639-1 codes, comma-separated, whose stop words are understood besides English.</summary>
    public string Languages { get; set; } = "en,es,fr,de,pt,it";

    public required DateTimeOffset CreatedAt { get; init; }

    public const string DefaultFallbackMessage = "I don't have that information. A person from our team will get back to you.";

    public const string DefaultDisclosure = "I am an AI assistant.";

    internal sealed class Configuration : IEntityTypeConfiguration<Chatbot>
    {
        public void Configure(EntityTypeBuilder<Chatbot> builder)
        {
            builder.ToTable("chatbots").HasKey(c => c.Id);
            builder.HasIndex(c => new { c.AccountId, c.Name }).IsUnique();
        }
    }
}

/// <summary>How far a model may go beyond the knowledge.</summary>
internal enum AnswerScope
{
    /// <summary>Below the relevance floor nothing is asked of the model (default).</summary>
    KnowledgeOnly,

    /// <summary>The model may also answer greetings and small talk.</summary>
    KnowledgeFirst,
}
