using AiBotKit.PinnacleSimulator.Messages;
using AiBotKit.PinnacleSimulator.Numbers;

namespace AiBotKit.PinnacleSimulator.Customers;

/// <summary>The chat of one customer with one business number.</summary>
internal sealed class CustomerThread(Customer customer, BusinessNumber number, TokenBucket pair)
{
    /// <summary>Messages kept; the oldest are dropped first.</summary>
    private const int Kept = 500;

    private readonly Lock gate = new();
    private readonly List<ThreadMessage> messages = [];
    private readonly Dictionary<string, ThreadMessage> byId = new(StringComparer.Ordinal);
    private long seq;
    private long lastInboundTicks;
    private long typingUntilTicks;
    private TaskCompletionSource pulse = NewPulse();

    public Customer Customer { get; } = customer;

    public BusinessNumber Number { get; } = number;

    public TokenBucket Pair { get; } = pair;

    /// <summary>Time of the customer's newest message; the window runs 24 hours from here. Null: never wrote.</summary>
    public DateTimeOffset? LastInboundAt
    {
        get => Volatile.Read(ref lastInboundTicks) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
        set => Volatile.Write(ref lastInboundTicks, value?.UtcTicks ?? 0);
    }

    public DateTimeOffset TypingUntil
    {
        get => new(Volatile.Read(ref typingUntilTicks), TimeSpan.Zero);
        set => Volatile.Write(ref typingUntilTicks, value.UtcTicks);
    }

    public long LastSeq => Volatile.Read(ref seq);

    public ThreadMessage Append(ThreadMessage message)
    {
        TaskCompletionSource waiters;
        lock (gate)
        {
            message.Seq = ++seq;
            messages.Add(message);
            byId[message.Id] = message;
            if (messages.Count > Kept + 100)
            {
                foreach (var old in messages.Take(100))
                {
                    byId.Remove(old.Id);
                }

                messages.RemoveRange(0, 100);
            }

            waiters = pulse;
            pulse = NewPulse();
        }

        waiters.TrySetResult();
        return message;
    }

    /// <summary>Changes a message under the gate; null when it is not known (any more).</summary>
    public ThreadMessage? Change(string id, Action<ThreadMessage> change)
    {
        lock (gate)
        {
            if (!byId.TryGetValue(id, out var message))
            {
                return null;
            }

            change(message);
            return message;
        }
    }

    /// <summary>Marks the customer's messages up to and including this one as read (wire facts 6: earlier ones too).</summary>
    public IReadOnlyList<ThreadMessage> MarkRead(string id)
    {
        lock (gate)
        {
            if (!byId.TryGetValue(id, out var upTo))
            {
                return [];
            }

            List<ThreadMessage> changed = [.. messages.Where(one => one.From == "customer" && one.Seq <= upTo.Seq && one.Status != "read")];
            changed.ForEach(static one => one.Status = "read");
            return changed;
        }
    }

    public IReadOnlyList<MessageView> After(long cursor, string? from, int limit)
    {
        lock (gate)
        {
            return [.. messages.Where(one => one.Seq > cursor && (from is null || one.From == from)).Take(limit).Select(MessageView.Of)];
        }
    }

    public MessageView? Last
    {
        get
        {
            lock (gate)
            {
                return messages.Count > 0 ? MessageView.Of(messages[^1]) : null;
            }
        }
    }

    public MessageView View(ThreadMessage message)
    {
        lock (gate)
        {
            return MessageView.Of(message);
        }
    }

    /// <summary>Completes when a message is appended after this call.</summary>
    public Task NextAsync()
    {
        lock (gate)
        {
            return pulse.Task;
        }
    }

    private static TaskCompletionSource NewPulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
