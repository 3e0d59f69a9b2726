namespace AiBotKit.PinnacleSimulator.Load;

/// <summary>What a load run shows.</summary>
/// <param name="Sending">Still sending.</param>
/// <param name="Done">Everything was sent and answered.</param>
/// <param name="Sent">Different messages put on the wire, forged ones not counted.</param>
/// <param name="Acked">Those whose callback was answered with 200.</param>
/// <param name="AnswersByStatus">Every callback try by status, forged and duplicates too; 0 is no answer.</param>
/// <param name="Redeliveries">Tries that were not answered with 200 and are repeated.</param>
/// <param name="Unanswered">Messages without an answer so far; lost when nothing more comes.</param>
/// <param name="UnansweredAcked">Those of them that the product had taken with 200: the ones that count as lost.</param>
/// <param name="Duplicated">Answers to a message that was answered before.</param>
/// <param name="Unexpected">Answers to a customer with nothing open.</param>
internal sealed record LoadReport(
    string Id, bool Sending, bool Done, LoadEndpoints.LoadRequest Ask, double ElapsedSeconds,
    int Sent, int Acked, IReadOnlyDictionary<int, long> AnswersByStatus, long Redeliveries, long DuplicatesSent,
    long Answered, bool InOrder, long OutOfOrder, int Unanswered, int UnansweredAcked, long Duplicated, long Unexpected,
    ForgedReport Forged, Latency Ack, Latency Answer, IReadOnlyList<string> UnansweredIds, IReadOnlyList<string> Surprises);

/// <summary>Callbacks with a wrong signature: all must be refused, none accepted or answered.</summary>
internal sealed record ForgedReport(long Sent, long Refused, long Accepted, long Answered);

/// <summary>Milliseconds.</summary>
internal sealed record Latency(int Count, double P50, double P90, double P99, double Max)
{
    public static Latency Of(IEnumerable<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToArray();
        return sorted.Length == 0 ? new(0, 0, 0, 0, 0) : new(sorted.Length, At(0.5), At(0.9), At(0.99), Math.Round(sorted[^1], 3));

        double At(double share) => Math.Round(sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))], 3);
    }
}
