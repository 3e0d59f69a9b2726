using System.Globalization;
using AiBotKit.Assistant;
using AiBotKit.Durability;

namespace AiBotKit.Conversations.Drafts;

/// <summary>What a summary by rules is made of.</summary>
/// <param name="Who">Name and number; null where they stand beside it already.</param>
/// <param name="Since">When the customer was first seen, as a date for people.</param>
/// <param name="Asked">The customer's questions, oldest first.</param>
/// <param name="Unanswered">Those among them that got no answer.</param>
/// <param name="Why">Why a person is wanted, in one sentence without its stop; null when nobody was called, or it stands beside it already.</param>
/// <param name="Details">What the lead form holds, by its labels.</param>
internal sealed record SummaryFacts(string? Who, string? Since, IReadOnlyList<string> Asked, IReadOnlyList<string> Unanswered, string? Why, IReadOnlyList<(string Label, string Value)> Details);

/// <summary>What a conversation is about without a model: who, what was asked, what is open, what was given. Quotes and nothing else. Pure.</summary>
internal static class SummaryRules
{
    private const int Questions = 3;
    private const int LongestQuote = 120;
    private const int LongestValue = 80;

    public static IReadOnlyList<string> Lines(SummaryFacts facts)
    {
        var lines = new List<string>();
        if (facts.Who is { } who)
        {
            lines.Add(facts.Since is { } since ? $"{OneLine(who, LongestValue)}, first seen {since}." : $"{OneLine(who, LongestValue)}.");
        }

        if (facts.Asked.Count > 0)
        {
            lines.Add("Asked: " + Quoted(facts.Asked));
        }

        string?[] open = [facts.Unanswered.Count > 0 ? "Still open: " + Quoted(facts.Unanswered) : null, facts.Why is { } why ? OneLine(why, LongestQuote) + "." : null];
        if (string.Join(" ", open.OfType<string>()) is { Length: > 0 } left)
        {
            lines.Add(left);
        }

        if (facts.Details.Count > 0)
        {
            lines.Add("Left their details: " + string.Join(", ", facts.Details.Select(d => $"{OneLine(d.Label, LongestValue)} {OneLine(d.Value, LongestValue)}")));
        }

        return lines;
    }

    /// <summary>The customer's questions of a stretch and those that nobody answered.</summary>
    /// <param name="lines">Oldest first.</param>
    public static (IReadOnlyList<string> Asked, IReadOnlyList<string> Unanswered) Asked(IReadOnlyList<SaidLine> lines)
    {
        List<SaidLine> questions = [.. lines.Where(l => DraftRules.IsQuestion(l) && SmallTalkRules.Classify(l.Text) is null)];
        if (questions.Count == 0)
        {
            questions = [.. lines.Where(l => l is { Role: MessageRole.Customer, StartsTurn: true } && l.Text.Length > 0)];
        }

        var lastByPerson = lines.LastOrDefault(l => l.Role == MessageRole.Owner)?.Seq ?? 0;
        return ([.. questions.Select(l => l.Text)], [.. questions.Where(l => l.Seq > lastByPerson && IsOpen(l)).Select(l => l.Text)]);
    }

    /// <summary>Why a person was called since the AI had the conversation last; null when nobody was.</summary>
    /// <param name="events">Oldest first.</param>
    public static string? Why(IReadOnlyList<SaidLine> events, string? waitingReason)
    {
        var since = events.Where(e => e.Type == TakeoverTexts.HandedBack).Select(e => e.Seq).DefaultIfEmpty(0).Max();
        return events.LastOrDefault(e => e.Type == SqliteHandovers.Event && e.Seq > since)?.Text ?? waitingReason switch
        {
            null => null,
            "outage" => "The AI could not be asked",
            "gap" => "The answer is not in the knowledge",
            "late" => "A message came too late for the AI to answer",
            "quota" => "The AI messages of the month are used",
            "window" => "The answer came after the 24-hour window had closed",
            "send_failed" or "failed" => "A reply could not be delivered",
            _ => "A person is wanted",
        };
    }

    public static string Date(DateTimeOffset at, string timeZone) =>
        TimeZoneInfo.ConvertTime(at, TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var zone) ? zone : TimeZoneInfo.Utc).ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>The AI had its turn and did not know, or could not.</summary>
    private static bool IsOpen(SaidLine line) =>
        line.AnswerKind is "fallback" or "topics" or "handover" || line.Outcome is "outage" or "quota" or "late" or "window" or "failed" or "unconfirmed" or "dead_letter" or "handover";

    private static string Quoted(IReadOnlyList<string> texts) => string.Join(" ", texts.TakeLast(Questions).Select(text => $"“{OneLine(text, LongestQuote)}”"));

    /// <summary>The words of others never make a line of their own here.</summary>
    private static string OneLine(string text, int longest) =>
        TextRules.Cut(string.Join(' ', new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]).Split(' ', StringSplitOptions.RemoveEmptyEntries)), longest);
}
