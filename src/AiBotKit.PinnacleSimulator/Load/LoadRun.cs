using AiBotKit.PinnacleSimulator.Webhooks;

namespace AiBotKit.PinnacleSimulator.Load;

/// <summary>The book of one load run: a few numbers for each message, nothing that grows with anything else.</summary>
internal sealed class LoadRun(string id, LoadEndpoints.LoadRequest ask, TimeProvider time, DateTimeOffset startedAt) : IDeliveryWatcher
{
    /// <summary>Messages of which the report names the ids.</summary>
    private const int Named = 50;

    private readonly Lock gate = new();
    private readonly List<Sent> sent = new(Math.Min(4_000_000, (int)(ask.Rate * ask.Seconds) + 16));
    private readonly Dictionary<string, int> byMessageId = new(StringComparer.Ordinal);
    private readonly Queue<int>[] open = [.. Enumerable.Range(0, ask.Customers).Select(static _ => new Queue<int>())];
    private readonly int[] lastAnswered = [.. Enumerable.Repeat(-1, ask.Customers)];
    private readonly SortedDictionary<int, long> answersByStatus = [];
    private readonly List<string> surprises = [];
    private readonly long zero = time.GetTimestamp();
    private long forged, forgedRefused, forgedAccepted, forgedAnswered, answered, duplicated, unexpected, outOfOrder, duplicatesSent, redeliveries;

    public string Id { get; } = id;

    public LoadEndpoints.LoadRequest Ask { get; } = ask;

    public DateTimeOffset StartedAt { get; } = startedAt;

    public CancellationTokenSource Stop { get; } = new();

    public volatile bool Sending = true;

    /// <summary>True once nothing is left to wait for.</summary>
    public bool Done
    {
        get
        {
            lock (gate)
            {
                return !Sending && answered >= sent.Count - forged;
            }
        }
    }

    public int Begin(int customer, string messageId, bool isForged)
    {
        lock (gate)
        {
            sent.Add(new Sent(customer, messageId, isForged, Now));
            byMessageId[messageId] = sent.Count - 1;
            forged += isForged ? 1 : 0;
            if (!isForged)
            {
                open[customer].Enqueue(sent.Count - 1);
            }

            return sent.Count - 1;
        }
    }

    public void DuplicateSent()
    {
        lock (gate)
        {
            duplicatesSent++;
        }
    }

    public void Delivered(int tag, int status, TimeSpan elapsed)
    {
        lock (gate)
        {
            answersByStatus[status] = answersByStatus.GetValueOrDefault(status) + 1;
            var one = sent[tag];
            if (one.Forged)
            {
                forgedRefused += status is 401 or 403 ? 1 : 0;
                forgedAccepted += status == 200 ? 1 : 0;
                return;
            }

            if (status != 200)
            {
                redeliveries++;
            }
            else if (one.AckedAt == 0)
            {
                sent[tag] = one with { AckedAt = Now, AckMicroseconds = (long)elapsed.TotalMicroseconds };
            }
        }
    }

    /// <summary>An answer arrived for a customer of this run.</summary>
    /// <param name="customer">Index of the customer.</param>
    /// <param name="tags">Messages that the answer names; empty when it names none.</param>
    public void Answered(int customer, IReadOnlyList<int> tags)
    {
        lock (gate)
        {
            if (tags.Count == 0)
            {
                AnswerOldest(customer);
                return;
            }

            foreach (var tag in tags)
            {
                if (tag >= 0 && tag < sent.Count)
                {
                    Answer(tag);
                }
            }
        }
    }

    /// <summary>Index of a message of this run by its id; -1 when it is not one.</summary>
    public int TagOf(string messageId)
    {
        lock (gate)
        {
            return byMessageId.GetValueOrDefault(messageId, -1);
        }
    }

    public LoadReport Report()
    {
        lock (gate)
        {
            var real = sent.Where(static one => !one.Forged).ToList();
            var lost = real.Where(static one => one.AnsweredAt == 0).ToList();
            return new LoadReport(
                Id, Sending, Done, Ask, Math.Round(time.GetElapsedTime(zero).TotalSeconds, 2),
                real.Count, real.Count(static one => one.AckedAt > 0), new SortedDictionary<int, long>(answersByStatus), redeliveries, duplicatesSent,
                answered, outOfOrder == 0, outOfOrder, lost.Count, lost.Count(static one => one.AckedAt > 0), duplicated, unexpected,
                new ForgedReport(forged, forgedRefused, forgedAccepted, forgedAnswered),
                Latency.Of(real.Where(static one => one.AckedAt > 0).Select(static one => one.AckMicroseconds / 1000.0)),
                Latency.Of(real.Where(static one => one.AnsweredAt > 0).Select(static one => (one.AnsweredAt - one.SentAt) / 1000.0)),
                [.. lost.Take(Named).Select(static one => one.MessageId)], [.. surprises]);
        }
    }

    private long Now => (long)time.GetElapsedTime(zero).TotalMicroseconds + 1;

    private void AnswerOldest(int customer)
    {
        var queue = open[customer];
        var any = false;
        while (queue.TryDequeue(out var tag))
        {
            if (sent[tag].AnsweredAt != 0)
            {
                continue;
            }

            any = true;
            Answer(tag);
            if (Ask.AnswerCovers != "all")
            {
                return;
            }
        }

        if (!any)
        {
            unexpected++;
            Surprise($"customer {customer}: an answer to nothing");
        }
    }

    private void Answer(int tag)
    {
        var one = sent[tag];
        if (one.Forged)
        {
            forgedAnswered++;
            Surprise($"forged {one.MessageId} was answered");
            return;
        }

        if (one.AnsweredAt != 0)
        {
            duplicated++;
            Surprise($"{one.MessageId} was answered again");
            return;
        }

        sent[tag] = one with { AnsweredAt = Now };
        answered++;
        if (tag < lastAnswered[one.Customer])
        {
            outOfOrder++;
            Surprise($"{one.MessageId} was answered after a later one");
        }

        lastAnswered[one.Customer] = Math.Max(lastAnswered[one.Customer], tag);
    }

    private void Surprise(string words)
    {
        if (surprises.Count < Named)
        {
            surprises.Add(words);
        }
    }

    private readonly record struct Sent(int Customer, string MessageId, bool Forged, long SentAt)
    {
        public long AckedAt { get; init; }

        public long AckMicroseconds { get; init; }

        public long AnsweredAt { get; init; }
    }
}
