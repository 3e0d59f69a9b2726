using System.Globalization;
using System.Text.Json;
using AiBotKit.Assistant;
using AiBotKit.Conversations;

namespace AiBotKit.Dashboard.Inbox;

/// <summary>"Why this answer" from a turn's stored trace and the message's citations.</summary>
internal static class EvidenceRules
{
    /// <summary>Null when the trace cannot be read (it was written by a newer version, or is damaged).</summary>
    public static EvidenceView? From(Turn turn, string? citationsJson)
    {
        if (Parse<AnswerTrace>(turn.Trace) is not { } trace)
        {
            return null;
        }

        var citations = Parse<List<Citation>>(citationsJson) ?? [];
        var passages = new List<PassageView>();
        foreach (var citation in citations.OrderBy(citation => citation.Number))
        {
            var place = Within(trace.Passages.FirstOrDefault(passage => passage.ChunkId == citation.ChunkId)?.Heading, citation.Title);
            passages.Add(new PassageView(citation.Number, citation.Title, place, citation.Quote, citation.Score, trace.Floor));
        }

        var cited = citations.Select(citation => citation.ChunkId).ToHashSet();
        foreach (var passage in trace.Passages.Where(passage => !cited.Contains(passage.ChunkId)))
        {
            var place = passage.Used ? "read, not cited" : passage.Score < trace.Floor ? string.Create(CultureInfo.InvariantCulture, $"below the floor of {Short(trace.Floor)}, not used") : "not used";
            passages.Add(new PassageView(null, passage.Title, Within(passage.Heading, passage.Title) is { } heading ? $"{heading} · {place}" : place, null, passage.Score, trace.Floor));
        }

        return new EvidenceView(turn.Id, Label(turn.AnswerKind, citations.Count), citations.Count > 0, Verdict(turn.AnswerKind, citations.Count), passages, Facts(turn, trace), trace.Verdicts) { IsGap = turn.AnswerKind is "fallback" or "topics" };
    }

    /// <summary>The language the question was identified as; null when unknown.</summary>
    public static string? Language(Turn turn) =>
        Parse<AnswerTrace>(turn.Trace)?.Language is { Length: 2 or 3 } code && code != "und" && code.All(char.IsAsciiLetterLower) ? code : null;

    /// <summary>Titles of the sources, once each; null without citations.</summary>
    public static IReadOnlyList<string>? Titles(string? citationsJson) =>
        Parse<List<Citation>>(citationsJson) is { Count: > 0 } citations ? [.. citations.OrderBy(c => c.Number).Select(c => c.Title).Distinct(StringComparer.Ordinal)] : null;

    /// <summary>".87": two digits, no zero before the point.</summary>
    public static string Short(double score) => Math.Clamp(score, 0, 1).ToString(score >= 0.995 ? "0.0" : ".00", CultureInfo.InvariantCulture);

    /// <summary>Where in the document: the heading without the document's own title, which stands before it.</summary>
    private static string? Within(string? heading, string title) =>
        heading is null || heading == title ? null : heading.StartsWith(title + " › ", StringComparison.Ordinal) ? heading[(title.Length + 3)..] : heading;

    private static string Label(string kind, int sources) => kind switch
    {
        "fallback" => "Not in the knowledge · kept as a gap",
        "handover" => "A person was called",
        "topics" => "Nearest topics offered · kept as a gap",
        "small_talk" => "Fixed reply",
        "notice" => "Fixed text",
        "lead_form" => "Lead form",
        _ when sources == 0 => "no source",
        _ => sources == 1 ? "1 source" : $"{sources} sources",
    };

    private static string Verdict(string kind, int sources) => kind switch
    {
        "model" when sources > 0 => "Written by the model from these passages",
        "model" => "Written by the model without a source",
        "extractive" => "In your own words, taken from this source",
        "handover" => "The customer was told that a person answers",
        "topics" => "Too far from the knowledge to answer",
        "fallback" => "Not in the knowledge",
        "small_talk" => "A greeting or thanks: nothing to look up",
        "lead_form" => "A question of your lead form",
        _ => "A fixed text of yours",
    };

    private static List<FactView> Facts(Turn turn, AnswerTrace trace)
    {
        var facts = new List<FactView>();
        void Add(string name, string? value)
        {
            if (!string.IsNullOrWhiteSpace(value))
            {
                facts.Add(new FactView(name, value));
            }
        }

        Add("Asked as", trace.SearchText);
        Add("Language", LanguageName(trace.Language));
        Add("Best evidence", trace.Passages.Count == 0 ? null : $"{Short(trace.Evidence)} of {Short(trace.Floor)} needed");
        Add("Model", trace.Model is null ? (turn.AnswerKind == "extractive" ? "none: quoted" : null) : string.Join(", prompt ", new[] { trace.Model, trace.PromptVersion }.Where(part => !string.IsNullOrEmpty(part))));
        Add("Tokens", trace.InputTokens is null && trace.OutputTokens is null ? null : string.Create(CultureInfo.InvariantCulture, $"{trace.InputTokens ?? 0} in, {trace.OutputTokens ?? 0} out"));
        Add("Retrieval", Milliseconds(trace.RetrievalMilliseconds));
        Add("Answering", trace.ModelMilliseconds > 0 ? Milliseconds(trace.ModelMilliseconds) : null);
        Add("Counted", turn.AnswerKind is "model" or "extractive" ? "1 AI message" : "nothing");
        return facts;
    }

    private static string Milliseconds(double value) => value >= 1000
        ? (value / 1000).ToString("0.0#", CultureInfo.InvariantCulture) + " s"
        : value.ToString(value < 10 ? "0.#" : "0", CultureInfo.InvariantCulture) + " ms";

    private static string? LanguageName(string code) => code switch
    {
        "" or "und" => null,
        "en" => "English",
        "es" => "Spanish",
        "fr" => "French",
        "de" => "German",
        "pt" => "Portuguese",
        "it" => "Italian",
        "ar" => "Arabic",
        "hi" => "Hindi",
        _ => code,
    };

    private static T? Parse<T>(string? json)
        where T : class
    {
        if (string.IsNullOrEmpty(json))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
