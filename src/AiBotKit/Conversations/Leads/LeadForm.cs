using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Conversations.Leads;

/// <summary>The lead form of a chatbot, as its owner set it; without a row it is switched off.</summary>
internal sealed class LeadForm
{
    public required Guid ChatbotId { get; init; }

    public required Guid AccountId { get; init; }

    public bool Enabled { get; set; }

    /// <summary><see cref="LeadFormValues"/> as JSON.</summary>
    public required string Settings { get; set; }

    public DateTimeOffset ChangedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<LeadForm>
    {
        public void Configure(EntityTypeBuilder<LeadForm> builder) => builder.ToTable("lead_forms").HasKey(f => f.ChatbotId);
    }
}

/// <summary>When a form is asked.</summary>
internal enum LeadPosition
{
    /// <summary>With the bot's first message.</summary>
    Start,

    /// <summary>With the first answer from the knowledge.</summary>
    AfterFirstAnswer,

    /// <summary>When the customer says thanks or goodbye, or has been silent for 30 minutes.</summary>
    End,
}

/// <summary>What an owner may set of a lead form; trimmed by <see cref="LeadFormRules.Clean"/>.</summary>
/// <param name="Heading">Said before the first question; empty = the default in the customer's language, as for all texts here.</param>
/// <param name="OwnFields">Questions of the owner's own, in their order.</param>
/// <param name="Consent">Consent is asked for first; without it nothing is stored.</param>
/// <param name="SuccessWithName"><c>{user_name}</c> stands for the name.</param>
/// <param name="Notify">A mail goes out for each lead.</param>
/// <param name="Recipients">E-mail addresses.</param>
internal sealed record LeadFormValues(
    bool Enabled, LeadPosition Position, string Heading, bool AskName, bool AskEmail, bool AskPhone, IReadOnlyList<string> OwnFields, bool Consent, string ConsentText,
    string SuccessWithName, string SuccessWithoutName, bool Notify, IReadOnlyList<string> Recipients)
{
    /// <summary>A form before anybody has set anything.</summary>
    public static LeadFormValues New { get; } = new(false, LeadPosition.AfterFirstAnswer, "", true, true, true, [], false, "", "", "", false, []);

    /// <summary>Whether there is anything to ask.</summary>
    internal bool Asks => AskName || AskEmail || AskPhone || OwnFields.Count > 0;

    /// <summary>Whether both say the same, lists compared by their items.</summary>
    public bool Means(LeadFormValues other) =>
        OwnFields.SequenceEqual(other.OwnFields) && Recipients.SequenceEqual(other.Recipients) && this with { OwnFields = other.OwnFields, Recipients = other.Recipients } == other;
}
