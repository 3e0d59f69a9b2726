using System.Net;
using System.Text.Json;
using AiBotKit.Accounts;
using AiBotKit.Channels.WhatsApp.Onboarding;
using AiBotKit.Durability.Audit;
using AiBotKit.Tests.Conversations;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp.Templates;

/// <summary>Answer later: a reply written after the window is held, a nudge goes out, and the customer's tap delivers it, once (issue line 7).</summary>
public sealed class AnswerLaterTests
{
    private const string Asks = "We have an answer to your question. Tap below and we send it to you.";
    private const string Answer = "Yes, the moka grind is back. *Ana*";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_customers_tap_delivers_what_was_held_and_no_second_tap_does_it_again()
    {
        await using var shop = await TemplateShop.StartAsync();
        var held = await shop.HoldAsync(new { text = Answer, author = "Ana Duarte" });
        (held.GetProperty("status").GetString(), held.GetProperty("author").GetString(), held.GetProperty("type").GetString()).ShouldBe(("held", "Ana Duarte", "text"));
        (await shop.TextsAsync(2))[^1].ShouldBe(Asks, "the nudge is out, the answer is not");

        await shop.TapAsync("Read it");
        (await shop.TextsAsync(3))[^1].ShouldBe(Answer);
        var messages = await shop.Shop.WaitAsync(all => all.Any(m => m.GetProperty("id").GetGuid() == held.GetProperty("id").GetGuid() && TalkingShop.Status(m) == "read"));
        messages.FindIndex(m => m.GetProperty("type").GetString() == "button").ShouldBeLessThan(messages.FindIndex(m => TalkingShop.Text(m) == Answer), "it stands behind the tap");
        TalkingShop.Replies(messages).Count.ShouldBe(1, "the bot did not answer the tap");

        await shop.TapAsync("Read it");
        await shop.Shop.SayAsync(new { text = "Thanks!" });
        (await shop.TextsAsync()).Count(text => text == Answer).ShouldBe(1);
        shop.Shop.App.Sql("SELECT count(*) FROM outbox WHERE Author = 2").ShouldBe(2L);
    }

    [Fact]
    public async Task Whatever_the_customer_writes_delivers_it_in_order_also_after_a_restart()
    {
        await using var shop = await TemplateShop.StartAsync();
        await shop.HoldAsync(new { text = "One" });
        await shop.HoldAsync(new { text = "Two" });
        await shop.TextsAsync(2);
        await shop.Shop.RestartAsync();
        await shop.Shop.Simulator.CallAsync($"/v3/{Simulator.SimulatorFixture.Number}/setwebhook", JsonSerializer.Serialize(new { webhook_url = new Uri(shop.Shop.App.Address, "/api/whatsapp/callback").ToString() }));
        await shop.Shop.SayAsync(new { text = "Anything new?" });
        (await shop.TextsAsync(4)).Skip(1).ShouldBe([Asks, "One", "Two"], "asked for once, delivered in order");
    }

    [Fact]
    public async Task The_person_chooses_the_nudge_and_the_name_is_filled_in()
    {
        await using var shop = await TemplateShop.StartAsync();
        var wish = new { text = Answer, template = new { name = "answer_for_you", language = "en" } };
        (await shop.HoldAsync(wish, HttpStatusCode.UnprocessableEntity)).GetProperty("parameter").GetString().ShouldBe("name", "nobody knows the customer's name yet");
        shop.Shop.App.Sql("UPDATE conversations SET ContactName = 'Maya'");
        await shop.HoldAsync(wish);
        (await shop.TextsAsync(2))[^1].ShouldBe("Hi Maya, your answer from Tidewick Coffee is here.");
        await shop.TapAsync("Not now");
        (await shop.TextsAsync(3))[^1].ShouldBe(Answer, "whatever they tap, they have written");
    }

    [Fact]
    public async Task The_same_request_is_held_once()
    {
        await using var shop = await TemplateShop.StartAsync();
        var first = await shop.HoldAsync(new { text = Answer }, key: "k");
        (await shop.HoldAsync(new { text = Answer }, key: "k")).GetProperty("id").GetGuid().ShouldBe(first.GetProperty("id").GetGuid());
        (await shop.HoldAsync(new { text = "Other" }, HttpStatusCode.UnprocessableEntity, "k")).GetProperty("code").GetString().ShouldBe("request_key_used");
        shop.Shop.App.Sql("SELECT count(*) FROM held_replies").ShouldBe(1L);
        await shop.TextsAsync(2);
        await shop.TapAsync("Read it");
        await shop.TextsAsync(3);
        (await shop.HoldAsync(new { text = Answer }, key: "k")).GetProperty("status").GetString().ShouldNotBe("held", "repeated after it went out it is still the same message");
    }

