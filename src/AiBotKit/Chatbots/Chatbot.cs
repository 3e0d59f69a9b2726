using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Chatbots;

/// <summary>A bot of an account: what it is called, how it speaks, what it says when it does not know.</summary>
internal sealed class Chatbot
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    /// <summary>1 to 80 characters, different from the account's other chatbots; customers see it in the greeting.</summary>
    public required string Name { get; set; }

    /// <summary>What the configuration calls it, for one that a setting made; it stays when the owner gives it another name.</summary>
    public string? ConfiguredName { get; init; }

    /// <summary>The owner's own words to the model; empty is allowed.</summary>
    public string Instructions { get; set; } = "";

    /// <summary>How a model is asked to speak; quotes of the knowledge stay as they are written.</summary>
    public ChatbotTone Tone { get; set; }

    /// <summary>ISO 639-1 code of the language that a model answers in; null = the customer's own.</summary>
    public string? Language { get; set; }

    /// <summary>IANA name, e.g. <c>Europe/Lisbon</c>: what "today" is to this business.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>Sent when the answer is not in the knowledge.</summary>
    public string FallbackMessage { get; set; } = DefaultFallbackMessage;

    /// <summary>First line of the first answer of a conversation and of the first after a hand-back (AI Act art. 50).</summary>
    public string Disclosure { get; set; } = DefaultDisclosure;

    public AnswerScope AnswerScope { get; set; }

    /// <summary>Words that stop a message from being processed, one per entry; empty = off. Partial matches count.</summary>
    public string BannedWords { get; set; } = "";

    /// <summary>Sent instead of an answer when a banned word was used; costs nothing.</summary>
    public string BannedWordsMessage { get; set; } = DefaultBannedWordsMessage;

    /// <summary>Hours that a takeover lasts without a message of a person, 1 to 720; null = until it is handed back.</summary>
    public int? TakeoverHours { get; set; } = DefaultTakeoverHours;

    /// <summary>ISO 639-1 codes, comma-separated, whose stop words are understood besides English.</summary>
    public string Languages { get; set; } = "en,es,fr,de,pt,it";

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a person last changed it.</summary>
    public DateTimeOffset? ChangedAt { get; set; }

    /// <summary>Null while it is there. Its conversations stay readable, so the row stays; every query leaves it out unless it says otherwise.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>A working day and its evening: whoever took over has gone home by then.</summary>
    public const int DefaultTakeoverHours = 12;

    public const string DefaultFallbackMessage = "I don't have that information. A person from our team will get back to you.";

    public const string DefaultBannedWordsMessage = "This message contains banned content";

    public const string DefaultDisclosure = "I am an AI assistant.";

    internal sealed class Configuration : IEntityTypeConfiguration<Chatbot>
    {
        public void Configure(EntityTypeBuilder<Chatbot> builder)
        {
            builder.ToTable("chatbots").HasKey(c => c.Id);
            builder.HasIndex(c => new { c.AccountId, c.Name }).IsUnique().HasFilter("\"DeletedAt\" IS NULL");
            builder.HasQueryFilter(c => c.DeletedAt == null);
        }
    }
}

/// <summary>How far a model may go beyond the knowledge.</summary>
public enum AnswerScope
{
    /// <summary>Below the relevance floor nothing is asked of the model (default).</summary>
    KnowledgeOnly,

    /// <summary>The model may also answer greetings and small talk.</summary>
    KnowledgeFirst,
}

/// <summary>How a chatbot speaks when a model writes for it.</summary>
public enum ChatbotTone
{
    /// <summary>Nothing is asked of the model beyond the owner's instructions (default of configured chatbots).</summary>
    Neutral,

    Friendly,

    Professional,

    Casual,

    Playful,
}
