using System.Text.Json;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Simulator;

public sealed class CustomerTests
{
    [Theory]
    [InlineData("text", "text")]
    [InlineData("image", "image")]
    [InlineData("video", "video")]
    [InlineData("document", "document")]
    [InlineData("sticker", "sticker")]
    [InlineData("voice", "audio")]
    [InlineData("location", "location")]
    [InlineData("contacts", "contacts")]
    [InlineData("reaction", "reaction")]
    [InlineData("button_reply", "interactive")]
    [InlineData("list_reply", "interactive")]
    [InlineData("button", "button")]
    [InlineData("edit", "edit")]
    [InlineData("revoke", "revoke")]
    [InlineData("order", "order")]
    [InlineData("unsupported", "unsupported")]
    public async Task Every_type_goes_out_under_its_wire_name(string type, string wire)
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await simulator.SayAsync(new { type, text = "hello", title = "Yes", buttonId = "yes", messageId = "wamid.x", emoji = "👍" });
        var message = (await simulator.Receiver.WaitAsync(static one => one.Messages.Any()))[0].Messages.Single();
        message.GetProperty("type").GetString().ShouldBe(wire);
        message.TryGetProperty(wire, out _).ShouldBeTrue();
        if (type == "voice")
        {
            message.GetProperty("audio").GetProperty("voice").GetBoolean().ShouldBeTrue();
            message.GetProperty("audio").GetProperty("mime_type").GetString().ShouldBe("audio/ogg; codecs=opus");
        }
    }

    [Fact]
    public async Task A_customer_with_a_phone_has_a_number_everywhere_and_one_without_nowhere()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await simulator.SayAsync(new { text = "by phone" }, "15550102231");
        await simulator.SayAsync(new { text = "by user id" }, "US.10000000000000004120");
        var both = await simulator.Receiver.WaitAsync(static one => one.Messages.Any(), 2);

        var byPhone = both.Single(static one => one.Text.Contains("by phone", StringComparison.Ordinal));
        byPhone.Messages.Single().GetProperty("from").GetString().ShouldBe("15550102231");
        Contact(byPhone).GetProperty("wa_id").GetString().ShouldBe("15550102231");

        var byId = both.Single(static one => one.Text.Contains("by user id", StringComparison.Ordinal));
        byId.Messages.Single().TryGetProperty("from", out _).ShouldBeFalse();
        byId.Messages.Single().GetProperty("from_user_id").GetString().ShouldBe("US.10000000000000004120");
        Contact(byId).TryGetProperty("wa_id", out _).ShouldBeFalse();
        Contact(byId).GetProperty("profile").GetProperty("username").GetString().ShouldBe("@cafe.lumen");

        static JsonElement Contact(Callback callback) => callback.Values.Single().GetProperty("contacts")[0];
    }

    [Fact]
    public async Task Changing_the_number_is_a_system_message_without_contacts_and_a_new_customer()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await simulator.ControlAsync("/sim/customers/15550102231/change-number", new { phone = "15550109999" });
        var callback = (await simulator.Receiver.WaitAsync(static one => one.Messages.Any()))[0];
        callback.Messages.Single().GetProperty("system").GetProperty("wa_id").GetString().ShouldBe("15550109999");
        callback.Values.Single().TryGetProperty("contacts", out _).ShouldBeFalse();
        var list = await simulator.GetAsync("/sim/customers");
        list.GetProperty("customers").EnumerateArray().ShouldContain(static one => one.GetProperty("key").GetString() == "15550109999");
    }

    [Fact]
    public async Task The_owners_own_answer_is_an_echo_and_a_call_opens_the_window()
    {
        await using var simulator = await SimulatorFixture.StartAsync("WindowError=Sync");
        await simulator.ControlAsync("/sim/customers/15550102231/echo", new { text = "from the app" });
        var echo = (await simulator.Receiver.WaitAsync(static one => one.Items("message_echoes").Any()))[0];
        echo.Items("message_echoes").Single().GetProperty("to").GetString().ShouldBe("15550102231");

        (await simulator.SendTextAsync(to: "15550102231")).Status.ShouldBe(400);
        await simulator.ControlAsync("/sim/customers/15550102231/call", new { });
        (await simulator.SendTextAsync(to: "15550102231")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("+1 (555) 010-2231", "15550102231")]
    [InlineData("15550102231", "15550102231")]
    [InlineData(null, "15550100199")]
    [InlineData("none", "15550100199")]
    public async Task A_shared_contact_has_one_plus_and_the_digits(string? typed, string digits)
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await simulator.SayAsync(new { type = "contacts", name = "Ida Sample", phone = typed });
        var card = (await simulator.Receiver.WaitAsync(static one => one.Messages.Any()))[0].Messages.Single().GetProperty("contacts")[0];
        card.GetProperty("phones")[0].GetProperty("phone").GetString().ShouldBe("+" + digits);
        card.GetProperty("phones")[0].GetProperty("wa_id").GetString().ShouldBe(digits);
    }

    [Fact]
    public async Task A_customer_who_blocked_the_business_gets_nothing()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await simulator.OpenAsync("15550102231");
        await simulator.ControlAsync("/sim/customers/15550102231/block", new { blocked = true });
        await simulator.SendTextAsync(to: "15550102231");
        var failed = (await simulator.Receiver.WaitAsync(static one => one.HasStatus("failed")))[0].Statuses.Single();
        failed.GetProperty("errors")[0].GetProperty("code").GetInt32().ShouldBe(131026);
    }

    [Fact]
    public async Task An_ad_a_quote_and_a_late_message_carry_what_they_should()
    {
        await using var simulator = await SimulatorFixture.StartAsync("WindowError=Sync");
        var first = await simulator.SayAsync(new { text = "old", ageSeconds = 100_000, fromAd = true });
        var old = (await simulator.Receiver.WaitAsync(static one => one.Messages.Any()))[0].Messages.Single();
        old.GetProperty("referral").GetProperty("ctwa_clid").GetString().ShouldNotBeNullOrEmpty();
        (await simulator.SendTextAsync()).Status.ShouldBe(400);

        await simulator.SayAsync(new { text = "new", replyTo = first.GetProperty("id").GetString() });
        var quoting = (await simulator.Receiver.WaitAsync(static one => one.Messages.Any(), 2))[1].Messages.Single();
        quoting.GetProperty("context").GetProperty("id").GetString().ShouldBe(first.GetProperty("id").GetString());
        (await simulator.SendTextAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Waiting_for_an_answer_returns_when_it_comes()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        var seq = (await simulator.SayAsync(new { text = "hello" })).GetProperty("seq").GetInt64();
        var waiting = simulator.GetAsync($"/sim/customers/{SimulatorFixture.Customer}/messages?after={seq}&from=business&waitMs=30000");
        await simulator.SendTextAsync("an answer");
        var answer = await waiting;
        answer.GetProperty("messages")[0].GetProperty("text").GetString().ShouldBe("an answer");
    }
}