    [Fact]
    public async Task Taken_back_it_is_not_delivered()
    {
        await using var shop = await TemplateShop.StartAsync();
        var held = (await shop.HoldAsync(new { text = Answer })).GetProperty("id").GetGuid();
        await shop.TextsAsync(2);
        (await shop.CancelAsync(held)).ShouldBe(HttpStatusCode.NoContent);
        (await shop.CancelAsync(held)).ShouldBe(HttpStatusCode.NotFound);
        await NothingGoesAsync(shop, held);
    }

    [Fact]
    public async Task Handed_back_to_the_AI_it_is_not_delivered_and_the_AI_answers()
    {
        await using var shop = await TemplateShop.StartAsync();
        var held = (await shop.HoldAsync(new { text = Answer })).GetProperty("id").GetGuid();
        await shop.TextsAsync(2);
        await shop.Shop.SwitchAsync(true);
        Status(await shop.Shop.MessagesAsync(), held).ShouldBe("cancelled");
        await shop.TapAsync("Read it");
        (await shop.TextsAsync(3))[^1]!.ShouldEndWith("re: Read it");
        (await shop.CancelAsync(held)).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Disconnected_it_is_not_delivered()
    {
        await using var shop = await TemplateShop.StartAsync();
        var held = (await shop.HoldAsync(new { text = Answer })).GetProperty("id").GetGuid();
        await shop.TextsAsync(2);
        (await shop.Shop.App.Get<DisconnectConnection>().RunAsync(shop.Shop.App.Get<FirstAccount>().Id, shop.Connection, Actor.System, Stop)).ShouldBeTrue();
        Status(await shop.Shop.MessagesAsync(), held).ShouldBe("cancelled");
        shop.Shop.App.Sql("SELECT count(*) FROM outbox WHERE Author = 2 AND Payload IS NULL").ShouldBe(0L);
    }

    [Theory]
    [InlineData("""{"text":" "}""", 400, "invalid_message")]
    [InlineData("""{"text":"x","template":{"name":"order_update","language":"en_US"}}""", 422, "parameter_missing")]
    [InlineData("""{"text":"x","template":{"name":"order_update","language":"en_US","parameters":{"1":"a","2":"b","3":"c"}}}""", 422, "template_without_button")]
    [InlineData("""{"text":"x","template":{"name":"nowhere","language":"en"}}""", 422, "template_unknown")]
    [InlineData("""{"text":"x","template":{"language":"en"}}""", 400, "bad_request")]
    public async Task What_cannot_be_held_is_refused_and_nothing_goes_out(string body, int status, string code)
    {
        await using var shop = await TemplateShop.StartAsync();
        (await shop.HoldAsync(JsonDocument.Parse(body).RootElement, (HttpStatusCode)status)).GetProperty("code").GetString().ShouldBe(code);
        (shop.Shop.App.Sql("SELECT count(*) FROM held_replies"), shop.Shop.App.Sql("SELECT count(*) FROM outbox WHERE Author = 2")).ShouldBe((0L, 0L));
    }

    [Fact]
    public async Task With_the_window_open_with_AI_replies_on_or_without_a_nudge_nothing_is_held()
    {
        await using var shop = await TemplateShop.StartAsync(closed: false);
        (await CodeAsync(HttpStatusCode.Conflict)).ShouldBe("WA_WINDOW_OPEN");
        await shop.CloseAsync();
        shop.Shop.App.Sql("DELETE FROM message_templates WHERE Name LIKE 'answer%'");
        (await CodeAsync(HttpStatusCode.UnprocessableEntity)).ShouldBe("nudge_missing");
        await shop.Shop.SwitchAsync(true);
        (await CodeAsync(HttpStatusCode.Conflict)).ShouldBe("AI_REPLIES_ON");

        async Task<string?> CodeAsync(HttpStatusCode expected) => (await shop.HoldAsync(new { text = Answer }, expected)).GetProperty("code").GetString();
    }

    private static async Task NothingGoesAsync(TemplateShop shop, Guid held)
    {
        await shop.TapAsync("Read it");
        var messages = await shop.Shop.WaitAsync(all => all.Any(m => m.GetProperty("type").GetString() == "button"));
        Status(messages, held).ShouldBe("cancelled");
        shop.Shop.App.Sql("SELECT count(*) FROM outbox WHERE Author = 2 AND Payload IS NULL").ShouldBe(0L);
    }

    private static string Status(List<JsonElement> messages, Guid id) => TalkingShop.Status(messages.Single(m => m.GetProperty("id").GetGuid() == id));
}
