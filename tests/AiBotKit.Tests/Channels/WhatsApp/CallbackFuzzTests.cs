using System.Diagnostics;
using AiBotKit.Tests.Conversations;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp;

/// <summary>Signed callbacks with mutated bodies over real sockets (F38): whatever is in them, the answer is 200.</summary>
public sealed class CallbackFuzzTests(ITestOutputHelper output)
{
    private const int Senders = 8;

    [Fact]
    public async Task No_signed_body_makes_a_failure_of_the_server()
    {
        var seed = LongRun.Seed();
        var each = LongRun.Count(3_000, 1_000_000) / Senders;
        await using var shop = await TalkingShop.StartAsync();
        var corpus = PayloadMutator.Corpus();
        var took = new List<double>[Senders];
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            var random = new Random(seed + sender);
            var times = took[sender] = new List<double>(each);
            for (var i = 0; i < each; i++)
            {
                var body = PayloadMutator.Mutate(random, corpus);
                var from = Stopwatch.GetTimestamp();
                var status = await shop.PostSignedAsync(body);
                times.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
                status.ShouldBe(200, $"seed {seed}, sender {sender}, body {i}: {Convert.ToBase64String(body)}");
            }
        })));

        var all = took.SelectMany(one => one).Order().ToList();
        output.WriteLine($"seed {seed}: {all.Count} bodies over {Senders} connections, all 200; p50 {all[all.Count / 2]:0.0} ms, p99 {all[(int)(all.Count * 0.99)]:0.0} ms");
        (await shop.DeadLettersAsync()).ShouldNotBeEmpty();
    }
}
