using System.Security.Cryptography;
using System.Text.RegularExpressions;
using AiBotKit.Assistant.Prompts;

namespace AiBotKit.Assistant;

/// <summary>
/// Lets the model say what a talk is about, for the team. It is given the messages and nothing else, and what it claims is checked: a number, address or link that
/// stands in no message, and nothing of it is used.
/// </summary>
internal sealed partial class SummarizeTalk(ModelClient model)
{
    private const int MostLines = 4;
    private const int LongestLine = 220;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <param name="lines">Oldest first.</param>
    /// <returns>1 to 4 lines of plain text; null without a model, or when it said nothing that may be used.</returns>
    public async Task<IReadOnlyList<string>?> RunAsync(Guid accountId, IReadOnlyList<HistoryLine> lines, CancellationToken cancellationToken)
    {
        if (!model.IsConfigured || !lines.Any(line => line.Speaker == Speaker.Customer))
        {
            return null;
        }

        var mark = RandomNumberGenerator.GetHexString(16, lowercase: true);
        var (messages, secret, transcript) = SummaryPrompt.Build(lines, mark);
        var reply = await model.AskAsync(accountId, messages, said => Read(said, transcript, secret, mark) is { Count: > 0 }, Limit, cancellationToken);
        return reply.Text is { } text && Read(text, transcript, secret, mark) is { Count: > 0 } read && GroundingRules.FirstUnsupported(string.Join('\n', read), transcript, transcript) is null ? read : null;
    }

    private static List<string>? Read(string said, string transcript, string secret, string mark) =>
        OutputGuard.Clean(said, transcript, transcript, secret) is { } text && !text.Contains(mark, StringComparison.OrdinalIgnoreCase)
            ? [.. text.Split('\n').Select(line => Begin().Replace(line, "").Trim()).Where(GroundingRules.SaysSomething).Take(MostLines).Select(line => TextRules.Cut(line, LongestLine))]
            : null;

    /// <summary>Models write list marks whatever they are told.</summary>
    [GeneratedRegex(@"^\s*(?:[-*•–]|\d{1,2}[.)])\s+|\*\*")]
    private static partial Regex Begin();
}
