using AiBotKit.Durability.Mails;

namespace AiBotKit.Durability;

/// <summary>The lead form of a conversation's chatbot, while it is switched on, and how far the talk about it is, as a turn sees them.</summary>
/// <param name="Form">What the owner set (JSON; the feature that asks knows its form).</param>
/// <param name="State">How far the talk is (JSON); null = it has not begun.</param>
/// <param name="ContactName">The customer's name as WhatsApp gives it.</param>
internal sealed record LeadSeen(string Form, string? State, string? ContactName);

/// <summary>What a turn changes of a lead form's talk. Applied in the turn's own transaction, and only when the turn is committed.</summary>
internal sealed record LeadChange
{
    /// <summary>How far the talk is after the turn (JSON).</summary>
    public required string State { get; init; }

    /// <summary>How far it was before: it counts again when the whole turn is cancelled before anything of it has left.</summary>
    public required string? Before { get; init; }

    /// <summary>When the form begins by itself, if nobody writes until then; null = never.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>What is said then; with <see cref="DueAt"/>.</summary>
    public LeadOpening? Opening { get; init; }

    /// <summary>What the customer gave so far; null = nothing that may be stored.</summary>
    public LeadValues? Lead { get; init; }

    /// <summary>Told once for a lead, however often its turn is done again.</summary>
    public IReadOnlyList<StoredMail> Mails { get; init; } = [];
}

/// <summary>The first words of a form that begins by itself, already rendered, and how far the talk is once they are said.</summary>
internal sealed record LeadOpening(string Text, string State);

/// <summary>A lead as it is stored.</summary>
/// <param name="Own">Answers to the owner's own questions (JSON array of label and value).</param>
/// <param name="Words">Everything in it, folded for the search.</param>
/// <param name="ConsentText">The exact words that the customer agreed to; null = none were asked.</param>
/// <param name="IsComplete">The talk about it is over.</param>
internal sealed record LeadValues(
    Guid Id, string? Name, string? Email, string? Phone, string Own, string Words, string? ConsentText, DateTimeOffset? ConsentAt, DateTimeOffset CreatedAt, bool IsComplete);
