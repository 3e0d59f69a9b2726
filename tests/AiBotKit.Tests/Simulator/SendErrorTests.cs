using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Simulator;

public sealed class SendErrorTests
{
    [Fact]
    public async Task A_wrong_key_is_refused_flat_and_nothing_is_logged_as_a_fault_of_the_simulator()
    {
        await using var simulator = await SimulatorFixture.StartAsync("--Logging:LogLevel:Default=Warning");
        using var log = new Caught();
        simulator.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        foreach (var key in new[] { "wrong", null })
        {
            var (status, body, _) = await simulator.CallAsync($"/v3/{SimulatorFixture.Number}/messages", Fixtures.Text("send-text.request.json"), key);
            status.ShouldBe(401);
            body.GetRawText().ShouldBe("""{"code":401,"status":"failed","message":"Authentication Failed"}""");
        }

        log.Lines.ShouldBeEmpty();
        simulator.Services.GetRequiredService<ILoggerFactory>().CreateLogger("probe").Log(LogLevel.Warning, default, "the catcher works", null, static (words, _) => words);
        log.Lines.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_bearer_token_is_as_good_as_the_apikey_header()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v3/getuserdetails");
        request.Headers.Authorization = new("Bearer", SimulatorFixture.Key);
        using var answer = await simulator.Http.SendAsync(request, TestContext.Current.CancellationToken);
        ((int)answer.StatusCode).ShouldBe(200);
    }

