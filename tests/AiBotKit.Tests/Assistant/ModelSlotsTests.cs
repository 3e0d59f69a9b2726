using AiBotKit.Assistant;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Assistant;

/// <summary>Who gets the next model call, by order and never by time (F48).</summary>
public sealed class ModelSlotsTests
{
    private static readonly Guid Flood = Guid.CreateVersion7();
    private static readonly Guid Quiet = Guid.CreateVersion7();
    private static readonly Guid Other = Guid.CreateVersion7();

    [Fact]
    public async Task A_flood_of_1000_delays_another_account_by_one_call_only()
    {
        var (slots, served, tasks) = (new ModelSlots(16), new List<Guid>(), new List<Task>());
        for (var i = 0; i < 1000; i++)
        {
            tasks.Add(WaitAsync(slots, Flood, served));
        }

        tasks.Add(WaitAsync(slots, Quiet, served));
        tasks.Add(WaitAsync(slots, Other, served));
        for (var i = 0; i < 1002; i++)
        {
            // One call ends, and the next one has told before the following ends.
            await ServedAsync(served, Math.Min(16 + i, 1002));
            slots.Release();
        }

        await Task.WhenAll(tasks);
        served.Count.ShouldBe(1002);
        served.IndexOf(Quiet).ShouldBe(17, "16 had begun, one of the flood was first in line");
        served.IndexOf(Other).ShouldBe(18);
    }

    [Fact]
    public async Task Accounts_that_wait_take_turns_and_each_keeps_its_own_order()
    {
        var slots = new ModelSlots(1);
        await slots.TakeAsync(Flood, CancellationToken.None);
        var order = new List<string>();
        var tasks = new[] { (Flood, "a1"), (Flood, "a2"), (Flood, "a3"), (Quiet, "b1"), (Quiet, "b2"), (Other, "c1") }.Select(async w =>
        {
            await slots.TakeAsync(w.Item1, CancellationToken.None);
            lock (order)
            {
                order.Add(w.Item2);
            }

            slots.Release();
        }).ToList();
        slots.Release();
        await Task.WhenAll(tasks);
        order.ShouldBe(["a1", "b1", "c1", "a2", "b2", "a3"]);
    }

    [Fact]
    public async Task Who_gives_up_loses_no_call_for_the_others()
    {
        var slots = new ModelSlots(1);
        await slots.TakeAsync(Flood, CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        var gone = Enumerable.Range(0, 5).Select(_ => slots.TakeAsync(Quiet, cancel.Token)).ToList();
        var stays = slots.TakeAsync(Other, CancellationToken.None);
        await cancel.CancelAsync();
        foreach (var one in gone)
        {
            await Should.ThrowAsync<OperationCanceledException>(one);
        }

        stays.IsCompleted.ShouldBeFalse();
        slots.Release();
        await stays;
        slots.Release();
        await slots.TakeAsync(Quiet, CancellationToken.None);
        await Should.ThrowAsync<OperationCanceledException>(slots.TakeAsync(Quiet, cancel.Token));
    }

    private static async Task WaitAsync(ModelSlots slots, Guid account, List<Guid> served)
    {
        await slots.TakeAsync(account, CancellationToken.None);
        lock (served)
        {
            served.Add(account);
        }
    }

    private static async Task ServedAsync(List<Guid> served, int count)
    {
        while (true)
        {
            lock (served)
            {
                if (served.Count >= count)
                {
                    return;
                }
            }

            await Task.Yield();
        }
    }
}
