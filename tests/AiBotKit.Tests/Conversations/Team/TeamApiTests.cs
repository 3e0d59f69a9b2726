using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Accounts;
using AiBotKit.Storage;
using AiBotKit.Tests.Simulator;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations.Team;

/// <summary>Assignment, labels and canned replies over REST.</summary>
public sealed class TeamApiTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_assignment_is_an_event_and_changes_nothing_of_who_answers()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("hello");
        var id = await IdAsync(shop);
        var ben = await PersonAsync(shop, "Ben Okafor");
        (await PostAsync(shop, $"/api/conversations/{id}/assignee", new { personId = ben }, HttpStatusCode.OK)).GetProperty("assignedTo").GetGuid().ShouldBe(ben);
        await PostAsync(shop, $"/api/conversations/{id}/assignee", new { personId = ben }, HttpStatusCode.OK);
        var events = (await shop.MessagesAsync()).Where(m => m.GetProperty("type").GetString() == "assigned").Select(TalkingShop.Text).ToList();
        events.ShouldHaveSingleItem("the same once more is no event").ShouldEndWith("assigned this to Ben Okafor");
        (await shop.ConversationAsync()).GetProperty("aiReplies").GetBoolean().ShouldBeTrue();
        TalkingShop.Text(await shop.AskAsync("and now?")).ShouldEndWith("re: and now?");

        (await PostAsync(shop, $"/api/conversations/{id}/assignee", new { nobody = true }, HttpStatusCode.OK)).GetProperty("assignedTo").ValueKind.ShouldBe(JsonValueKind.Null);
        (await shop.MessagesAsync()).Count(m => m.GetProperty("type").GetString() == "assigned").ShouldBe(2);
        var audit = await shop.Api.GetFromJsonAsync<JsonElement>("/api/audit", Stop);
        audit.GetProperty("items").EnumerateArray().Count(a => a.GetProperty("act").GetString() == "conversation_assigned").ShouldBe(2);
    }

    [Fact]
    public async Task Only_somebody_of_the_team_who_may_sign_in_can_be_assigned()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("hello");
        var id = await IdAsync(shop);
        var gone = await PersonAsync(shop, "Gone", active: false);
        var before = await shop.ConversationAsync();
        (await PostAsync(shop, $"/api/conversations/{id}/assignee", new { personId = gone }, HttpStatusCode.NotFound)).GetProperty("code").GetString().ShouldBe("unknown_person");
        (await PostAsync(shop, $"/api/conversations/{id}/assignee", new { personId = Guid.NewGuid() }, HttpStatusCode.NotFound)).GetProperty("code").GetString().ShouldBe("unknown_person");
        await PostAsync(shop, $"/api/conversations/{id}/assignee", new { }, HttpStatusCode.BadRequest);
        await PostAsync(shop, $"/api/conversations/{id}/assignee", new { personId = gone, nobody = true }, HttpStatusCode.BadRequest);
        await PostAsync(shop, $"/api/conversations/{Guid.NewGuid()}/assignee", new { personId = gone }, HttpStatusCode.NotFound);
        (await shop.ConversationAsync()).GetRawText().ShouldBe(before.GetRawText());
    }

    [Fact]
    public async Task Labels_are_set_as_a_whole_counted_filtered_by_and_go_along_with_a_merge()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("hello");
        var id = await IdAsync(shop);
        (await PutAsync(shop, $"/api/conversations/{id}/labels", Labels(" Refund ", "VIP", "vip", ""), HttpStatusCode.OK)).GetProperty("labels").EnumerateArray().Select(l => l.GetString()).ShouldBe(["Refund", "VIP"]);
        await shop.PostSignedAsync(TextCallback.Body("b1", "the other", "15550107777"));
        await shop.WaitAsync(all => TalkingShop.Replies(all).Count == 1, "15550107777");
        var other = (await shop.ConversationAsync("15550107777")).GetProperty("id").GetGuid();
        (await PutAsync(shop, $"/api/conversations/{other}/labels", Labels("vip", "Wholesale"), HttpStatusCode.OK)).GetProperty("labels").EnumerateArray().Select(l => l.GetString())
            .ShouldBe(["VIP", "Wholesale"], "a label that is there keeps its spelling");
        (await shop.Api.GetFromJsonAsync<JsonElement>("/api/labels", Stop)).EnumerateArray().Select(l => (l.GetProperty("name").GetString(), l.GetProperty("conversations").GetInt32()))
            .ShouldBe([("Refund", 1), ("VIP", 2), ("Wholesale", 1)]);
        (await ListAsync(shop, "label=vip")).ShouldBe([id, other], ignoreOrder: true);
        (await ListAsync(shop, "label=refund")).ShouldBe([id]);
        (await ListAsync(shop, "label=nothing")).ShouldBeEmpty();
        using var bad = await shop.Api.GetAsync("/api/conversations?label=" + new string('x', 25), Stop);
        bad.StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        await PostAsync(shop, $"/api/contacts/{id}/merge", new { with = other }, HttpStatusCode.OK);
        var (kept, now) = (await shop.ConversationsAsync()).Select(c => (c.GetProperty("id").GetGuid(), c.GetProperty("labels").EnumerateArray().Select(l => l.GetString()).ToList())).Single();
        now.ShouldBe(["Refund", "VIP", "Wholesale"]);
        (await PutAsync(shop, $"/api/conversations/{kept}/labels", Labels(), HttpStatusCode.OK)).GetProperty("labels").GetArrayLength().ShouldBe(0);
        (await shop.Api.GetFromJsonAsync<JsonElement>("/api/labels", Stop)).GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"labels":["a label that is far too long to be one"]}""")]
    [InlineData("""{"labels":["1","2","3","4","5","6","7","8","9"]}""")]
    [InlineData("""{"labels":["two\u0007bells"]}""")]
    public async Task What_is_no_label_is_refused_and_nothing_changes(string body)
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("hello");
        var id = await IdAsync(shop);
        await PutAsync(shop, $"/api/conversations/{id}/labels", Labels("keep"), HttpStatusCode.OK);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await shop.Api.PutAsync($"/api/conversations/{id}/labels", content, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("code").GetString().ShouldBe("invalid_label");
        (await shop.ConversationAsync()).GetProperty("labels").EnumerateArray().Single().GetString().ShouldBe("keep");
    }

    [Fact]
    public async Task Canned_replies_are_written_changed_and_removed()
    {
        await using var shop = await TalkingShop.StartAsync();
        var made = await PostAsync(shop, "/api/canned-replies", new { shortcut = "/Hours", text = " Hi {first_name|there}, 9 to 18. " }, HttpStatusCode.Created);
        (made.GetProperty("shortcut").GetString(), made.GetProperty("text").GetString()).ShouldBe(("hours", "Hi {first_name|there}, 9 to 18."));
        (await PostAsync(shop, "/api/canned-replies", new { shortcut = "HOURS", text = "x" }, HttpStatusCode.Conflict)).GetProperty("code").GetString().ShouldBe("shortcut_taken");
        var address = await PostAsync(shop, "/api/canned-replies", new { shortcut = "address", text = "Harbour Road 1" }, HttpStatusCode.Created);
        var id = made.GetProperty("id").GetGuid();
        (await PutAsync(shop, $"/api/canned-replies/{id}", new { shortcut = "address", text = "x" }, HttpStatusCode.Conflict)).GetProperty("code").GetString().ShouldBe("shortcut_taken");
        (await PutAsync(shop, $"/api/canned-replies/{id}", new { shortcut = "hours", text = "10 to 19" }, HttpStatusCode.OK)).GetProperty("text").GetString().ShouldBe("10 to 19");
        (await shop.Api.GetFromJsonAsync<JsonElement>("/api/canned-replies", Stop)).EnumerateArray().Select(c => c.GetProperty("shortcut").GetString()).ShouldBe(["address", "hours"]);
        using var gone = await shop.Api.DeleteAsync($"/api/canned-replies/{address.GetProperty("id").GetGuid()}", Stop);
        gone.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var again = await shop.Api.DeleteAsync($"/api/canned-replies/{address.GetProperty("id").GetGuid()}", Stop);
        again.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await PutAsync(shop, $"/api/canned-replies/{Guid.NewGuid()}", new { shortcut = "new", text = "x" }, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("two words", "x")]
    [InlineData("", "x")]
    [InlineData("hours", " ")]
    [InlineData("hours", "Hi {firstname}")]
    public async Task What_is_no_canned_reply_is_refused(string shortcut, string text)
    {
        await using var shop = await TalkingShop.StartAsync();
        (await PostAsync(shop, "/api/canned-replies", new { shortcut, text }, HttpStatusCode.BadRequest)).GetProperty("code").GetString().ShouldBe("invalid_canned_reply");
        (await shop.Api.GetFromJsonAsync<JsonElement>("/api/canned-replies", Stop)).GetArrayLength().ShouldBe(0);
    }

    private static object Labels(params string[] labels) => new { labels };

    private static async Task<Guid> IdAsync(TalkingShop shop) => (await shop.ConversationAsync()).GetProperty("id").GetGuid();

    private static async Task<List<Guid>> ListAsync(TalkingShop shop, string query) =>
        [.. (await shop.Api.GetFromJsonAsync<JsonElement>("/api/conversations?" + query, Stop)).GetProperty("items").EnumerateArray().Select(c => c.GetProperty("id").GetGuid())];

    private static async Task<Guid> PersonAsync(TalkingShop shop, string name, bool active = true)
    {
        var person = new Person
        {
            Id = Guid.CreateVersion7(),
            AccountId = shop.App.Get<FirstAccount>().Id,
            Email = $"{Guid.NewGuid():N}@example.com",
            DisplayName = name,
            PasswordHash = "",
            SecurityStamp = "",
            Role = PersonRole.Agent,
            DeactivatedAt = active ? null : DateTimeOffset.UnixEpoch,
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
        await shop.App.Get<IDataWriter>().SaveAsync(db => { db.Add(person); });
        return person.Id;
    }

    private static async Task<JsonElement> PostAsync(TalkingShop shop, string path, object body, HttpStatusCode expected)
    {
        using var answer = await shop.Api.PostAsJsonAsync(path, body, Stop);
        answer.StatusCode.ShouldBe(expected, await answer.Content.ReadAsStringAsync(Stop));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private static async Task<JsonElement> PutAsync(TalkingShop shop, string path, object body, HttpStatusCode expected)
    {
        using var answer = await shop.Api.PutAsJsonAsync(path, body, Stop);
        answer.StatusCode.ShouldBe(expected, await answer.Content.ReadAsStringAsync(Stop));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }
}
