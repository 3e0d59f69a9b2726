using AiBotKit.Chatbots;

namespace AiBotKit.Assistant;

/// <summary>Answers one turn. A seam: the crash simulator and the load tests script it, production uses <c>Answerer</c>.</summary>
internal interface IAnswerer
{
    /// <summary>
    /// Answers <paramref name="question"/> from the chatbot's knowledge within the assistant's own time limits (75 s in all). Never throws for
    /// a model that is down, slow, empty or refusing, nor for a knowledge that cannot be searched: that is an answer of another kind. Throws only when cancelled or when the store is unavailable.
    /// </summary>
    Task<Answer> AnswerAsync(Question question, CancellationToken cancellationToken);
}

/// <summary>What a customer means, with what was said before.</summary>
/// <param name="Text">The unanswered messages of the turn joined by line breaks, in the customer's order.</param>
/// <param name="History">Earlier messages, oldest first, without the ones in <paramref name="Text"/>; at most 20.</param>
/// <param name="As">An unsaved form of the chatbot to answer as, for a preview; null = as it is stored.</param>
internal sealed record Question(Guid AccountId, Guid ChatbotId, Guid ConversationId, string Text, IReadOnlyList<HistoryLine> History, Chatbot? As = null);

/// <summary>One earlier message.</summary>
internal sealed record HistoryLine(Speaker Speaker, string Text);

internal enum Speaker
{
    Customer,
    Assistant,
    Owner,
}

/// <summary>
/// An answer before rendering for a channel.
/// </summary>
/// <param name="Kind">How it came about; model and extractive answers count as AI messages, the others cost nothing.</param>
/// <param name="Markdown">The text; citation marks are written <c>[[1]]</c> and are removed by the channel's rendering.</param>
/// <param name="Citations">Where it comes from, numbered as in the text; empty for topics, fallback and small talk.</param>
/// <param name="Trace">Why this answer.</param>
/// <param name="IsGap">The question could not be answered from the knowledge and is to be recorded as a gap.</param>
/// <param name="Outage">The model or the search of the knowledge failed and nothing could stand in: fallback once per outage, a person is wanted.</param>
/// <param name="Recovered">Everything this answer needed worked: an outage, if there was one, is over.</param>
/// <param name="WantsPerson">The model judged that this is for a person of the business: nothing of its own is said.</param>
/// <param name="AsWritten">The text is the owner's own words (or ours around them): it is sent as it stands, nothing in it is read as markup.</param>
internal sealed record Answer(
    AnswerKind Kind, string Markdown, IReadOnlyList<Citation> Citations, AnswerTrace Trace, bool IsGap = false, bool Outage = false, bool Recovered = false, bool AsWritten = false, bool WantsPerson = false);

internal enum AnswerKind
{
    Model,
    Extractive,
    Topics,
    Fallback,

    /// <summary>A fixed reply to a greeting or to thanks: there was nothing to look up.</summary>
    SmallTalk,
}

/// <summary>A passage an answer rests on.</summary>
/// <param name="Number">As in the text.</param>
/// <param name="Title">Title of the document.</param>
/// <param name="Quote">The passage as it stands in the knowledge, at most 400 characters.</param>
/// <param name="Score">The evidence that was compared with the floor, 0..1.</param>
internal sealed record Citation(int Number, Guid ChunkId, Guid DocumentId, string Title, string Quote, double Score);

/// <summary>Everything needed to explain an answer later; stored as JSON with the turn.</summary>
internal sealed record AnswerTrace
{
    /// <summary>ISO 639 code the question was identified as.</summary>
    public string Language { get; init; } = "";

    /// <summary>Best evidence found and the floor it had to reach, 0..1.</summary>
    public double Evidence { get; init; }

    public double Floor { get; init; }

    public IReadOnlyList<TracedPassage> Passages { get; init; } = [];

    /// <summary>What was searched for, when it differs from the question (follow-ups are completed from the history).</summary>
    public string? SearchText { get; init; }

    public string? PromptVersion { get; init; }

    /// <summary>Provider and model; null when no model was asked.</summary>
    public string? Model { get; init; }

    public long? InputTokens { get; init; }

    public long? OutputTokens { get; init; }

    public double RetrievalMilliseconds { get; init; }

    public double ModelMilliseconds { get; init; }

    /// <summary>Guard verdicts and fallbacks taken, in order, as short sentences.</summary>
    public IReadOnlyList<string> Verdicts { get; init; } = [];
}

/// <summary>A passage that was considered.</summary>
internal sealed record TracedPassage(Guid ChunkId, string Title, string? Heading, double Score, double Coverage, double? Cosine, bool Used);
