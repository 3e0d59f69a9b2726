using System.Text.Json;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Simulator;

/// <summary>Every send body of the wire fixtures is taken, answered in the recorded form and followed by statuses.</summary>
public sealed class SendFixtureTests
{
    public static TheoryData<string> Requests => [.. Fixtures.Files("send-*.request.json")];

    [Fact]
    public void There_are_fixtures_to_send() => Requests.Count.ShouldBeGreaterThanOrEqualTo(20);

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_recorded_body_is_accepted(string file)
    {
        var body = Fixtures.Json(file);
        var to = (body.TryGetProperty("to", out var phone) ? phone : body.GetProperty("recipient")).GetString()!;
        var byUserId = !body.TryGetProperty("to", out _);
        var dropped = !byUserId && to.Contains('.', StringComparison.Ordinal);
        await using var simulator = await SimulatorFixture.StartAsync();
        if (!dropped)
        {
            await simulator.OpenAsync(to);
        }

        var (status, answer, _) = await simulator.SendAsync(Fixtures.Text(file));

        status.ShouldBe(200, answer.ToString());
        answer.GetProperty("messaging_product").GetString().ShouldBe("whatsapp");
        var contact = answer.GetProperty("contacts").EnumerateArray().ShouldHaveSingleItem();
        contact.GetProperty("input").GetString().ShouldBe(to);
        contact.GetProperty(byUserId ? "user_id" : "wa_id").GetString().ShouldBe(byUserId ? to : string.Concat(to.Where(char.IsAsciiDigit)));
        contact.TryGetProperty(byUserId ? "wa_id" : "user_id", out _).ShouldBeFalse();
        var message = answer.GetProperty("messages").EnumerateArray().ShouldHaveSingleItem();
        message.GetProperty("id").GetString()!.ShouldStartWith("wamid.");
        message.TryGetProperty("message_status", out var accepted).ShouldBe(body.GetProperty("type").GetString() == "template");
        if (accepted.ValueKind == JsonValueKind.String)
        {
            accepted.GetString().ShouldBe("accepted");
        }

        if (dropped)
        {
            (await simulator.GetAsync("/sim/counters")).GetProperty("webhooks").GetInt32().ShouldBe(0);
            return;
        }

        var callback = (await simulator.Receiver.WaitAsync(static one => one.HasStatus("sent")))[0];
        callback.Signed.ShouldBeTrue();
        callback.Statuses.Single().GetProperty("id").GetString().ShouldBe(message.GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("send-text.response.json", "send-text.request.json")]
    [InlineData("send-text-bsuid.response.json", "send-text-bsuid.request.json")]
    [InlineData("send-text-bsuid-in-to.response.json", "send-text-bsuid-in-to.request.json")]
    [InlineData("send-template.response.json", "send-template-text.request.json")]
    public async Task The_answer_has_exactly_the_members_of_the_recorded_one(string expected, string request)
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        var (_, answer, _) = await simulator.SendAsync(Fixtures.Text(request));
        Shape(answer).ShouldBe(Shape(Fixtures.Json(expected)));
    }

    [Theory]
    [InlineData("mark-read.request.json", 0)]
    [InlineData("mark-read-typing.request.json", 1)]
    public async Task Mark_read_answers_success_and_turns_the_ticks_blue(string file, int typing)
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await simulator.SayAsync(new { text = "read me", id = Fixtures.Json(file).GetProperty("message_id").GetString() });

        var (status, answer, _) = await simulator.SendAsync(Fixtures.Text(file));

        status.ShouldBe(200);
        answer.GetRawText().ShouldBe(JsonSerializer.Serialize(Fixtures.Json("mark-read.response.json")));
        var read = await simulator.GetAsync($"/sim/customers/{SimulatorFixture.Customer}/messages?after=0");
        read.GetProperty("messages")[0].GetProperty("status").GetString().ShouldBe("read");
        (await simulator.GetAsync("/sim/counters")).GetProperty("typingShown").GetInt32().ShouldBe(typing);
    }

    [Fact]
    public async Task Statuses_come_in_order_and_echo_the_opaque_data()
    {
        await using var simulator = await SimulatorFixture.StartAsync("SentAfterMs=10", "DeliveredAfterMs=60", "ReadAfterMs=60");
        await simulator.OpenAsync();
        var id = (await simulator.SendTextAsync(opaque: "job-17")).Body.GetProperty("messages")[0].GetProperty("id").GetString();

        await simulator.Receiver.WaitAsync(static one => one.HasStatus("read"));
        var statuses = simulator.Receiver.Callbacks.SelectMany(static one => one.Statuses).ToList();
        statuses.Select(static one => one.GetProperty("status").GetString()).ShouldBe(["sent", "delivered", "read"]);
        statuses.ShouldAllBe(one => one.GetProperty("id").GetString() == id && one.GetProperty("biz_opaque_callback_data").GetString() == "job-17");
    }

    private static string Shape(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(',', element.EnumerateObject().OrderBy(static one => one.Name, StringComparer.Ordinal).Select(static one => one.Name + ":" + Shape(one.Value))) + "}",
        JsonValueKind.Array => "[" + string.Join(',', element.EnumerateArray().Select(Shape)) + "]",
        var kind => kind.ToString(),
    };
}
