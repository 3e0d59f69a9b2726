using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Tests.Conversations;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp;

/// <summary>What the connection doctor finds at a provider that refuses, forgets or delivers nothing, over the real wire.</summary>
public sealed class DoctorApiTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_callback_that_is_refused_is_told_until_a_later_one_is_accepted()
    {
        await using var shop = await ConnectShop.StartAsync();
        var connection = await OpenAsync(shop);
        Bad(await DoctorAsync(shop, connection)).ShouldBeEmpty();

        // Somebody else's number is no business of this one.
        (await shop.PostAsync(ConnectShop.Callback("999999999999999", "200000000000002", "stranger"), "wrong")).ShouldBe(401);
        Bad(await DoctorAsync(shop, connection)).ShouldBeEmpty();
        await shop.WaitAsync(async () =>
        {
            (await shop.PostAsync(ConnectShop.Callback(ConnectShop.SecondNumber, "200000000000002", "not ours"), "wrong")).ShouldBe(401);
            return Bad(await DoctorAsync(shop, connection)) is ["signature"];
        });
        Line(await DoctorAsync(shop, connection), "signature").GetProperty("fix").GetString()!.ShouldContain("Register the address again");
        await shop.SayAsync("a genuine one");
        await shop.WaitAsync(async () => Bad(await DoctorAsync(shop, connection)).Count == 0);
    }

    [Theory]
    [InlineData(131031, "blocked or locked", "WhatsApp Manager")]
    [InlineData(368, "blocked or locked", "WhatsApp Manager")]
    [InlineData(131042, "payment method", "Fix it")]
    [InlineData(10, "lacks a permission", "Grant")]
    public async Task An_account_that_is_refused_is_no_bad_key(int code, string cause, string todo)
    {
        await using var shop = await ConnectShop.StartAsync();
        await SetAsync(shop, "refusal", new { code });
        var problem = await shop.ConnectAsync(HttpStatusCode.UnprocessableEntity);
        (problem.GetProperty("code").GetString(), problem.GetProperty("title").GetString()!.Contains("customer", StringComparison.Ordinal)).ShouldBe(("provider_refused", false));
        problem.GetProperty("title").GetString()!.ShouldSatisfyAllConditions(text => text.ShouldContain(cause), text => text.ShouldContain(todo));

        await SetAsync(shop, "refusal", new { code = (int?)null });
        var connection = await shop.ConnectAsync(HttpStatusCode.Created);
        await SetAsync(shop, "refusal", new { code });
        var key = Line(await DoctorAsync(shop, connection), "key");
        key.GetProperty("result").GetString().ShouldBe("bad");
        key.GetProperty("finding").GetString()!.ShouldContain(cause);
        key.GetProperty("fix").GetString()!.ShouldContain(todo);
    }

    [Fact]
    public async Task A_test_event_that_could_not_be_asked_for_is_told_although_one_arrived_before()
    {
        await using var shop = await ConnectShop.StartAsync();
        var connection = await OpenAsync(shop);
        Line(await DoctorAsync(shop, connection, withTest: true), "test_event").GetProperty("result").GetString().ShouldBe("good");
        await SetAsync(shop, "test-event", new { status = 503 });
        var line = Line(await DoctorAsync(shop, connection, withTest: true), "test_event");
        (line.GetProperty("result").GetString(), line.GetProperty("finding").GetString()).ShouldBe(("soon", "The provider could not be asked for a test event."));
        await SetAsync(shop, "test-event", new { status = (int?)null });
        Line(await DoctorAsync(shop, connection, withTest: true), "test_event").GetProperty("result").GetString().ShouldBe("good");
    }

    [Fact]
    public async Task Without_a_subscription_nothing_arrives_and_registering_again_makes_it()
    {
        await using var shop = await ConnectShop.StartAsync();
        var connection = await OpenAsync(shop);
        await SetAsync(shop, "subscription", new { subscribed = false });
        Bad(await DoctorAsync(shop, connection)).ShouldBe(["subscription"]);
        await shop.SayAsync("nobody hears this");
        await shop.SettledAsync();
        (await shop.MessagesAsync()).Count(m => TalkingShop.Text(m) == "nobody hears this").ShouldBe(0);
        using (var again = await shop.Shop.Api.PostAsJsonAsync($"/api/connections/{connection.GetProperty("id").GetGuid()}/webhook", new { }, Stop))
        {
            again.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        Bad(await DoctorAsync(shop, connection)).ShouldBeEmpty();
        await shop.SayAsync("and this is heard");
        await shop.WaitAsync(all => all.Any(m => TalkingShop.Text(m) == "and this is heard"));
    }

    [Fact]
    public async Task Meta_Cloud_directly_subscribes_the_app_to_the_account()
    {
        await using var shop = await ConnectShop.StartAsync();
        await SetAsync(shop, "subscription", new { subscribed = false });
        var connection = await shop.ConnectMetaAsync();
        await shop.SwitchAsync(connection, true);
        Line(await DoctorAsync(shop, connection), "subscription").GetProperty("result").GetString().ShouldBe("good");
        await shop.SayAsync("straight from Meta");
        await shop.WaitAsync(all => TalkingShop.Replies(all).Count == 1);
    }

    /// <summary>A second number that has answered somebody.</summary>
    private static async Task<JsonElement> OpenAsync(ConnectShop shop)
    {
        var connection = await shop.ConnectAsync(HttpStatusCode.Created);
        await shop.SwitchAsync(connection, true);
        await shop.SayAsync("hello");
        await shop.WaitAsync(all => TalkingShop.Replies(all) is [var reply] && TalkingShop.Status(reply) == "read");
        return connection;
    }

    private static List<string?> Bad(IEnumerable<JsonElement> checks) => [.. checks.Where(c => c.GetProperty("result").GetString() == "bad").Select(c => c.GetProperty("check").GetString())];

    private static JsonElement Line(IEnumerable<JsonElement> checks, string name) => checks.Single(c => c.GetProperty("check").GetString() == name);

    private static async Task SetAsync(ConnectShop shop, string what, object value)
    {
        using var set = await shop.Shop.Simulator.Http.PutAsJsonAsync($"/sim/numbers/{ConnectShop.SecondNumber}/{what}", value, Stop);
        set.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    private static async Task<List<JsonElement>> DoctorAsync(ConnectShop shop, JsonElement connection, bool withTest = false)
    {
        var path = $"/api/connections/{connection.GetProperty("id").GetGuid()}/doctor";
        using var answer = withTest ? await shop.Shop.Api.PostAsync(path, null, Stop) : await shop.Shop.Api.GetAsync(path, Stop);
        return [.. (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("checks").EnumerateArray()];
    }
}
