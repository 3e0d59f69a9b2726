using AiBotKit.PinnacleSimulator.Clock;
using AiBotKit.PinnacleSimulator.Faults;

namespace AiBotKit.PinnacleSimulator.Webhooks;

/// <summary>What happens to an item before it becomes a callback: delay, shuffle, batching, duplication, as the fault board says.</summary>
internal sealed class WebhookIntake(WebhookSender sender, FaultBoard faults, Scheduler scheduler, Dice dice)
{
    /// <summary>A batch that does not fill up goes out after this wait.</summary>
    private static readonly TimeSpan BatchWait = TimeSpan.FromMilliseconds(300);

    private readonly Lock gate = new();
    private List<WebhookItem> batch = [];

    public void Post(WebhookItem item)
    {
        if (!faults.AnyArmed)
        {
            sender.Send([item]);
            return;
        }

        if (item.Array == "statuses" && faults.Fires(Fault.StatusesOff, item.Customer))
        {
            return;
        }

        if (faults.Fires(Fault.Delay, item.Customer))
        {
            var wait = TimeSpan.FromMilliseconds(faults[Fault.Delay].Value);
            scheduler.After(wait, () => Batch(item));
        }
        else if (faults.Fires(Fault.Shuffle, item.Customer))
        {
            var wait = TimeSpan.FromMilliseconds(dice.Between(0, (int)faults[Fault.Shuffle].Value));
            scheduler.After(wait, () => Batch(item));
        }
        else
        {
            Batch(item);
        }
    }

    private void Batch(WebhookItem item)
    {
        if (faults.Fires(Fault.Duplicate, item.Customer))
        {
            scheduler.After(TimeSpan.FromMilliseconds(faults[Fault.Duplicate].Value), () => sender.Send([item], duplicate: true));
        }

        if (!faults.Fires(Fault.Batch, item.Customer))
        {
            sender.Send([item]);
            return;
        }

        var size = Math.Clamp((int)faults[Fault.Batch].Value, 1, 1000);
        List<WebhookItem>? full = null;
        var first = false;
        lock (gate)
        {
            batch.Add(item);
            first = batch.Count == 1;
            if (batch.Count >= size)
            {
                full = batch;
                batch = [];
            }
        }

        if (full is not null)
        {
            SendEach(full);
        }
        else if (first)
        {
            scheduler.After(BatchWait, Flush);
        }
    }

    private void Flush()
    {
        List<WebhookItem> left;
        lock (gate)
        {
            left = batch;
            batch = [];
        }

        SendEach(left);
    }

    /// <summary>Numbers whose callbacks go elsewhere, or are signed otherwise, cannot share one.</summary>
    private void SendEach(List<WebhookItem> items)
    {
        foreach (var together in items.GroupBy(static item => (item.Number.Target, item.Number.Subscribed)))
        {
            sender.Send([.. together]);
        }
    }
}
