namespace AiBotKit.Demo;

/// <summary>What came back for one step.</summary>
/// <param name="Answers">Every business message that arrived before the next step.</param>
/// <param name="Citations">Titles of the cited documents.</param>
internal sealed record Exchange(IReadOnlyList<string> Answers, IReadOnlyList<string> Citations);

/// <summary>Says what is wrong with an exchange; nothing when it is as the script wants it.</summary>
internal static class AnswerRules
{
    public static IEnumerable<string> Problems(Step step, Exchange got, bool first, string fallback, string disclosure)
    {
        if (got.Answers.Count != 1)
        {
            yield return $"expected exactly one answer, got {got.Answers.Count}";
        }

        var text = string.Join('\n', got.Answers);
        if (first && !text.StartsWith(disclosure, StringComparison.Ordinal))
        {
            yield return $"the first answer must begin with \"{disclosure}\"";
        }

        foreach (var part in (step.Contains ?? []).Where(part => !text.Contains(part, StringComparison.OrdinalIgnoreCase)))
        {
            yield return $"the answer does not say \"{part}\"";
        }

        if (step.Document is { } document && !got.Citations.Any(title => title.Contains(document, StringComparison.OrdinalIgnoreCase)))
        {
            yield return $"expected a citation of \"{document}\", got {(got.Citations.Count == 0 ? "none" : string.Join(", ", got.Citations))}";
        }

        if (step.Unanswerable && !text.Contains(fallback, StringComparison.Ordinal))
        {
            yield return "expected the fallback message";
        }

        if (step.Unanswerable && got.Citations.Count > 0)
        {
            yield return "a fallback must cite nothing";
        }
    }
}
