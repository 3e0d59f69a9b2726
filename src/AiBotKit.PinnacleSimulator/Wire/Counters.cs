using System.Collections.Concurrent;

namespace AiBotKit.PinnacleSimulator.Wire;

/// <summary>The simulator's own book: what went out, what was acknowledged, what came in. Cheap to keep and to read.</summary>
internal sealed class Counters
{
    /// <summary>Opaque values remembered to notice a repeated send; older ones are forgotten.</summary>
    private const int RememberedOpaque = 500_000;

    private readonly ConcurrentDictionary<int, long> answers = new();
    private readonly ConcurrentDictionary<string, long> refusals = new(StringComparer.Ordinal);
    private readonly Lock opaqueGate = new();
    private readonly HashSet<string> opaqueSeen = new(StringComparer.Ordinal);
    private long queued, dropped, retries, givenUp, acknowledged, lastAckMicroseconds;
    private long customerMessages, customerMessagesStored;
    private long sends, accepted, repeated, marksRead, typing;

    public void WebhookQueued() => Interlocked.Increment(ref queued);

    public void WebhookDropped() => Interlocked.Increment(ref dropped);

    public void WebhookRetry() => Interlocked.Increment(ref retries);

    public void WebhookGivenUp() => Interlocked.Increment(ref givenUp);

    public void WebhookAnswered(int status, TimeSpan elapsed)
    {
        answers.AddOrUpdate(status, 1, static (_, old) => old + 1);
        if (status == 200)
        {
            Interlocked.Increment(ref acknowledged);
            Volatile.Write(ref lastAckMicroseconds, (long)elapsed.TotalMicroseconds);
        }
    }

    public void CustomerMessage() => Interlocked.Increment(ref customerMessages);

    public void CustomerMessageStored() => Interlocked.Increment(ref customerMessagesStored);

    public void SendReceived() => Interlocked.Increment(ref sends);

    public void SendRefused(string reason) => refusals.AddOrUpdate(reason, 1, static (_, old) => old + 1);

    public void MarkRead() => Interlocked.Increment(ref marksRead);

    public void Typing() => Interlocked.Increment(ref typing);

    /// <summary>Counts an accepted send; true when the same opaque value was accepted before.</summary>
    public bool SendAccepted(string? opaque)
    {
        Interlocked.Increment(ref accepted);
        if (opaque is null)
        {
            return false;
        }

        lock (opaqueGate)
        {
            if (opaqueSeen.Count >= RememberedOpaque)
            {
                opaqueSeen.Clear();
            }

            if (opaqueSeen.Add(opaque))
            {
                return false;
            }
        }

        Interlocked.Increment(ref repeated);
        return true;
    }

    public CounterView View() => new(
        Volatile.Read(ref customerMessages), Volatile.Read(ref customerMessagesStored),
        Volatile.Read(ref queued), Volatile.Read(ref acknowledged), Volatile.Read(ref retries), Volatile.Read(ref givenUp), Volatile.Read(ref dropped),
        new SortedDictionary<int, long>(answers), Math.Round(Volatile.Read(ref lastAckMicroseconds) / 1000.0, 2),
        Volatile.Read(ref sends), Volatile.Read(ref accepted), Volatile.Read(ref repeated),
        new SortedDictionary<string, long>(refusals, StringComparer.Ordinal), Volatile.Read(ref marksRead), Volatile.Read(ref typing));

    public void Clear()
    {
        answers.Clear();
        refusals.Clear();
        lock (opaqueGate)
        {
            opaqueSeen.Clear();
        }

        queued = dropped = retries = givenUp = acknowledged = lastAckMicroseconds = 0;
        customerMessages = customerMessagesStored = sends = accepted = repeated = marksRead = typing = 0;
    }
}

/// <param name="CustomerMessages">Messages that customers sent.</param>
/// <param name="CustomerMessagesStored">Those of them whose callback was answered with 200.</param>
/// <param name="Answers">Callback tries by HTTP status; 0 is no answer.</param>
/// <param name="RepeatedSends">Accepted sends whose biz_opaque_callback_data had been accepted before.</param>
internal sealed record CounterView(
    long CustomerMessages, long CustomerMessagesStored,
    long Webhooks, long WebhooksAcknowledged, long WebhookRetries, long WebhooksGivenUp, long WebhooksDropped,
    IReadOnlyDictionary<int, long> Answers, double LastAckMs,
    long Sends, long SendsAccepted, long RepeatedSends,
    IReadOnlyDictionary<string, long> SendsRefused, long MarksRead, long TypingShown);
