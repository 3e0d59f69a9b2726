using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Fakes;
using AiBotKit.Tests.Simulator;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp;

/// <summary>Connections over REST against the real simulator: connect by key, switch, disconnect, connect again.</summary>
public sealed class ConnectionApiTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_number_is_connected_by_key_starts_off_and_answers_once_it_is_on()
    {
        await using var shop = await ConnectShop.StartAsync();
        var connection = await shop.ConnectAsync(HttpStatusCode.Created);
        connection.EnumerateObject().Select(p => p.Name).ShouldBe(["id", "chatbotId", "provider", "wabaId", "phoneNumberId", "displayPhoneNumber", "state", "enabled", "keyLast4"]);
        (Text(connection, "state"), connection.GetProperty("enabled").GetBoolean(), Text(connection, "displayPhoneNumber"), Text(connection, "wabaId")).ShouldBe(("paused", false, "15550100002", "200000000000002"));
        connection.GetProperty("chatbotId").GetGuid().ShouldBe(shop.Chatbot);

        await shop.SayAsync("before it is on");
        (await shop.WaitAsync(all => all.Count == 1))[0].GetProperty("outcome").GetString().ShouldBe("paused");

        var on = await shop.SwitchAsync(connection, true);
        (Text(on, "state"), on.GetProperty("enabled").GetBoolean()).ShouldBe(("connected", true));
        await shop.SayAsync("and now?");
        (await shop.WaitAsync(all => TalkingShop.Replies(all).Count > 0)).ShouldContain(m => TalkingShop.Text(m).EndsWith("re: and now?", StringComparison.Ordinal));

        // Its callbacks are signed with a secret of its own and carry the header that was asked for.
        var webhooks = (await shop.Shop.Simulator.GetAsync("/sim/log?direction=webhook&full=true")).GetProperty("entries").EnumerateArray().Where(e => Text(e, "url").Contains("?k=", StringComparison.Ordinal)).ToList();
        webhooks.ShouldNotBeEmpty();
        webhooks.ShouldAllBe(e => e.GetProperty("status").GetInt32() == 200);
    }

    [Fact]
    public async Task A_deleted_chatbot_lets_go_of_its_number_which_another_one_can_take_and_its_conversations_stay()
    {
        await using var shop = await ConnectShop.StartAsync();
        var connection = await shop.ConnectAsync(HttpStatusCode.Created);
        await shop.SwitchAsync(connection, true);
        await shop.SayAsync("hello?");
        await shop.WaitAsync(all => TalkingShop.Replies(all).Count > 0);
        var thread = (await shop.ThreadAsync()).GetProperty("id").GetGuid();

        (await shop.Shop.Api.DeleteAsync($"/api/chatbots/{shop.Chatbot}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        shop.Shop.App.Sql($"SELECT count(*) FROM connections WHERE PhoneNumberId = '{ConnectShop.SecondNumber}' AND (DisconnectedAt IS NULL OR ApiKeyProtected IS NOT NULL)").ShouldBe(0L);
        (await shop.Shop.Api.GetAsync($"/api/conversations/{thread}/messages", Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);

        using var made = await shop.Shop.Api.PostAsJsonAsync("/api/chatbots", new { name = "Heir" }, Stop);
        var heir = (await made.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("id").GetGuid();
        using var again = await shop.Shop.Api.PostAsJsonAsync(
            $"/api/chatbots/{heir}/connections", new { provider = "Pinnacle", baseUrl = shop.Shop.Simulator.Url + "/v3", wabaId = "200000000000002", phoneNumberId = ConnectShop.SecondNumber, displayPhoneNumber = "15550100002", apiKey = ConnectShop.SecondKey }, Stop);
        again.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_plan_without_channels_may_not_connect()
    {
        await using var shop = await ConnectShop.StartAsync();
        shop.Shop.App.Sql("UPDATE accounts SET Plan = 'Free'");
        var problem = await shop.ConnectAsync(HttpStatusCode.PaymentRequired);
        problem.GetProperty("code").GetString().ShouldBe("PLAN_REQUIRED");
        problem.GetProperty("requiredPlan").GetString().ShouldNotBeNullOrEmpty();
        using var signup = await shop.Shop.Api.PostAsJsonAsync($"/api/chatbots/{shop.Chatbot}/connections/signup", new { }, Stop);
        signup.StatusCode.ShouldBe(HttpStatusCode.PaymentRequired);
    }

    [Fact]
    public async Task A_chatbot_has_one_number_and_a_number_one_chatbot()
    {
        await using var shop = await ConnectShop.StartAsync();
        (await shop.ConnectAsync(HttpStatusCode.Conflict, phoneNumberId: SimulatorFixture.Number)).GetProperty("code").GetString().ShouldBe("NUMBER_ALREADY_CONNECTED");
        await shop.ConnectAsync(HttpStatusCode.Created);
        (await shop.ConnectAsync(HttpStatusCode.Conflict)).GetProperty("code").GetString().ShouldBe("CHATBOT_ALREADY_CONNECTED");
        (await shop.ConnectAsync(HttpStatusCode.NotFound, chatbot: Guid.NewGuid())).ValueKind.ShouldBe(JsonValueKind.Object);
        shop.Shop.App.Sql("SELECT count(*) FROM connections").ShouldBe(2L);
    }

    [Theory]
    [InlineData("wrong-key", ConnectShop.SecondNumber, null, 422, "key_refused")]
    [InlineData(SimulatorFixture.Key, ConnectShop.SecondNumber, null, 422, "key_does_not_own_number")]
    [InlineData(ConnectShop.SecondKey, "300000000000009", null, 422, "key_does_not_own_number")]
    [InlineData(ConnectShop.SecondKey, "30000x", null, 400, "bad_request")]
    [InlineData("a key", ConnectShop.SecondNumber, null, 400, "bad_request")]
    [InlineData(ConnectShop.SecondKey, ConnectShop.SecondNumber, "http://169.254.169.254/v3", 400, "bad_request")]
    [InlineData(ConnectShop.SecondKey, ConnectShop.SecondNumber, "https://provider.invalid/v3", 409, "public_url_required")]
    public async Task What_cannot_be_connected_is_refused_with_its_code(string key, string number, string? baseUrl, int status, string code)
    {
        await using var shop = await ConnectShop.StartAsync();
        var problem = await shop.ConnectAsync((HttpStatusCode)status, key: key, phoneNumberId: number, baseUrl: baseUrl);
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.ToString().ShouldNotContain(key);
        shop.Shop.App.Sql("SELECT count(*) FROM connections").ShouldBe(1L);
    }

    [Theory]
    [InlineData("https://127.0.0.1:1/v3", "address_not_allowed")]
    [InlineData("https://[::1]:1/v3", "address_not_allowed")]
    [InlineData("https://10.0.0.1/v3", "address_not_allowed")]
    [InlineData("https://169.254.169.254/v3", "address_not_allowed")]
    public async Task An_address_of_the_own_network_is_not_called_because_the_api_says_so(string baseUrl, string code)
    {
        await using var shop = await ConnectShop.StartAsync(new Dictionary<string, string?> { ["PublicUrl"] = "https://bot.example" });
        (await shop.ConnectAsync(HttpStatusCode.UnprocessableEntity, baseUrl: baseUrl)).GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task Disconnected_is_disconnected_also_after_a_restart_and_the_same_number_takes_up_its_threads()
    {
        await using var shop = await ConnectShop.StartAsync();
        var connection = await shop.ConnectAsync(HttpStatusCode.Created);
        await shop.SwitchAsync(connection, true);
        await shop.SayAsync("first");
        // With its last status: one that came after the disconnect would be refused and repeated for days.
        await shop.WaitAsync(all => TalkingShop.Replies(all) is [var one] && TalkingShop.Status(one) == "read");
        await shop.SettledAsync();
        var thread = (await shop.ThreadAsync()).GetProperty("id").GetGuid();

        (await shop.Shop.Api.DeleteAsync($"/api/connections/{Id(connection)}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await shop.Shop.Api.DeleteAsync($"/api/connections/{Id(connection)}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        Text(await shop.ReadAsync(connection), "state").ShouldBe("disconnected");
        shop.Shop.App.Sql("SELECT count(*) FROM connections WHERE PhoneNumberId = '" + ConnectShop.SecondNumber + "' AND (ApiKeyProtected IS NOT NULL OR WebhookSecretProtected IS NOT NULL OR CallbackHeaderProtected IS NOT NULL OR VerifyTokenProtected IS NOT NULL OR CallbackKey IS NOT NULL)").ShouldBe(0L);
        using (var patch = await shop.Shop.Api.PatchAsJsonAsync($"/api/connections/{Id(connection)}", new { enabled = true }, Stop))
        {
            patch.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        }

        // The webhook points away (no key in the address), what still comes is taken and forgotten.
        await shop.SayAsync("late");
        await shop.SettledAsync();
        (await shop.MessagesAsync()).ShouldNotContain(m => TalkingShop.Text(m) == "late");

        await shop.RestartAsync();
        Text(await shop.ReadAsync(connection), "state").ShouldBe("disconnected");
        (await shop.MessagesAsync()).Count.ShouldBe(2);

        var again = await shop.ConnectAsync(HttpStatusCode.Created);
        Id(again).ShouldBe(Id(connection));
        again.GetProperty("enabled").GetBoolean().ShouldBeFalse();
        await shop.SwitchAsync(again, true);
        await shop.SayAsync("second");
        await shop.WaitAsync(all => TalkingShop.Replies(all).Count == 2);
        (await shop.ThreadAsync()).GetProperty("id").GetGuid().ShouldBe(thread);
    }

    [Fact]
    public async Task A_configured_number_that_was_disconnected_stays_so_over_restarts()
    {
        await using var shop = await ConnectShop.StartAsync();
        var configured = (await shop.ListAsync()).Single();
        (await shop.Shop.Api.DeleteAsync($"/api/connections/{Id(configured)}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await shop.RestartAsync();
        Text((await shop.ListAsync()).Single(), "state").ShouldBe("disconnected");

        // Its callbacks are signed with the installation's secret: taken with 200 and forgotten.
        (await shop.Shop.PostSignedAsync(TextCallback.Body("wamid.late", "late"))).ShouldBe(200);
        shop.Shop.App.Sql("SELECT count(*) FROM messages").ShouldBe(0L);
    }

    [Fact]
    public async Task A_late_callback_that_only_the_deleted_secret_could_verify_is_401()
    {
        await using var shop = await ConnectShop.StartAsync();
        var connection = await shop.ConnectAsync(HttpStatusCode.Created);
        var secret = shop.StoredSecret();
        var body = ConnectShop.Callback(ConnectShop.SecondNumber, "200000000000002", "late");
        (await shop.PostAsync(body, secret)).ShouldBe(200);
        (await shop.Shop.Api.DeleteAsync($"/api/connections/{Id(connection)}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await shop.PostAsync(body, secret)).ShouldBe(401);
        (await shop.PostAsync(body, SimulatorFixture.Secret)).ShouldBe(200);
    }

    [Fact]
    public async Task A_moved_number_goes_on_in_the_same_conversations()
    {
        await using var shop = await ConnectShop.StartAsync();
        var connection = await shop.ConnectAsync(HttpStatusCode.Created);
        await shop.SwitchAsync(connection, true);
        await shop.SayAsync("with the old provider");
        await shop.WaitAsync(all => TalkingShop.Replies(all).Count == 1);
        var thread = (await shop.ThreadAsync()).GetProperty("id").GetGuid();
        await shop.Shop.Api.DeleteAsync($"/api/connections/{Id(connection)}", Stop);

        // The same digits come back under another id, with another account and key (wire facts 10.3).
        var moved = await shop.ConnectAsync(HttpStatusCode.Created, key: ConnectShop.MovedKey, phoneNumberId: ConnectShop.MovedNumber);
        Id(moved).ShouldBe(Id(connection));
        Text(moved, "phoneNumberId").ShouldBe(ConnectShop.MovedNumber);
        await shop.SwitchAsync(moved, true);
        await shop.Shop.Simulator.ControlAsync($"/sim/customers/{SimulatorFixture.Customer}/messages?number={ConnectShop.MovedNumber}", new { text = "with the new one" });
        await shop.WaitAsync(all => TalkingShop.Replies(all).Count == 2);
        (await shop.ThreadAsync()).GetProperty("id").GetGuid().ShouldBe(thread);
    }

    [Fact]
    public async Task A_new_key_is_checked_and_takes_the_place_of_the_old_one()
    {
        await using var shop = await ConnectShop.StartAsync();
        var connection = await shop.ConnectAsync(HttpStatusCode.Created);
        Text(await shop.ReadAsync(connection), "keyLast4").ShouldBe(ConnectShop.SecondKey[^4..], "the end tells keys apart");
        await shop.SwitchAsync(connection, true);
        (await shop.PutKeyAsync(connection, "not-a-key-of-theirs", HttpStatusCode.UnprocessableEntity)).GetProperty("code").GetString().ShouldBe("key_refused");

        // The provider replaces the key: the number turns red, what waits goes out once the new one is in.
        await shop.KeysAsync("brand-new-key");
        await shop.SayAsync("is anybody there?");
        await shop.WaitAsync(async () => Text(await shop.ReadAsync(connection), "state") == "broken");
        var changed = await shop.PutKeyAsync(connection, "brand-new-key", HttpStatusCode.OK);
        changed.GetProperty("state").GetString().ShouldBe("connected");
        changed.GetProperty("keyLast4").ValueKind.ShouldBe(JsonValueKind.Null, "of a short key nothing is shown");
        await shop.WaitAsync(all => TalkingShop.Replies(all) is [var reply] && TalkingShop.Status(reply) is "accepted" or "sent" or "delivered" or "read");
    }

    [Fact]
    public async Task What_was_changed_by_whom_is_in_the_audit_trail_and_no_secret_is_anywhere()
    {
        await using var shop = await ConnectShop.StartAsync();
        var connection = await shop.ConnectAsync(HttpStatusCode.Created);
        using (var rotate = await shop.Shop.Api.PostAsJsonAsync($"/api/connections/{Id(connection)}/secret", new { }, Stop))
        {
            rotate.StatusCode.ShouldBe(HttpStatusCode.OK, await rotate.Content.ReadAsStringAsync(Stop));
        }

        await shop.PutKeyAsync(connection, ConnectShop.SecondKey, HttpStatusCode.OK);
        await shop.Shop.Api.DeleteAsync($"/api/connections/{Id(connection)}", Stop);
        var audit = await shop.Shop.Api.GetStringAsync("/api/audit", Stop);
        foreach (var act in new[] { "connection_connected", "webhook_secret_changed", "provider_key_changed", "connection_disconnected" })
        {
            audit.ShouldContain(act);
        }

        audit.ShouldNotContain(ConnectShop.SecondKey);
    }

    [Theory]
    [InlineData("MetaCloud", HttpStatusCode.BadRequest, "bad_request", "App secret (appSecret) is missing.")]
    [InlineData("Pinnacle", HttpStatusCode.Conflict, "public_url_required", "https address")]
    public async Task What_could_never_receive_a_message_is_refused_before_anybody_is_asked(string provider, HttpStatusCode status, string code, string words)
    {
        // The operator has written the provider's own address into the configuration, and an address of ours that it will not deliver to.
        await using var app = new AppFixture(new Dictionary<string, string?>
        {
            ["Chatbots:0:Name"] = "Shop",
            ["PublicUrl"] = "http://bot.example",
            ["WhatsApp:Connections:0:BaseUrl"] = "https://provider.example/v3",
            ["WhatsApp:Connections:0:PhoneNumberId"] = "1001",
            ["WhatsApp:Connections:0:ApiKey"] = "provider-key",
        });
        using var api = app.Api();
        var bot = Guid.Parse(app.Sql("SELECT hex(ChatbotId) FROM connections")!.ToString()!);
        app.Sql("DELETE FROM connections");
        using var answer = await api.PostAsJsonAsync($"/api/chatbots/{bot}/connections", new { provider, baseUrl = "https://provider.example/v3", wabaId = "2001", phoneNumberId = "1002", apiKey = "another-key" }, Stop);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        (answer.StatusCode, Text(problem, "code")).ShouldBe((status, code));
        Text(problem, "title").ShouldContain(words);
    }

    [Fact]
    public async Task At_a_disconnect_Meta_is_told_to_deliver_elsewhere_and_nobody_can_share_the_number()
    {
        await using var shop = await ConnectShop.StartAsync();
        var connection = await shop.ConnectMetaAsync();
        (await WebhookAsync()).ShouldStartWith(shop.Shop.App.Address.ToString());
        (await shop.Shop.Api.GetAsync($"/api/connections/{Id(connection)}/share", Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await shop.Shop.Api.DeleteAsync($"/api/connections/{Id(connection)}", Stop);
        (await WebhookAsync()).ShouldNotStartWith(shop.Shop.App.Address.ToString());
        foreach (var path in new[] { "share", "qr.png", "qr.svg" })
        {
            using var refused = await shop.Shop.Api.GetAsync($"/api/connections/{Id(connection)}/{path}", Stop);
            (refused.StatusCode, Text(await refused.Content.ReadFromJsonAsync<JsonElement>(Stop), "code")).ShouldBe((HttpStatusCode.Conflict, "not_connected"));
        }

        async Task<string> WebhookAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/v3/{ConnectShop.SecondNumber}/getwebhook") { Headers = { { "apikey", ConnectShop.SecondKey } } };
            using var told = await shop.Shop.Simulator.Http.SendAsync(request, Stop);
            return (await told.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("data").GetProperty("webhook_url").GetString()!;
        }
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static Guid Id(JsonElement element) => element.GetProperty("id").GetGuid();
}
