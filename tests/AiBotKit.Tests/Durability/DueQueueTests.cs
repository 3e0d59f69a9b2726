using AiBotKit.Durability;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Durability;

/// <summary>Who is served next, and when the loop wakes up for it.</summary>
public sealed class DueQueueTests
{
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Who_wrote_last_is_served_first_and_every_fourth_time_who_wrote_longest_ago()
    {
        using var queue = new DueQueue(_time);
        var account = Guid.CreateVersion7();
        // A backlog of two hours, due like everything else now; the last two are live.
        int[] minutesAgo = [120, 119, 118, 117, 116, 115, 1, 0];
        foreach (var minutes in minutesAgo)
        {
            queue.Signal(new DueTurn(Guid.CreateVersion7(), account, Start, Start.AddMinutes(-minutes)));
        }

        Served(queue, t => (Start - t.WrittenAt).TotalMinutes).ShouldBe([0, 1, 115, 120, 116, 117, 118, 119]);
    }

    [Fact]
    public void Accounts_take_turns_however_much_one_of_them_has()
    {
        using var queue = new DueQueue(_time);
        var (noisy, quiet) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        for (var i = 0; i < 1_000; i++)
        {
            queue.Signal(new DueTurn(Guid.CreateVersion7(), noisy, Start, Start));
        }

        queue.Signal(new DueTurn(Guid.CreateVersion7(), quiet, Start, Start.AddHours(-1)));
        queue.Signal(new DueTurn(Guid.CreateVersion7(), quiet, Start, Start.AddHours(-1)));
        Served(queue, t => t.AccountId).Take(4).Count(a => a == quiet).ShouldBe(2);
    }

    [Fact]
    public void The_latest_signal_of_a_conversation_counts()
    {
        using var queue = new DueQueue(_time);
        var (key, account) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        queue.Signal(new DueTurn(key, account, Start, Start));
        queue.TryTake(out _).ShouldBeTrue();
        queue.Signal(new DueTurn(key, account, Start, Start));
        queue.Ready.ShouldBe(0, "nobody looked yet");
        queue.Signal(new DueTurn(key, account, Start.AddSeconds(5), Start));
        queue.TryTake(out _).ShouldBeFalse("put off");
        queue.Ready.ShouldBe(0);
        _time.Advance(TimeSpan.FromSeconds(5));
        queue.TryTake(out var turn).ShouldBeTrue();
        turn.ConversationId.ShouldBe(key);
        queue.TryTake(out _).ShouldBeFalse("once");
    }

    [Fact]
    public async Task What_is_due_later_than_the_loop_looks_again_does_not_wake_it()
    {
        using var queue = new DueQueue(_time);
        queue.Signal(new DueTurn(Guid.CreateVersion7(), Guid.Empty, Start.AddSeconds(2), Start));
        var waiting = queue.WaitAsync(hasRoom: true, Stop);
        for (var i = 0; i < 100; i++)
        {
            queue.Signal(new DueTurn(Guid.CreateVersion7(), Guid.Empty, Start.AddSeconds(3), Start));
        }

        waiting.IsCompleted.ShouldBeFalse();
        queue.Signal(new DueTurn(Guid.CreateVersion7(), Guid.Empty, Start.AddSeconds(1), Start));
        await waiting.WaitAsync(TimeSpan.FromSeconds(60), Stop);
        waiting = queue.WaitAsync(hasRoom: true, Stop);
        waiting.IsCompleted.ShouldBeFalse("nothing is due yet");
        _time.Advance(TimeSpan.FromSeconds(1));
        await waiting.WaitAsync(TimeSpan.FromSeconds(60), Stop);
        queue.TryTake(out _).ShouldBeTrue();
        queue.TryTake(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task No_signal_is_lost_between_looking_and_waiting()
    {
        const int Signals = 20_000;
        using var queue = new DueQueue(TimeProvider.System);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        end.CancelAfter(TimeSpan.FromSeconds(120));
        var signalling = Task.Run(
            async () =>
            {
                for (var i = 0; i < Signals; i++)
                {
                    var now = TimeProvider.System.GetUtcNow();
                    // Due now, just past, or in a moment; nobody else wakes the loop.
                    queue.Signal(new DueTurn(Guid.CreateVersion7(), Guid.Empty, now.AddMilliseconds((i % 3) - 1), now));
                    if (i % 7 == 0)
                    {
                        await Task.Yield();
                    }
                }
            },
            Stop);
        var taken = 0;
        while (taken < Signals)
        {
            while (queue.TryTake(out _))
            {
                taken++;
            }

            if (taken < Signals)
            {
                await queue.WaitAsync(hasRoom: true, end.Token);
            }
        }

        await signalling;
        queue.TryTake(out _).ShouldBeFalse();
    }

    private static List<T> Served<T>(DueQueue queue, Func<DueTurn, T> of)
    {
        var served = new List<T>();
        while (queue.TryTake(out var turn))
        {
            served.Add(of(turn));
        }

        return served;
    }
}
