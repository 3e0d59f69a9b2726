using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Accounts;
using AiBotKit.Channels.WhatsApp.Onboarding;
using AiBotKit.Durability.Audit;
using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Simulator;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp;

/// <summary>The embedded sign-up between the servers: its state, the exchange, the proof, the loop test, and the move of a number from another provider.</summary>
public sealed class SignupApiTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_finished_sign_up_connects_the_number_and_our_own_test_event_comes_back()
    {
        await using var shop = await StartAsync();
        var signup = await BeginAsync(shop);
        var url = new Uri(signup.GetProperty("url").GetString()!);
        url.AbsolutePath.ShouldBe("/embedded-signup");
        url.Query.ShouldContain("partner_id=simulator");
        url.Query.ShouldContain("origin=http%3A%2F%2F127.0.0.1");
        await FinishPageAsync(shop, signup, ConnectShop.SecondNumber);
        var connection = await CompleteAsync(shop, signup);
        (connection.GetProperty("phoneNumberId").GetString(), connection.GetProperty("enabled").GetBoolean(), connection.GetProperty("state").GetString()).ShouldBe((ConnectShop.SecondNumber, false, "paused"));

        // The number had a key of its own, which came from server to server only.
        signup.ToString().ShouldNotContain(ConnectShop.SecondKey);
        await shop.WaitAsync(async () => (await DoctorAsync(shop, connection)).Single(c => c.GetProperty("check").GetString() == "test_event").GetProperty("result").GetString() == "good");
        shop.Shop.App.Sql("SELECT CallbackHeaderRequired FROM connections WHERE CallbackKey IS NOT NULL").ShouldBe(1L, "the header came back with it, so it is asked for from now on");

        // With the second lock on, a right signature alone is not enough.
        var body = ConnectShop.Callback(ConnectShop.SecondNumber, "200000000000002", "without the header");
        (await shop.PostAsync(body, shop.StoredSecret())).ShouldBe(401);
        await shop.SwitchAsync(connection, true);
        await shop.SayAsync("with it");
        await shop.WaitAsync(all => TalkingShop.Replies(all).Count == 1);
    }

    [Fact]
    public async Task A_state_is_good_once_for_its_chatbot_its_person_and_half_an_hour()
    {
        await using var shop = await StartAsync();
        var signup = await BeginAsync(shop);
        var state = signup.GetProperty("state").GetString()!;
        state.Length.ShouldBe(64);
        shop.Shop.App.Sql("SELECT count(*) FROM signup_states WHERE hex(Hash) LIKE '%" + state + "%'").ShouldBe(0L, "only its hash is stored");

        // Not finished on the page yet: the state is not used up by asking.
        (await CompleteAsync(shop, signup, HttpStatusCode.Conflict)).GetProperty("code").GetString().ShouldBe("signup_not_finished");

        // Another chatbot, another person, another state, too late.
        var other = (Guid)(await shop.ListAsync()).Single().GetProperty("chatbotId").GetGuid();
        (await CompleteAsync(shop, signup, HttpStatusCode.Conflict, chatbot: other)).GetProperty("code").GetString().ShouldBe("signup_state_invalid");
        (await CompleteAsync(shop, signup, HttpStatusCode.Conflict, state: new string('0', 64))).GetProperty("code").GetString().ShouldBe("signup_state_invalid");
        var complete = shop.Shop.App.Get<CompleteSignup>();
        (await complete.RunAsync(shop.Shop.App.Get<FirstAccount>().Id, shop.Chatbot, state, new Actor(ActorKind.Person, Guid.NewGuid(), "Somebody else", null), Stop)).ShouldNotBeNull().Refusal!.Code.ShouldBe("signup_state_invalid");
        await FinishPageAsync(shop, signup, ConnectShop.SecondNumber);
        shop.Shop.App.Sql("UPDATE signup_states SET ExpiresAt = ExpiresAt - 18000000001");
        (await CompleteAsync(shop, signup, HttpStatusCode.Conflict)).GetProperty("code").GetString().ShouldBe("signup_state_invalid");
        shop.Shop.App.Sql("UPDATE signup_states SET ExpiresAt = ExpiresAt + 18000000001");

        // Ten at once: one connection.
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => shop.Shop.Api.PostAsJsonAsync($"/api/chatbots/{shop.Chatbot}/connections/signup/complete", new { state }, Stop)));
        answers.Count(a => a.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(a => a.StatusCode == HttpStatusCode.Conflict).ShouldBe(9);
        (await CompleteAsync(shop, signup, HttpStatusCode.Conflict)).GetProperty("code").GetString().ShouldBe("signup_state_invalid");
        (await shop.ListAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_fails_after_the_exchange_is_tried_again_without_a_second_sign_up()
    {
        await using var shop = await StartAsync();
        await BehaveAsync(shop, new { exchange = "unproved-once" });
        var signup = await BeginAsync(shop);
        await FinishPageAsync(shop, signup, ConnectShop.SecondNumber);
        (await CompleteAsync(shop, signup, HttpStatusCode.BadGateway)).GetProperty("code").GetString().ShouldBe("provider_unreachable");

        // The store does not take it either. The provider knows the state as used by now; nobody else can go on with it.
        shop.Shop.App.Sql("CREATE TRIGGER full BEFORE INSERT ON connections BEGIN SELECT RAISE(FAIL, 'no'); END");
        await CompleteAsync(shop, signup, HttpStatusCode.Conflict);
        var complete = shop.Shop.App.Get<CompleteSignup>();
        (await complete.RunAsync(shop.Shop.App.Get<FirstAccount>().Id, shop.Chatbot, signup.GetProperty("state").GetString()!, new Actor(ActorKind.Person, Guid.NewGuid(), "Somebody else", null), Stop)).ShouldNotBeNull().Refusal!.Code.ShouldBe("signup_state_invalid");
        shop.Shop.App.Sql("DROP TRIGGER full");
        (await CompleteAsync(shop, signup)).GetProperty("phoneNumberId").GetString().ShouldBe(ConnectShop.SecondNumber);
        (await CompleteAsync(shop, signup, HttpStatusCode.Conflict)).GetProperty("code").GetString().ShouldBe("signup_state_invalid", "a success is a single one");
    }

    [Theory]
    [InlineData("502-once", HttpStatusCode.BadGateway, "provider_unreachable", "Try again in a moment", HttpStatusCode.OK)]
    [InlineData("502", HttpStatusCode.BadGateway, "provider_unreachable", "Try again in a moment", HttpStatusCode.BadGateway)]
    [InlineData("wrong-key", HttpStatusCode.UnprocessableEntity, "key_does_not_own_number", "Start the sign-up again", HttpStatusCode.UnprocessableEntity)]
    public async Task An_exchange_that_fails_says_what_to_do(string exchange, HttpStatusCode first, string code, string todo, HttpStatusCode second)
    {
        await using var shop = await StartAsync();
        await BehaveAsync(shop, new { exchange });
        var signup = await BeginAsync(shop);
        await FinishPageAsync(shop, signup, ConnectShop.SecondNumber);
        var problem = await CompleteAsync(shop, signup, first);
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("title").GetString()!.ShouldContain(todo);
        await CompleteAsync(shop, signup, second);
        (await shop.ListAsync()).Count.ShouldBe(second == HttpStatusCode.OK ? 2 : 1);
    }

    [Fact]
    public async Task Who_goes_away_while_it_is_finished_finds_it_finished()
    {
        await using var shop = await StartAsync();
        await BehaveAsync(shop, new { slowMs = 1_500 });
        var signup = await BeginAsync(shop);
        await FinishPageAsync(shop, signup, ConnectShop.SecondNumber);
        using (var impatient = CancellationTokenSource.CreateLinkedTokenSource(Stop))
        {
            var asked = shop.Shop.Api.PostAsJsonAsync($"/api/chatbots/{shop.Chatbot}/connections/signup/complete", new { state = signup.GetProperty("state").GetString() }, impatient.Token);
            await shop.WaitAsync(async () => (await shop.Shop.Simulator.GetAsync("/embedded-signup/numbers")).GetProperty("exchanges").GetInt32() == 1);
            (await CompleteAsync(shop, signup, HttpStatusCode.Conflict)).GetProperty("code").GetString().ShouldBe("signup_under_way");
            await impatient.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(asked);
        }

        await shop.WaitAsync(async () => (await shop.ListAsync()).Any(c => c.GetProperty("phoneNumberId").GetString() == ConnectShop.SecondNumber && c.GetProperty("state").GetString() == "paused"));
    }

    [Fact]
    public async Task A_number_elsewhere_is_moved_step_by_step_and_its_conversations_go_on()
    {
        await using var shop = await StartAsync();

        // It was connected here under its old id and went away to another provider.
        var first = await shop.ConnectAsync(HttpStatusCode.Created);
        await shop.SwitchAsync(first, true);
        await shop.SayAsync("in the old days");
        await shop.WaitAsync(all => TalkingShop.Replies(all).Count == 1);
        var thread = (await shop.ThreadAsync()).GetProperty("id").GetGuid();
        await shop.Shop.Api.DeleteAsync($"/api/connections/{first.GetProperty("id").GetGuid()}", Stop);
        await ElsewhereAsync(shop, 2388001, 2388103);

        var signup = await BeginAsync(shop);
        await FinishPageAsync(shop, signup, ConnectShop.MovedNumber);
        foreach (var code in new[] { 2388001, 2388103 })
        {
            var problem = await CompleteAsync(shop, signup, HttpStatusCode.Conflict);
            (problem.GetProperty("code").GetString(), problem.GetProperty("metaCode").GetInt32()).ShouldBe(("migration_required", code));
            await ElsewhereAsync(shop, code == 2388001 ? [2388103] : []);
        }

        // Nothing stands in the way any more: the same sign-up goes through.
        var moved = await CompleteAsync(shop, signup);
        moved.GetProperty("id").GetGuid().ShouldBe(first.GetProperty("id").GetGuid());
        moved.GetProperty("phoneNumberId").GetString().ShouldBe(ConnectShop.MovedNumber);
        await shop.SwitchAsync(moved, true);
        await shop.Shop.Simulator.ControlAsync($"/sim/customers/{SimulatorFixture.Customer}/messages?number={ConnectShop.MovedNumber}", new { text = "after the move" });
        await shop.WaitAsync(all => TalkingShop.Replies(all).Count == 2);
        (await shop.ThreadAsync()).GetProperty("id").GetGuid().ShouldBe(thread);
    }

    [Fact]
    public async Task A_number_whose_key_died_is_connected_again_in_place()
    {
        await using var shop = await StartAsync();
        var connection = await shop.ConnectAsync(HttpStatusCode.Created);
        await shop.SwitchAsync(connection, true);
        (await BeginAsync(shop, HttpStatusCode.Conflict)).GetProperty("code").GetString().ShouldBe("CHATBOT_ALREADY_CONNECTED");
        await shop.KeysAsync("replaced-key");
        await shop.SayAsync("hello?");
        await shop.WaitAsync(async () => (await shop.ReadAsync(connection)).GetProperty("state").GetString() == "broken");
        var signup = await BeginAsync(shop);
        await FinishPageAsync(shop, signup, ConnectShop.SecondNumber);
        var again = await CompleteAsync(shop, signup);
        (again.GetProperty("id").GetGuid(), again.GetProperty("state").GetString(), again.GetProperty("enabled").GetBoolean()).ShouldBe((connection.GetProperty("id").GetGuid(), "connected", true));

        // What waited goes out with the new key.
        await shop.WaitAsync(all => TalkingShop.Replies(all) is [var reply] && TalkingShop.Status(reply) is "accepted" or "sent" or "delivered" or "read");
    }

    [Fact]
    public async Task Meta_Cloud_direct_shakes_hands_and_signs_with_the_apps_secret()
    {
        await using var shop = await StartAsync();
        await shop.KeysAsync(ConnectShop.SecondKey);
        var connection = await shop.ConnectMetaAsync("our-verify-token");
        connection.GetProperty("state").GetString().ShouldBe("paused", "the handshake was right: the override is set");
        await shop.SwitchAsync(connection, true);
        await shop.SayAsync("straight from Meta");
        await shop.WaitAsync(all => TalkingShop.Replies(all).Count == 1);
        (await DoctorAsync(shop, connection)).ShouldAllBe(c => c.GetProperty("result").GetString() != "bad");
    }

    [Fact]
    public async Task The_doctor_says_what_is_wrong_and_how_to_put_it_right()
    {
        await using var shop = await StartAsync();
        var connection = await shop.ConnectAsync(HttpStatusCode.Created);
        await shop.SwitchAsync(connection, true);
        await shop.SayAsync("hello");
        await shop.WaitAsync(all => TalkingShop.Replies(all) is [var reply] && TalkingShop.Status(reply) == "read");
        var checks = await DoctorAsync(shop, connection, withTest: true);
        checks.Select(c => c.GetProperty("check").GetString()).ShouldBe(["key", "number", "webhook", "subscription", "test_event", "signature", "last_event", "last_send", "quality", "throughput"]);
        checks.ShouldAllBe(c => c.GetProperty("result").GetString() == "good");

        // Somebody else takes the callbacks; then the key dies.
        await shop.Shop.Simulator.CallAsync($"/v3/{ConnectShop.SecondNumber}/setwebhook", """{"webhook_url":"https://other.example/hook"}""", ConnectShop.SecondKey);
        Bad(await DoctorAsync(shop, connection)).ShouldBe(["webhook"]);
        using (var again = await shop.Shop.Api.PostAsJsonAsync($"/api/connections/{connection.GetProperty("id").GetGuid()}/webhook", new { }, Stop))
        {
            again.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        Bad(await DoctorAsync(shop, connection, withTest: true)).ShouldBeEmpty();
        await shop.KeysAsync("replaced-key");
        var sick = await DoctorAsync(shop, connection);
        Bad(sick).ShouldContain("key");
        sick.Where(c => c.GetProperty("result").GetString() == "bad").ShouldAllBe(c => c.GetProperty("fix").GetString()!.Length > 20);
    }

    private static List<string?> Bad(IEnumerable<JsonElement> checks) => [.. checks.Where(c => c.GetProperty("result").GetString() == "bad").Select(c => c.GetProperty("check").GetString())];

    private static Task<ConnectShop> StartAsync() => ConnectShop.StartAsync(new Dictionary<string, string?> { ["WhatsApp:Onboarding:PartnerKey"] = ConnectShop.PartnerKey });

    private static async Task<JsonElement> BeginAsync(ConnectShop shop, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var answer = await shop.Shop.Api.PostAsJsonAsync($"/api/chatbots/{shop.Chatbot}/connections/signup", new { }, Stop);
        answer.StatusCode.ShouldBe(expected, await answer.Content.ReadAsStringAsync(Stop));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    /// <summary>What the person does on the provider's page.</summary>
    private static async Task FinishPageAsync(ConnectShop shop, JsonElement signup, string phoneNumberId)
    {
        using var page = await shop.Shop.Simulator.Http.GetAsync(signup.GetProperty("url").GetString(), Stop);
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var chosen = await shop.Shop.Simulator.Http.PostAsJsonAsync("/embedded-signup/choose", new { state = signup.GetProperty("state").GetString(), phoneNumberId }, Stop);
        chosen.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    private static async Task<JsonElement> CompleteAsync(ConnectShop shop, JsonElement signup, HttpStatusCode expected = HttpStatusCode.OK, Guid? chatbot = null, string? state = null)
    {
        using var answer = await shop.Shop.Api.PostAsJsonAsync($"/api/chatbots/{chatbot ?? shop.Chatbot}/connections/signup/complete", new { state = state ?? signup.GetProperty("state").GetString() }, Stop);
        answer.StatusCode.ShouldBe(expected, await answer.Content.ReadAsStringAsync(Stop));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private static async Task BehaveAsync(ConnectShop shop, object behaviour)
    {
        using var set = await shop.Shop.Simulator.Http.PutAsJsonAsync("/sim/signup", behaviour, Stop);
        set.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task ElsewhereAsync(ConnectShop shop, params int[] obstacles)
    {
        using var set = await shop.Shop.Simulator.Http.PutAsJsonAsync($"/sim/numbers/{ConnectShop.MovedNumber}/elsewhere", new { elsewhere = true, obstacles }, Stop);
        set.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    private static async Task<List<JsonElement>> DoctorAsync(ConnectShop shop, JsonElement connection, bool withTest = false)
    {
        var path = $"/api/connections/{connection.GetProperty("id").GetGuid()}/doctor";
        using var answer = withTest ? await shop.Shop.Api.PostAsync(path, null, Stop) : await shop.Shop.Api.GetAsync(path, Stop);
        return [.. (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("checks").EnumerateArray()];
    }
}
