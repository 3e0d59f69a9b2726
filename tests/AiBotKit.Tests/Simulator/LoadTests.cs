using System.Text.Json;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Simulator;

/// <summary>The load generator's book against a receiver whose faults are known.</summary>
public sealed partial class LoadTests
{
    [Fact]
    public async Task Against_a_faithful_receiver_everything_is_acknowledged_and_answered_in_order()
    {
        await using var simulator = await StartAsync(static _ => 1);
        var report = await RunAsync(simulator, new { rate = 400, customers = 20, count = 200, badSignatureShare = 0.1 });

        report.GetProperty("done").GetBoolean().ShouldBeTrue(report.ToString());
        Numbers(report, "sent", "acked", "answered", "unanswered", "duplicated", "unexpected").ShouldBe([200, 200, 200, 0, 0, 0]);
        report.GetProperty("inOrder").GetBoolean().ShouldBeTrue();
        var forged = report.GetProperty("forged");
        forged.GetProperty("refused").GetInt32().ShouldBe(forged.GetProperty("sent").GetInt32());
        forged.GetProperty("accepted").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task A_receiver_that_drops_one_is_found_out_and_the_message_is_named()
    {
        string? dropped = null;
        await using var simulator = await StartAsync(message => dropped is null && message.Body.Contains(".7#", StringComparison.Ordinal) && (dropped = message.Id) is not null ? 0 : 1);
        var report = await RunAsync(simulator, new { rate = 400, customers = 10, count = 60 }, waitMs: 3000);

        report.GetProperty("done").GetBoolean().ShouldBeFalse();
        Numbers(report, "sent", "acked", "answered", "unanswered", "unansweredAcked").ShouldBe([60, 60, 59, 1, 1]);
        report.GetProperty("unansweredIds")[0].GetString().ShouldBe(dropped);
    }

    [Fact]
    public async Task A_receiver_that_answers_twice_is_found_out()
    {
        var first = true;
        await using var simulator = await StartAsync(_ =>
        {
            var times = first ? 2 : 1;
            first = false;
            return times;
        });
        var report = await RunAsync(simulator, new { rate = 200, customers = 5, count = 20, batch = 3 });
        Numbers(report, "answered", "duplicated").ShouldBe([20, 1]);
    }

    /// <param name="answers">How often the receiver answers this message.</param>
    private static async Task<SimulatorFixture> StartAsync(Func<(string Id, string Body), int> answers)
    {
        var simulator = await SimulatorFixture.StartAsync("MessagesPerSecond=100000", "PairBurst=100000", "Statuses=false");
        var gate = new SemaphoreSlim(1);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        List<Task> sends = [];
        simulator.Receiver.Answer = callback =>
        {
            if (!callback.Signed)
            {
                return 401;
            }

            lock (seen)
            {
                sends.Add(AnswerAsync(callback));
            }

            return 200;
        };
        return simulator;

        // One at a time, so that answers keep the order of the messages.
        async Task AnswerAsync(Callback callback)
        {
            foreach (var message in callback.Messages)
            {
                var (id, from, body) = (message.GetProperty("id").GetString()!, message.GetProperty("from").GetString()!, message.GetProperty("text").GetProperty("body").GetString()!);
                await gate.WaitAsync();
                try
                {
                    for (var times = seen.Add(id) ? answers((id, body)) : 0; times > 0; times--)
                    {
                        await simulator.SendTextAsync("We open at nine. " + Token().Match(body).Value, from);
                    }
                }
                finally
                {
                    gate.Release();
                }
            }
        }
    }

    private static async Task<JsonElement> RunAsync(SimulatorFixture simulator, object ask, int waitMs = 50_000)
    {
        var id = (await simulator.ControlAsync("/sim/load", ask)).GetProperty("id").GetString();
        return await simulator.GetAsync($"/sim/load/{id}?waitMs={waitMs}");
    }

    private static int[] Numbers(JsonElement report, params string[] names) => [.. names.Select(name => report.GetProperty(name).GetInt32())];

    [GeneratedRegex(@"#L\d+\.\d+#")]
    private static partial Regex Token();
}
