using AiBotKit.Durability;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Durability;

/// <summary>A loop stays on its thread through everything it awaits, and its end is seen by who started it.</summary>
public sealed class LoopThreadTests
{
    [Fact]
    public async Task What_the_loop_awaits_comes_back_to_its_own_thread()
    {
        var threads = new HashSet<int>();
        var ofThePool = false;
        await LoopThread.RunAsync("Loop", async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                threads.Add(Environment.CurrentManagedThreadId);
                ofThePool |= Thread.CurrentThread.IsThreadPoolThread;
                await Task.Run(static () => { });
            }
        });
        threads.Count.ShouldBe(1);
        ofThePool.ShouldBeFalse();
    }

    [Fact]
    public async Task An_error_that_ends_the_loop_reaches_who_started_it()
    {
        static async Task FailAsync()
        {
            await Task.Yield();
            throw new InvalidOperationException("a bug");
        }

        await Should.ThrowAsync<InvalidOperationException>(() => LoopThread.RunAsync("Loop", FailAsync));
    }

    [Fact]
    public async Task A_loop_that_fails_before_it_awaits_anything_is_seen_too() =>
        await Should.ThrowAsync<InvalidOperationException>(() => LoopThread.RunAsync("Loop", static () => throw new InvalidOperationException("a bug")));
}
