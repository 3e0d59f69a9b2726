using System.Data.Common;
using AiBotKit.Dashboard.Shell;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Dashboard;

/// <summary>What keeps an open page alive: hints become refreshes, few and never none.</summary>
public sealed class RefreshLoopTests
{
    private static readonly TimeSpan Ceiling = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_store_that_cannot_be_read_for_once_does_not_end_it()
    {
        var time = new FakeTimeProvider();
        var calls = 0;
        await using var loop = new RefreshLoop(() => Interlocked.Increment(ref calls) == 1 ? throw new Unreadable() : Task.CompletedTask, time);
        loop.Hint();
        await UntilAsync(time, () => Volatile.Read(ref calls) == 2);
        loop.Hint();
        await UntilAsync(time, () => Volatile.Read(ref calls) == 3);
    }

    [Fact]
    public async Task Many_hints_are_one_refresh_and_one_in_the_middle_of_a_refresh_is_another()
    {
        var time = new FakeTimeProvider();
        var (calls, begun, go) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var loop = new RefreshLoop(
            async () =>
            {
                if (Interlocked.Increment(ref calls) == 1)
                {
                    begun.SetResult();
                    await go.Task;
                }
            },
            time);
        loop.Hint();
        await begun.Task.WaitAsync(Ceiling, TestContext.Current.CancellationToken);
        for (var hint = 0; hint < 50; hint++)
        {
            loop.Hint();
        }

        go.SetResult();
        await UntilAsync(time, () => Volatile.Read(ref calls) == 2);
        for (var pauses = 0; pauses < 20; pauses++)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Volatile.Read(ref calls).ShouldBe(2);
    }

    /// <summary>The pause between two refreshes is the test's own to end.</summary>
    private static async Task UntilAsync(FakeTimeProvider time, Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Ceiling);
        while (!condition())
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(5, patience.Token);
        }
    }

    private sealed class Unreadable : DbException;
}
