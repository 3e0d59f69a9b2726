using AiBotKit.Assistant;
using AiBotKit.Durability;

namespace AiBotKit.Conversations.Drafts;

/// <summary>A message as a draft or a summary sees it.</summary>
/// <param name="StartsTurn">A customer means it as a message.</param>
/// <param name="AnswerKind">Of the turn that it is the answer of, or that answered it; null when there was none.</param>
/// <param name="AsksForPerson">It asks for a person, and for nothing that the knowledge could hold.</param>
internal sealed record SaidLine(long Seq, MessageRole Role, string Type, string Text, DateTimeOffset At, bool StartsTurn, string? Outcome, string? AnswerKind, bool AsksForPerson = false);

/// <summary>What a draft is to answer, and what of an answer may be offered as one. Pure.</summary>
internal static class DraftRules
{
    private const int LongestHistory = 20;

    /// <summary>
    /// What the customer wrote since the last answer, or their last message when all are answered; everything else that was said is the context. That a person is coming,
    /// or that nothing is known, was no answer. Null when the customer has asked nothing.
    /// </summary>
    /// <param name="lines">Oldest first.</param>
    public static (string Text, IReadOnlyList<HistoryLine> History)? Ask(IReadOnlyList<SaidLine> lines)
    {
        var last = -1;
        for (var i = 0; i < lines.Count; i++)
        {
            last = IsAnswer(lines[i]) ? i : last;
        }

        List<int> asked = [.. Enumerable.Range(last + 1, lines.Count - last - 1).Where(i => IsQuestion(lines[i]))];
        if (asked.Count == 0)
        {
            var latest = Enumerable.Range(0, last + 1).LastOrDefault(i => IsQuestion(lines[i]), -1);
            if (latest < 0)
            {
                return null;
            }

            asked.Add(latest);
        }

        return (
            string.Join('\n', asked.Select(i => lines[i].Text)),
            [.. lines.Where((_, i) => !asked.Contains(i)).TakeLast(LongestHistory).Select(line => Speakers.Line(line.Role, line.Text))]);
    }

    /// <summary>Only what rests on the knowledge is worth a person's name.</summary>
    public static bool IsGrounded(Answer answer) => answer is { Kind: AnswerKind.Model or AnswerKind.Extractive, Citations.Count: > 0, Outage: false, WantsPerson: false };

    public static bool IsQuestion(SaidLine line) => line is { Role: MessageRole.Customer, StartsTurn: true, AsksForPerson: false } && line.Text.Length > 0;

    private static bool IsAnswer(SaidLine line) => line.Role switch
    {
        MessageRole.Owner => line.Type == "text",
        MessageRole.Assistant => line.AnswerKind is "model" or "extractive" or "small_talk",
        _ => false,
    };
}
