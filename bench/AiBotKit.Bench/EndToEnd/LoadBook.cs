using System.Globalization;

namespace AiBotKit.Bench.EndToEnd;

/// <summary>What the simulator says of a load run (docs/simulator.md).</summary>
internal sealed record LoadBook(
    bool Done, double ElapsedSeconds, int Sent, int Acked, long Answered, int Unanswered, int UnansweredAcked, long Duplicated, long Unexpected, bool InOrder,
    LoadBook.ForgedBook Forged, LoadBook.Times Ack, LoadBook.Times Answer, IReadOnlyList<string> Surprises)
{
    internal sealed record ForgedBook(long Sent, long Refused, long Accepted, long Answered);

    /// <summary>Milliseconds.</summary>
    internal sealed record Times(int Count, double P50, double P90, double P99, double Max);

    /// <exception cref="BrokenPromiseException">Something was lost, answered twice, out of order, or forged and accepted.</exception>
    /// <param name="anyOrder">After an outage the provider's own repeats come in any order.</param>
    public void Demand(bool allowRepeats = false, bool anyOrder = false)
    {
        if (!Done || Unanswered > 0 || (Duplicated > 0 && !allowRepeats) || !(InOrder || anyOrder) || Forged.Accepted + Forged.Answered > 0)
        {
            throw new BrokenPromiseException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Sent} sent, {Acked} acknowledged, {Unanswered} unanswered ({UnansweredAcked} of them acknowledged), {Duplicated} answered twice, in order {InOrder}, forged accepted {Forged.Accepted}: {string.Join("; ", Surprises.Take(5))}"));
        }
    }
}
