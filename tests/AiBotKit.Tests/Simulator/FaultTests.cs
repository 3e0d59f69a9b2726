using System.Text.Json;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Simulator;

/// <summary>Every fault switch does what it says, once.</summary>
public sealed class FaultTests
{
    private static readonly string[] Refusals =
        ["131047-sync", "131056", "130429", "131026-sync", "131000", "131016", "500", "502-html", "401", "401-in-200", "429-retry-after", "503-retry-after"];

    private static readonly string[] Others =
    [
        "duplicate", "shuffle", "batch", "delay", "wrong-signature", "no-signature", "plain-json", "statuses-off", "opaque-off", "not-read", "status-first",
        "131047", "131026", "accept-then-timeout", "accept-then-reset", "reset", "slow", "media-gone", "media-slow",
    ];

    [Fact]
    public async Task Every_switch_of_the_board_is_tested_here_or_beside()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        var names = (await simulator.GetAsync("/sim/faults")).GetProperty("faults").EnumerateArray().Select(static one => one.GetProperty("name").GetString()!);
        names.Order(StringComparer.Ordinal).ShouldBe(Refusals.Concat(Others).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("131047-sync", 400, 131047)]
    [InlineData("131056", 400, 131056)]
    [InlineData("130429", 400, 130429)]
    [InlineData("131026-sync", 400, 131026)]
    [InlineData("131000", 500, 131000)]
    [InlineData("131016", 503, 131016)]
    [InlineData("500", 500, null)]
    [InlineData("502-html", 502, null)]
    [InlineData("401", 401, 401)]
    [InlineData("401-in-200", 200, 401)]
    [InlineData("429-retry-after", 429, 429)]
    [InlineData("503-retry-after", 503, 503)]
    public async Task A_refusal_answers_so_and_accepts_nothing(string fault, int status, int? code)
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await simulator.OpenAsync();
        await simulator.FaultAsync(fault, new { next = 1 });

        var refused = await simulator.SendTextAsync();

        refused.Status.ShouldBe(status);
        if (code is { } wanted)
        {
            var at = refused.Body.TryGetProperty("error", out var error) ? error : refused.Body;
            at.GetProperty("code").ToString().ShouldBe(wanted.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        refused.Response.Headers.Contains("Retry-After").ShouldBe(fault.EndsWith("retry-after", StringComparison.Ordinal));
        (await simulator.GetAsync("/sim/counters")).GetProperty("sendsAccepted").GetInt32().ShouldBe(0);
        (await simulator.SendTextAsync()).Status.ShouldBe(200);
        await FiredAsync(simulator, fault, 1);
    }

    [Theory]
    [InlineData("131047", 131047)]
    [InlineData("131026", 131026)]
    public async Task A_late_failure_accepts_first(string fault, int code)
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await simulator.OpenAsync();
        await simulator.FaultAsync(fault, new { next = 1 });
        (await simulator.SendTextAsync()).Status.ShouldBe(200);
        var failed = (await simulator.Receiver.WaitAsync(static one => one.HasStatus("failed")))[0];
        failed.Statuses.Single().GetProperty("errors")[0].GetProperty("code").GetInt32().ShouldBe(code);
    }

