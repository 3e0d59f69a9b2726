using System.Text.Json;
using AiBotKit.Tests.Simulator;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations;

/// <summary>Many customers at once over the real wire: each message answered, once, in order, nothing forged believed. Speed is the benchmark's (<c>bench/run load</c>).</summary>
public sealed class ManyCustomersTests
{
    [Fact]
    public async Task Repeated_forged_and_batched_callbacks_are_answered_once_each_and_in_order()
    {
        await using var shop = await TalkingShop.StartAsync(0, "PairBurst=1000", "MessagesPerSecond=1000", "Log=false");
        var report = await RunAsync(shop.Simulator, new
        {
            rate = 50,
            seconds = LongRun.Count(6, 60),
            customers = LongRun.Count(60, 400),
            duplicateShare = 0.2,
            badSignatureShare = 0.05,
            batch = 3,
        });

        report.GetProperty("done").GetBoolean().ShouldBeTrue(report.ToString());
        report.GetProperty("unanswered").GetInt32().ShouldBe(0);
        report.GetProperty("duplicated").GetInt64().ShouldBe(0);
        report.GetProperty("unexpected").GetInt64().ShouldBe(0);
        report.GetProperty("inOrder").GetBoolean().ShouldBeTrue(report.ToString());
        report.GetProperty("duplicatesSent").GetInt64().ShouldBeGreaterThan(0);
        var forged = report.GetProperty("forged");
        forged.GetProperty("sent").GetInt64().ShouldBeGreaterThan(0);
        forged.GetProperty("refused").GetInt64().ShouldBe(forged.GetProperty("sent").GetInt64());
        (forged.GetProperty("accepted").GetInt64() + forged.GetProperty("answered").GetInt64()).ShouldBe(0);
    }

    private static async Task<JsonElement> RunAsync(SimulatorFixture simulator, object load)
    {
        var id = (await simulator.ControlAsync("/sim/load", load)).GetProperty("id").GetString();
        return await simulator.GetAsync($"/sim/load/{id}?waitMs=120000");
    }
}
