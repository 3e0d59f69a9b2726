using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Accounts;
using AiBotKit.Channels;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using AiBotKit.Tests.Conversations;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Accounts.Plans;

/// <summary>The operator changes plans over REST: the channel follows, the period begins anew, what was kept stays.</summary>
public sealed class SetPlanTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plan_without_WhatsApp_pauses_it_and_a_larger_one_resumes_it_without_answering_what_came_in_between()
    {
        await using var shop = await TalkingShop.StartAsync();
        TalkingShop.Text(await shop.AskAsync("one")).ShouldEndWith("re: one");
        var key = shop.App.Sql("SELECT ApiKeyProtected FROM connections");

        (await SetAsync(shop, new { plan = "Free" })).GetProperty("plan").GetString().ShouldBe("Free");
        shop.App.Sql("SELECT PausedByPlan FROM connections").ShouldBe(1L);
        (shop.App.Sql("SELECT ApiKeyProtected FROM connections"), shop.App.Sql("SELECT DisconnectedAt FROM connections")).ShouldBe((key, DBNull.Value), "the key is kept");
        TalkingShop.Outcome(await shop.SayAsync(new { text = "two" })).ShouldBe("plan");
        using (var locked = await shop.Api.PostAsync($"/api/connections/{Connection(shop).Id}/answer-paused", null, Stop))
        {
            locked.StatusCode.ShouldBe(HttpStatusCode.PaymentRequired);
            var problem = await locked.Content.ReadFromJsonAsync<JsonElement>(Stop);
            (problem.GetProperty("code").GetString(), problem.GetProperty("requiredPlan").GetString()).ShouldBe(("PLAN_REQUIRED", "Basic"));
        }

        await SetAsync(shop, new { plan = "basic" });
        TalkingShop.Text(await shop.AskAsync("three")).ShouldBe("re: three");
        (await shop.MessagesAsync()).Where(m => TalkingShop.Role(m) == "customer").Select(TalkingShop.Outcome).ShouldBe(["answered", "plan", "answered"]);
        shop.App.Sql("SELECT group_concat(AboutId) FROM audit WHERE Act = 'plan_set'").ShouldBe("Free,Basic");
    }

    [Fact]
    public async Task What_the_owner_had_switched_off_stays_off_after_a_downgrade_and_an_upgrade()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("one");
        await shop.App.Get<SwitchConnection>().RunAsync(shop.App.Get<FirstAccount>().Id, Connection(shop).Id, false, Actor.System, Stop);
        await SetAsync(shop, new { plan = "Free" });
        await SetAsync(shop, new { plan = "Business" });
        (Connection(shop).Enabled, Connection(shop).PausedByPlan).ShouldBe((false, false));
        TalkingShop.Outcome(await shop.SayAsync(new { text = "two" })).ShouldBe("paused");
    }

    [Fact]
    public async Task Another_plan_begins_a_period_and_add_ons_do_not()
    {
        await using var shop = await TalkingShop.StartAsync();
        await SetAsync(shop, new { plan = "Essential" });
        await shop.AskAsync("one");
        var usage = await UsageAsync(shop);
        usage.GetProperty("plan").GetString().ShouldBe("Essential");
        Numbers(usage).ShouldBe((1, 2000, 1999));
        var period = usage.GetProperty("period").GetProperty("start").GetDateTimeOffset();
        usage.GetProperty("period").GetProperty("end").GetDateTimeOffset().ShouldBe(period.AddMonths(1));

        var account = await SetAsync(shop, new { plan = "Essential", extraMessageUnits = 2, extraStorageUnits = 1 });
        (account.GetProperty("extraMessageUnits").GetInt32(), account.GetProperty("aiMessages").GetProperty("limit").GetInt64()).ShouldBe((2, 4000));
        Numbers(await UsageAsync(shop)).ShouldBe((1, 4000, 3999));
        (await UsageAsync(shop)).GetProperty("period").GetProperty("start").GetDateTimeOffset().ShouldBe(period);

        await SetAsync(shop, new { plan = "Business" });
        Numbers(await UsageAsync(shop)).ShouldBe((0, 7000, 7000), "a new period; the add-ons stay");
        await SetAsync(shop, new { plan = "Free" });
        Numbers(await UsageAsync(shop)).ShouldBe((0, 50, 50), "Free has no add-ons");
        await SetAsync(shop, new { plan = "Unlimited" });
        var unlimited = (await UsageAsync(shop)).GetProperty("aiMessages");
        (unlimited.GetProperty("limit").ValueKind, unlimited.GetProperty("left").ValueKind).ShouldBe((JsonValueKind.Null, JsonValueKind.Null));
    }

    [Theory]
    [InlineData("""{"plan":"Gold"}""", HttpStatusCode.BadRequest, "plan must be one of Free, Basic, Essential, Business, Unlimited.")]
    [InlineData("""{"plan":"Free","extraMessageUnits":1}""", HttpStatusCode.BadRequest, "The Free plan has no add-ons.")]
    [InlineData("""{"plan":"Basic","extraMessageUnits":11}""", HttpStatusCode.BadRequest, "The Basic plan takes 0 to 10 units of an add-on.")]
    [InlineData("""{"plan":"Basic","extraStorageUnits":-1}""", HttpStatusCode.BadRequest, "The Basic plan takes 0 to 10 units of an add-on.")]
    public async Task A_wrong_plan_is_refused_and_changes_nothing(string body, HttpStatusCode status, string title)
    {
        await using var app = new Fakes.AppFixture(new Dictionary<string, string?>());
        using var api = app.Api();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await api.PutAsync($"/api/accounts/{app.Get<FirstAccount>().Id}/plan", content, Stop);
        answer.StatusCode.ShouldBe(status);
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("title").GetString().ShouldBe(title);
        app.Sql("SELECT Plan FROM accounts").ShouldBe("Unlimited");
        using var nobody = await api.PutAsJsonAsync($"/api/accounts/{Guid.NewGuid()}/plan", new { plan = "Free" }, Stop);
        nobody.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_plan_of_a_configured_number_holds_from_the_first_start_on()
    {
        await using var shop = await TalkingShop.StartAsync(new Dictionary<string, string?> { ["Plans:Default"] = "Free" });
        TalkingShop.Outcome(await shop.SayAsync(new { text = "hello" })).ShouldBe("plan");
        await SetAsync(shop, new { plan = "Basic" });
        TalkingShop.Text(await shop.AskAsync("again")).ShouldEndWith("re: again");
    }

    private static Connection Connection(TalkingShop shop)
    {
        using var db = shop.App.Get<ReadDb>().Open();
        return db.Set<Connection>().Single();
    }

    private static async Task<JsonElement> SetAsync(TalkingShop shop, object plan)
    {
        using var answer = await shop.Api.PutAsJsonAsync($"/api/accounts/{shop.App.Get<FirstAccount>().Id}/plan", plan, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private static Task<JsonElement> UsageAsync(TalkingShop shop) => shop.Api.GetFromJsonAsync<JsonElement>("/api/usage", Stop);

    private static (long Used, long Limit, long Left) Numbers(JsonElement usage)
    {
        var messages = usage.GetProperty("aiMessages");
        return (messages.GetProperty("used").GetInt64(), messages.GetProperty("limit").GetInt64(), messages.GetProperty("left").GetInt64());
    }
}
