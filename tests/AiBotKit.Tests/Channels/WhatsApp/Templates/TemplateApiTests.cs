using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Accounts;
using AiBotKit.Channels;
using AiBotKit.Channels.WhatsApp.Templates;
using AiBotKit.Durability.Audit;
using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Fakes;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp.Templates;

/// <summary>Approved templates over the API: synced from the provider, checked, sent outside the window, with statuses as for every message (issue line 7).</summary>
public sealed class TemplateApiTests
{
    private static readonly object Shipped = new
    {
        name = "order_shipped",
        language = "en",
        parameters = new Dictionary<string, string> { ["header.1"] = "4471", ["1"] = "Maya", ["2"] = "Friday", ["button.0"] = "4471" },
        author = "Ana Duarte",
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Templates_are_read_from_the_provider_page_by_page_with_their_blanks_and_what_stands_in_the_way()
    {
        await using var shop = await TemplateShop.StartAsync(closed: false);
        var list = await shop.ListAsync();
        list.Values.Where(t => t.GetProperty("sendable").GetBoolean()).Select(t => t.GetProperty("name").GetString()).ShouldBe(["answer_for_you", "answer_ready", "order_shipped", "order_update"]);
        var shipped = list["order_shipped"];
        (shipped.GetProperty("header").GetString(), shipped.GetProperty("footer").GetString(), shipped.GetProperty("category").GetString()).ShouldBe(("Order {{1}}", "Tidewick Coffee", "UTILITY"));
        shipped.GetProperty("fields").EnumerateArray().Select(f => f.GetProperty("key").GetString()).ShouldBe(["header.1", "1", "2", "button.0"]);
        list["delivery_note"].GetProperty("problem").GetString().ShouldBe("Its header is a picture; only text headers can be sent here.");
        list["blend_cards"].GetProperty("problem").GetString().ShouldBe("It is a carousel of cards.");
        list["spring_offer"].GetProperty("problem").GetString()!.ShouldContain("PENDING");
        (list["sale_shout"].GetProperty("status").GetString(), list["sale_shout"].GetProperty("statusReason").GetString()).ShouldBe(("REJECTED", "INVALID_FORMAT"));

        // More than a page, one gone and one changed: afterwards the same as at the provider.
        for (var i = 0; i < 60; i++)
        {
            await shop.Shop.Simulator.ControlAsync("/sim/templates", new { name = $"more_{i:D2}", language = "en", components = new[] { new { type = "BODY", text = "More" } } });
        }

        using (var gone = await shop.Shop.Simulator.Http.DeleteAsync(new Uri("/sim/templates/spring_offer", UriKind.Relative), Stop))
        {
            gone.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        await shop.Shop.Simulator.ControlAsync("/sim/templates", new { name = "answer_ready", language = "en", components = new[] { new { type = "BODY", text = "Anew" } } });
        var synced = await shop.SyncAsync();
        synced.GetProperty("syncedAt").ValueKind.ShouldBe(JsonValueKind.String);
        list = await shop.ListAsync();
        list.Count.ShouldBe(67);
        list.ShouldNotContainKey("spring_offer");
        list["answer_ready"].GetProperty("body").GetString().ShouldBe("Anew");
    }

    [Fact]
    public async Task A_template_reaches_the_phone_outside_the_window_and_comes_back_read()
    {
        await using var shop = await TemplateShop.StartAsync();
        var before = (await shop.Shop.ConversationAsync()).GetProperty("lastInboundAt").GetDateTimeOffset();
        var sent = await shop.SendAsync(Shipped);
        (sent.GetProperty("role").GetString(), sent.GetProperty("type").GetString(), sent.GetProperty("author").GetString(), sent.GetProperty("text").GetString())
            .ShouldBe(("owner", "template", "Ana Duarte", "*Order 4471*\nHello Maya, your order is on its way and should be with you on Friday."));
        await shop.Shop.WaitAsync(all => all.Any(m => TalkingShop.Role(m) == "owner" && TalkingShop.Status(m) == "read"));
        var shown = (await shop.PhoneAsync())[^1].GetProperty("content").GetProperty("rendered");
        (shown.GetProperty("header").GetString(), shown.GetProperty("body").GetString(), shown.GetProperty("footer").GetString())
            .ShouldBe(("Order 4471", "Hello Maya, your order is on its way and should be with you on Friday.", "Tidewick Coffee"));
        shown.GetProperty("buttons")[0].GetProperty("url").GetString().ShouldBe("https://parcels.example/track/4471");
        var after = await shop.Shop.ConversationAsync();
        after.GetProperty("lastInboundAt").GetDateTimeOffset().ShouldBe(before, "a template opens no window");

        // The customer taps: an ordinary message of theirs, and the window is open.
        await shop.TapAsync("Change address");
        await shop.Shop.WaitAsync(all => all.Any(m => m.GetProperty("type").GetString() == "button" && TalkingShop.Outcome(m) == "ai_off"));
        using var free = await shop.Shop.Api.PostAsJsonAsync($"/api/conversations/{shop.Conversation}/messages", new { text = "Where to?" }, Stop);
        free.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task The_same_request_sends_once()
    {
        await using var shop = await TemplateShop.StartAsync();
        var first = await shop.SendAsync(Shipped, key: "k1");
        (await shop.SendAsync(Shipped, key: "k1")).GetProperty("id").GetGuid().ShouldBe(first.GetProperty("id").GetGuid());
        (await shop.SendAsync(new { name = "answer_ready", language = "en", author = "Ana Duarte" }, HttpStatusCode.UnprocessableEntity, "k1")).GetProperty("code").GetString().ShouldBe("request_key_used");
        await shop.TextsAsync(2);
        shop.Shop.App.Sql("SELECT count(*) FROM outbox WHERE Payload IS NOT NULL").ShouldBe(1L);
    }

    [Theory]
    [InlineData("""{"name":"nowhere","language":"en"}""", 422, "template_unknown", null)]
    [InlineData("""{"name":"answer_ready","language":"de"}""", 422, "template_unknown", null)]
    [InlineData("""{"name":"spring_offer","language":"en"}""", 422, "template_not_approved", null)]
    [InlineData("""{"name":"delivery_note","language":"en","parameters":{"customer":"Asha"}}""", 422, "template_not_sendable", null)]
    [InlineData("""{"name":"order_update","language":"en_US","parameters":{"1":"Asha","2":"two"}}""", 422, "parameter_missing", "3")]
    [InlineData("""{"name":"order_update","language":"en_US","parameters":{"1":"Asha","2":" ","3":"x"}}""", 422, "parameter_missing", "2")]
    [InlineData("""{"name":"order_update","language":"en_US","parameters":{"1":"a\nb","2":"two","3":"x"}}""", 422, "parameter_invalid", "1")]
    [InlineData("""{"name":"order_update","language":"en_US","parameters":{"1":"a","2":"two","3":"x","4":"y"}}""", 422, "parameter_unknown", "4")]
    [InlineData("""{"name":"","language":"en"}""", 400, "bad_request", null)]
    [InlineData("""{"name":"answer_ready"}""", 400, "bad_request", null)]
    public async Task What_cannot_be_sent_is_refused_with_a_code_and_leaves_no_trace(string body, int status, string code, string? parameter)
    {
        await using var shop = await TemplateShop.StartAsync();
        var before = (await shop.Shop.MessagesAsync()).Count;
        var problem = await shop.SendAsync(JsonDocument.Parse(body).RootElement, (HttpStatusCode)status);
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("title").GetString().ShouldNotBeNullOrWhiteSpace();
        (problem.TryGetProperty("parameter", out var field) ? field.GetString() : null).ShouldBe(parameter);
        (await shop.Shop.MessagesAsync()).Count.ShouldBe(before);
        shop.Shop.App.Sql("SELECT count(*) FROM outbox WHERE Payload IS NOT NULL").ShouldBe(0L);
    }

    [Fact]
    public async Task Circumstances_refuse_in_the_order_in_which_they_have_to_be_put_right_and_the_window_is_none()
    {
        await using var shop = await TemplateShop.StartAsync();
        await shop.Shop.SwitchAsync(true);
        (await CodeAsync(Shipped)).ShouldBe("AI_REPLIES_ON");
        (await shop.Shop.App.Get<SwitchConnection>().RunAsync(shop.Shop.App.Get<FirstAccount>().Id, shop.Connection, false, Actor.System, Stop)).ShouldBeTrue();
        (await CodeAsync(new { name = "nowhere", language = "en" })).ShouldBe("CONNECTION_PAUSED");
        await shop.Shop.App.Get<SwitchConnection>().RunAsync(shop.Shop.App.Get<FirstAccount>().Id, shop.Connection, true, Actor.System, Stop);
        await shop.SendAsync(new { name = "answer_ready", language = "en", takeOver = true });
        (await shop.Shop.ConversationAsync()).GetProperty("aiReplies").GetBoolean().ShouldBeFalse("it takes over with it");
        shop.Shop.App.Sql("UPDATE connections SET DisconnectedAt = 1");
        (await CodeAsync(Shipped)).ShouldBe("CONNECTION_DISCONNECTED");
        using var sync = await shop.Shop.Api.PostAsync(new Uri($"/api/connections/{shop.Connection}/templates/sync", UriKind.Relative), null, Stop);
        (sync.StatusCode, (await sync.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("code").GetString()).ShouldBe((HttpStatusCode.Conflict, "not_connected"));

        async Task<string?> CodeAsync(object body) => (await shop.SendAsync(body, HttpStatusCode.Conflict)).GetProperty("code").GetString();
    }

    [Fact]
    public async Task What_the_provider_refuses_after_all_stands_on_the_message()
    {
        await using var shop = await TemplateShop.StartAsync();
        await shop.Shop.Simulator.ControlAsync("/sim/templates/order_shipped/status", new { @event = "PAUSED", silent = true });
        await shop.SendAsync(Shipped);
        var failed = (await shop.Shop.WaitAsync(all => all.Any(m => TalkingShop.Status(m) == "failed"))).Single(m => TalkingShop.Status(m) == "failed");
        failed.GetProperty("failure").GetProperty("code").GetInt32().ShouldBe(132015);
    }

    [Fact]
    public async Task A_status_comes_by_the_callback_and_only_approved_ones_are_sent()
    {
        await using var shop = await TemplateShop.StartAsync();
        await shop.Shop.Simulator.ControlAsync("/sim/templates/order_shipped/status", new { @event = "PAUSED", reason = "LOW_QUALITY" });
        await WaitForAsync(shop, "order_shipped", "PAUSED");
        (await shop.SendAsync(Shipped, HttpStatusCode.UnprocessableEntity)).GetProperty("code").GetString().ShouldBe("template_not_approved");
        await shop.Shop.Simulator.ControlAsync("/sim/templates/order_shipped/status", new { @event = "APPROVED" });
        await WaitForAsync(shop, "order_shipped", "APPROVED");
        await shop.SendAsync(Shipped);

        // One that is new here is fetched, because the provider spoke of it.
        await shop.Shop.Simulator.ControlAsync("/sim/templates", new { name = "brand_new", language = "en", status = "PENDING", components = new[] { new { type = "BODY", text = "New" } } });
        await shop.Shop.Simulator.ControlAsync("/sim/templates/brand_new/status", new { @event = "APPROVED" });
        await WaitForAsync(shop, "brand_new", "APPROVED");
    }

    [Fact]
    public async Task The_background_asks_by_itself_and_a_provider_that_fails_takes_nothing_away()
    {
        await using var shop = await TemplateShop.StartAsync(closed: false);
        shop.Shop.App.Sql("DELETE FROM template_syncs");
        shop.Shop.App.Sql("DELETE FROM message_templates");
        await shop.Shop.App.Get<KeepTemplates>().RunAsync(Stop);
        (await shop.ListAsync()).Count.ShouldBe(8);
        shop.Shop.App.Sql("UPDATE connections SET WabaId = '999'");
        using (var sync = await shop.Shop.Api.PostAsync(new Uri($"/api/connections/{shop.Connection}/templates/sync", UriKind.Relative), null, Stop))
        {
            (sync.StatusCode, (await sync.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("code").GetString()).ShouldBe((HttpStatusCode.BadGateway, "templates_not_read"));
        }

        (await shop.ListAsync()).Count.ShouldBe(8);
        (await shop.Shop.Api.GetFromJsonAsync<JsonElement>($"/api/connections/{shop.Connection}/templates", Stop)).GetProperty("problem").GetString().ShouldNotBeNullOrWhiteSpace();
    }

    private static Task WaitForAsync(TemplateShop shop, string name, string status) => Patience.UntilAsync(
        async () => (await shop.ListAsync()).GetValueOrDefault(name) is { ValueKind: JsonValueKind.Object } template && template.GetProperty("status").GetString() == status,
        $"{name} {status}");
}