    [Theory]
    [InlineData("accept-then-reset", 1)]
    [InlineData("accept-then-timeout", 1)]
    [InlineData("reset", 0)]
    public async Task A_broken_answer_says_nothing_about_acceptance(string fault, int accepted)
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await simulator.OpenAsync();
        await simulator.FaultAsync(fault, new { next = 1, value = 100 });
        await Should.ThrowAsync<HttpRequestException>(() => simulator.SendTextAsync());
        (await simulator.GetAsync("/sim/counters")).GetProperty("sendsAccepted").GetInt32().ShouldBe(accepted);
        if (accepted == 1)
        {
            await simulator.Receiver.WaitAsync(static one => one.HasStatus("delivered"));
        }
    }

    [Fact]
    public async Task Slow_takes_its_time_and_answers_well()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await simulator.FaultAsync("slow", new { next = 1, value = 400 });
        var started = TimeProvider.System.GetTimestamp();
        (await simulator.SendTextAsync()).Status.ShouldBe(200);
        TimeProvider.System.GetElapsedTime(started).TotalMilliseconds.ShouldBeGreaterThan(390);
    }

    [Fact]
    public async Task Status_first_reports_sent_before_the_answer_and_only_once()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await simulator.OpenAsync();
        await simulator.FaultAsync("status-first", new { next = 1, value = 4000 });
        var answer = simulator.SendTextAsync();
        await simulator.Receiver.WaitAsync(static one => one.HasStatus("sent"));
        answer.IsCompleted.ShouldBeFalse();

        (await answer).Status.ShouldBe(200);
        await simulator.Receiver.WaitAsync(static one => one.HasStatus("read"));
        simulator.Receiver.Callbacks.Count(static one => one.HasStatus("sent")).ShouldBe(1);
    }

    [Fact]
    public async Task Duplicate_sends_the_same_id_again()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await simulator.FaultAsync("duplicate", new { next = 1, value = 10 });
        await simulator.SayAsync(new { text = "twice" });
        var both = await simulator.Receiver.WaitAsync(static one => one.Messages.Any(), 2);
        both.Select(static one => one.Messages.Single().GetProperty("id").GetString()).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Shuffle_lets_later_messages_overtake()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await simulator.FaultAsync("shuffle", new { share = 1, value = 400 });
        for (var i = 0; i < 30; i++)
        {
            await simulator.SayAsync(new { text = $"m{i:D2}" });
        }

        var got = (await simulator.Receiver.WaitAsync(static one => one.Messages.Any(), 30)).SelectMany(static one => one.Messages).Select(static one => one.GetProperty("text").GetProperty("body").GetString()!).ToList();
        got.Distinct().Count().ShouldBe(30);
        got.SequenceEqual(got.Order(StringComparer.Ordinal)).ShouldBeFalse();
    }

    [Fact]
    public async Task Batch_puts_several_into_one_callback_and_leaves_none_behind()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await simulator.FaultAsync("batch", new { share = 1, value = 3 });
        for (var i = 0; i < 4; i++)
        {
            await simulator.SayAsync(new { text = $"m{i}" }, $"1555010010{i}");
        }

        await simulator.Receiver.WaitAsync(static one => one.Messages.Any(), 2);
        var sizes = simulator.Receiver.Callbacks.Select(static one => one.Messages.Count()).Order().ToList();
        sizes.Sum().ShouldBe(4);
        sizes.Max().ShouldBeGreaterThan(1);
        simulator.Receiver.Callbacks.ShouldAllBe(static one => one.Signed);
    }

    [Fact]
    public async Task Delay_holds_a_callback_back()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await simulator.FaultAsync("delay", new { next = 1, value = 500 });
        await simulator.SayAsync(new { text = "late" });
        await simulator.SayAsync(new { text = "soon" });
        await simulator.Receiver.WaitAsync(static one => one.Messages.Any(), 2);
        simulator.Receiver.Callbacks.SelectMany(static one => one.Messages).Select(static one => one.GetProperty("text").GetProperty("body").GetString()).ShouldBe(["soon", "late"]);
    }

    [Theory]
    [InlineData("wrong-signature", 71)]
    [InlineData("no-signature", 0)]
    public async Task A_bad_first_signature_is_refused_and_the_repeat_is_right_even_when_the_switch_is_always_on(string fault, int length)
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await simulator.FaultAsync(fault, new { share = 1 });
        await simulator.SayAsync(new { text = "in the end" });
        var tries = await simulator.Receiver.WaitAsync(static _ => true, 2);
        tries[0].Signed.ShouldBeFalse();
        tries[0].Signature.Length.ShouldBe(length);
        tries[1].Signed.ShouldBeTrue();
        tries[1].Body.ShouldBe(tries[0].Body);
    }

    [Fact]
    public async Task Plain_JSON_is_not_escaped()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await simulator.FaultAsync("plain-json", new { next = 1 });
        await simulator.SayAsync(new { text = "größe / 日本" });
        await simulator.SayAsync(new { text = "größe / 日本" });
        var both = await simulator.Receiver.WaitAsync(static _ => true, 2);
        both.Count(static one => one.Text.Contains("größe / 日本", StringComparison.Ordinal)).ShouldBe(1);
        both.ShouldAllBe(static one => one.Signed);
    }

    [Fact]
    public async Task Statuses_can_be_off_unread_or_without_opaque_data()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await simulator.OpenAsync();
        await simulator.FaultAsync("statuses-off", new { next = 3 });
        await simulator.SendTextAsync("silent");
        await FiredAsync(simulator, "statuses-off", 3);
        simulator.Receiver.Callbacks.SelectMany(static one => one.Statuses).ShouldBeEmpty();

        await simulator.FaultAsync("not-read", new { share = 1 });
        await simulator.FaultAsync("opaque-off", new { share = 1 });
        await simulator.SendTextAsync("unread", opaque: "job-18");
        await simulator.Receiver.WaitAsync(static one => one.HasStatus("delivered"));
        await FiredAsync(simulator, "not-read", 1);
        var statuses = simulator.Receiver.Callbacks.SelectMany(static one => one.Statuses).ToList();
        statuses.Any(static one => one.TryGetProperty("biz_opaque_callback_data", out _)).ShouldBeFalse();
        statuses.ShouldNotContain(static one => one.GetProperty("status").GetString() == "read");
    }

    [Fact]
    public async Task A_switch_may_be_for_one_customer_or_every_third_time()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await simulator.FaultAsync("500", new { share = 1, to = "15550100102" });
        (await simulator.SendTextAsync()).Status.ShouldBe(200);
        (await simulator.SendTextAsync(to: "15550100102")).Status.ShouldBe(500);

        await simulator.FaultAsync("500", new { every = 3 });
        List<int> answers = [];
        for (var i = 0; i < 6; i++)
        {
            answers.Add((await simulator.SendTextAsync()).Status);
        }

        answers.ShouldBe([200, 200, 500, 200, 200, 500]);
        using var off = await simulator.Http.DeleteAsync("/sim/faults", TestContext.Current.CancellationToken);
        (await simulator.GetAsync("/sim/state")).GetProperty("faultsArmed").GetBoolean().ShouldBeFalse();
    }

    [Theory]
    [InlineData("good", true, 71)]
    [InlineData("bad", false, 71)]
    [InlineData("none", false, 0)]
    public async Task A_raw_callback_is_signed_as_asked(string sign, bool right, int length)
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        using var answer = await simulator.Http.PostAsync($"/sim/webhook?sign={sign}", new StringContent("{}"), TestContext.Current.CancellationToken);
        var said = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
        said.GetProperty("status").GetInt32().ShouldBe(right ? 200 : 401);
        var callback = simulator.Receiver.Callbacks.ShouldHaveSingleItem();
        callback.Signed.ShouldBe(right);
        callback.Signature.Length.ShouldBe(length);
        callback.Headers.ContainsKey("X-Hub-Signature-256").ShouldBe(length > 0);
    }

    private static async Task FiredAsync(SimulatorFixture simulator, string fault, int times)
    {
        for (var i = 0; i < 1000; i++)
        {
            var fired = (await simulator.GetAsync("/sim/faults")).GetProperty("faults").EnumerateArray().Single(one => one.GetProperty("name").GetString() == fault).GetProperty("fired").GetInt32();
            if (fired == times)
            {
                return;
            }

            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"{fault} did not fire {times} times.");
    }
}
