using System.Text.Json;
using System.Text.Json.Serialization;
using AiBotKit.Assistant;

namespace AiBotKit.Evals;

/// <summary>What a customer said, and what a shop owner would want said last.</summary>
/// <param name="Text">The message that is judged.</param>
/// <param name="Said">The customer's earlier messages; each gets the answer that the product gives.</param>
/// <param name="Answer">The answer must be a quotation that holds all of these; null: it must not be a quotation.</param>
/// <param name="Kind">Instead of an answer: "abstain" (topics or the fallback) or "small-talk".</param>
/// <param name="OrAbstain">Saying that it does not know is as good.</param>
internal sealed record Conversation(
    string Text,
    IReadOnlyList<string>? Said = null,
    IReadOnlyList<string>? Answer = null,
    string? Kind = null,
    bool OrAbstain = false,
    string Shop = "demo",
    string Language = "en",
    string Group = "")
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowTrailingCommas = true };

    public bool ExpectsAnswer => Answer is not null;

    public static IReadOnlyList<Conversation> Load(string path) =>
        JsonSerializer.Deserialize<List<Conversation>>(File.ReadAllText(path), Format) ?? throw new InvalidDataException($"{path} is empty.");

    /// <summary>Null when this is what was wanted, else what was said instead.</summary>
    public string? Fault(Answer answer)
    {
        var isAbstention = answer.Kind is AnswerKind.Topics or AnswerKind.Fallback;
        var isRight = Answer is { } wanted
            ? (answer.Kind == AnswerKind.Extractive && wanted.All(part => answer.Markdown.Contains(part, StringComparison.OrdinalIgnoreCase))) || (OrAbstain && isAbstention)
            : Kind == "small-talk" ? answer.Kind == AnswerKind.SmallTalk : isAbstention;
        return isRight ? null
            : $"[{Group}, {Language}] {string.Join(" / ", [.. Said ?? [], Text])} → {answer.Kind} ({answer.Trace.Evidence:F2}, \"{answer.Trace.SearchText}\"): {answer.Markdown.ReplaceLineEndings(" ")}; wanted {(Answer is null ? Kind : string.Join(", ", Answer))}";
    }
}