    [Fact]
    public async Task An_unknown_number_is_100_33()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        var (status, body, _) = await simulator.CallAsync("/v3/309999999999999/messages", Fixtures.Text("send-text.request.json"));
        status.ShouldBe(400);
        body.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(100);
        body.GetProperty("error").GetProperty("error_subcode").GetInt32().ShouldBe(33);
        body.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("309999999999999");
    }

    [Theory]
    [InlineData(131008, """{"messaging_product":"whatsapp","type":"text","text":{"body":"x"}}""")]
    [InlineData(131008, """{"messaging_product":"whatsapp","to":"15550100101","type":"text","text":{}}""")]
    [InlineData(131008, """{"messaging_product":"whatsapp","to":"15550100101","type":"image","image":{}}""")]
    [InlineData(131008, """{"messaging_product":"whatsapp","to":"15550100101","type":"template","template":{"name":"order_update"}}""")]
    [InlineData(131009, """{"messaging_product":"whatsapp","to":"abc","type":"text","text":{"body":"x"}}""")]
    [InlineData(131009, """{"messaging_product":"whatsapp","to":"15550100101","type":"audio","audio":{"id":"1","caption":"x"}}""")]
    [InlineData(131021, """{"messaging_product":"whatsapp","to":"15550100001","type":"text","text":{"body":"x"}}""")]
    [InlineData(100, """{"messaging_product":"whatsapp","to":"15550100101","type":"poll","poll":{}}""")]
    [InlineData(100, """{"to":"15550100101","type":"text","text":{"body":"x"}}""")]
    [InlineData(100, "[1]")]
    [InlineData(100, "{broken")]
    public async Task A_bad_body_is_refused_with_its_code(int code, string json)
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        var (status, body, _) = await simulator.SendAsync(json);
        status.ShouldBe(400);
        body.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(code);
        body.GetProperty("error").GetProperty("message").GetString()!.ShouldStartWith($"(#{code})");
        (await simulator.GetAsync("/sim/counters")).GetProperty("sendsAccepted").GetInt32().ShouldBe(0);
    }

    [Theory]
    [InlineData(4096, 200)]
    [InlineData(4097, 400)]
    public async Task A_text_has_4096_characters_at_most(int length, int expected)
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        var (status, body, _) = await simulator.SendTextAsync(new string('x', length));
        status.ShouldBe(expected);
        if (status == 400)
        {
            body.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(100);
        }
    }

    [Theory]
    [InlineData(3, 200)]
    [InlineData(4, 400)]
    public async Task There_are_three_buttons_at_most(int count, int expected)
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        var buttons = Enumerable.Range(1, count).Select(static i => new { type = "reply", reply = new { id = $"b{i}", title = $"Button {i}" } });
        var (status, body, _) = await simulator.SendAsync(JsonSerializer.Serialize(new
        {
            messaging_product = "whatsapp",
            to = SimulatorFixture.Customer,
            type = "interactive",
            interactive = new { type = "button", body = new { text = "Which?" }, action = new { buttons } },
        }));
        status.ShouldBe(expected);
        if (status == 400)
        {
            body.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(131009);
        }
    }

    [Fact]
    public async Task A_closed_window_takes_the_message_and_fails_it_later_and_a_template_still_goes()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        (await simulator.SendTextAsync()).Status.ShouldBe(200);
        var failed = (await simulator.Receiver.WaitAsync(static one => one.HasStatus("failed")))[0].Statuses.Single();
        failed.GetProperty("errors")[0].GetProperty("code").GetInt32().ShouldBe(131047);

        (await simulator.SendAsync(Fixtures.Text("send-template-text.request.json"))).Status.ShouldBe(200);
        await simulator.Receiver.WaitAsync(static one => one.HasStatus("delivered"));
    }

    [Fact]
    public async Task A_closed_window_may_also_refuse_at_once_and_closes_24_hours_after_the_last_message()
    {
        await using var simulator = await SimulatorFixture.StartAsync("WindowError=Sync");
        await simulator.OpenAsync();
        (await simulator.SendTextAsync()).Status.ShouldBe(200);

        await simulator.ControlAsync("/sim/clock", new { jumpSeconds = 86_300 });
        (await simulator.SendTextAsync()).Status.ShouldBe(200);
        await simulator.ControlAsync("/sim/clock", new { jumpSeconds = 101 });
        var (status, body, _) = await simulator.SendTextAsync();

        status.ShouldBe(400);
        body.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(131047);
    }

    [Fact]
    public async Task The_pair_limit_lets_a_burst_through_and_gives_one_back_every_six_seconds_per_customer()
    {
        await using var simulator = await SimulatorFixture.StartAsync("PairBurst=5", "PairRefillSeconds=1000");
        for (var i = 0; i < 5; i++)
        {
            (await simulator.SendTextAsync()).Status.ShouldBe(200);
        }

        var (status, body, _) = await simulator.SendTextAsync();
        (status, body.GetProperty("error").GetProperty("code").GetInt32()).ShouldBe((400, 131056));
        (await simulator.SendTextAsync(to: "15550100102")).Status.ShouldBe(200);

        await simulator.ControlAsync("/sim/clock", new { jumpSeconds = 1001 });
        (await simulator.SendTextAsync()).Status.ShouldBe(200);
        (await simulator.SendTextAsync()).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_limit_refills_again_after_a_clock_jump_was_taken_back()
    {
        await using var simulator = await SimulatorFixture.StartAsync("PairBurst=1", "PairRefillSeconds=0.05");
        await simulator.ControlAsync("/sim/clock", new { jumpSeconds = 86_400 });
        (await simulator.SendTextAsync()).Status.ShouldBe(200);
        await simulator.ControlAsync("/sim/clock", new { reset = true });

        var status = 400;
        for (var i = 0; i < 200 && status != 200; i++)
        {
            status = (await simulator.SendTextAsync()).Status;
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        status.ShouldBe(200);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(429)]
    public async Task The_throughput_limit_holds_for_the_number_as_a_whole(int throttle)
    {
        await using var simulator = await SimulatorFixture.StartAsync("MessagesPerSecond=3", $"ThrottleStatus={throttle}");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => simulator.SendTextAsync(to: $"155501010{i:D2}")));
        answers.Count(static one => one.Status == 200).ShouldBeInRange(3, 12);
        var refused = answers.Where(static one => one.Status != 200).ToList();
        refused.ShouldNotBeEmpty();
        refused.ShouldAllBe(one => one.Status == throttle && one.Body.GetProperty("error").GetProperty("code").GetInt32() == 130429);
    }

    private sealed class Caught : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Lines.Enqueue(formatter(state, exception) + exception);
            }
        }

        public void Dispose()
        {
        }
    }
}
