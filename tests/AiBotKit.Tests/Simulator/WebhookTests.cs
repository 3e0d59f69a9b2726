using System.Text;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Simulator;

public sealed class WebhookTests
{
    [Fact]
    public async Task A_customers_text_is_posted_in_Metas_spelling_with_a_signature_over_the_raw_bytes()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await simulator.SayAsync(new { text = "größe / 日本 🛍" });

        var callback = (await simulator.Receiver.WaitAsync(static one => one.Messages.Any()))[0];
        callback.Signed.ShouldBeTrue();
        callback.Body.ShouldAllBe(static one => one < 0x80);
        callback.Text.ShouldContain(@"gr\u00f6\u00dfe \/ \u65e5\u672c \ud83d\udecd");
        callback.Messages.Single().GetProperty("text").GetProperty("body").GetString().ShouldBe("größe / 日本 🛍");
        callback.Messages.Single().GetProperty("from").GetString().ShouldBe(SimulatorFixture.Customer);
    }

    [Fact]
    public async Task The_plain_spelling_carries_UTF8_as_it_is()
    {
        await using var simulator = await SimulatorFixture.StartAsync("Escaped=false");
        await simulator.SayAsync(new { text = "größe / 日本 🛍 \\uD83D" });

        var callback = (await simulator.Receiver.WaitAsync(static one => one.Messages.Any()))[0];
        callback.Signed.ShouldBeTrue();
        callback.Text.ShouldContain("größe / 日本 🛍 \\\\uD83D");
    }

    [Theory]
    [InlineData("compact-utf8")]
    [InlineData("meta-escaped")]
    [InlineData("pretty-with-newline")]
    [InlineData("body-with-bom")]
    public async Task A_raw_post_is_signed_as_the_known_answer_says(string name)
    {
        var vectors = Fixtures.Json("signature-vectors.json").GetProperty("vectors").EnumerateArray();
        var vector = vectors.First(one => one.GetProperty("name").GetString() == name);
        await using var simulator = await SimulatorFixture.StartAsync($"WebhookSecret={vector.GetProperty("secret").GetString()}");
        var body = Convert.FromBase64String(vector.GetProperty("bodyBase64").GetString()!);
        using var answer = await simulator.Http.PostAsync("/sim/webhook", new ByteArrayContent(body), TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();

        var callback = (await simulator.Receiver.WaitAsync(static _ => true))[0];
        callback.Body.ShouldBe(body);
        callback.Signature.ShouldBe(vector.GetProperty("header").GetString());
    }

    [Fact]
    public async Task Only_exactly_200_ends_the_repeats_and_the_bytes_stay_the_same()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        var answers = new Queue<int>([500, 204, 503, 200]);
        simulator.Receiver.Answer = _ => answers.Count > 1 ? answers.Dequeue() : 200;
        await simulator.SayAsync(new { text = "again" });

        var tries = await simulator.Receiver.WaitAsync(static _ => true, 4);
        tries.Select(static one => Convert.ToBase64String(one.Body)).Distinct().Count().ShouldBe(1);
        tries.Select(static one => one.Signature).Distinct().Count().ShouldBe(1);
        var counters = await simulator.GetAsync("/sim/counters");
        counters.GetProperty("webhookRetries").GetInt32().ShouldBe(3);
        counters.GetProperty("answers").GetProperty("204").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Setwebhook_moves_the_callbacks_and_its_headers_are_echoed()
    {
        await using var simulator = await SimulatorFixture.StartAsync("WebhookUrl=http://127.0.0.1:9/nowhere");
        var set = await simulator.CallAsync($"/v3/{SimulatorFixture.Number}/setwebhook",
            JsonSerializer.Serialize(new { webhook_url = simulator.Receiver.Url, headers = new Dictionary<string, string> { ["X-Webhook-Secret"] = "static-lock" } }));
        set.Status.ShouldBe(200);
        await simulator.SayAsync(new { text = "hello" });

        (await simulator.Receiver.WaitAsync(static _ => true))[0].Headers["X-Webhook-Secret"].ShouldBe("static-lock");
        var read = await simulator.CallAsync($"/v3/{SimulatorFixture.Number}/getwebhook", "", method: HttpMethod.Get);
        read.Body.GetProperty("data").GetProperty("webhook_url").GetString().ShouldBe(simulator.Receiver.Url);
    }

    [Fact]
    public async Task The_log_keeps_the_exact_bytes_and_the_signature()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        var sent = await simulator.SayAsync(new { text = "ñ" });
        var callback = (await simulator.Receiver.WaitAsync(static _ => true))[0];

        var log = await simulator.GetAsync($"/sim/log?after=0&waitMs=5000&full=true&id={Uri.EscapeDataString(sent.GetProperty("id").GetString()!)}");
        var entry = log.GetProperty("entries")[0];
        Convert.FromBase64String(entry.GetProperty("bodyBase64").GetString()!).ShouldBe(callback.Body);
        entry.GetProperty("signature").GetString().ShouldBe(callback.Signature);
        entry.GetProperty("status").GetInt32().ShouldBe(200);
        Encoding.UTF8.GetString(callback.Body).ShouldBe(entry.GetProperty("body").GetString());
    }
}
