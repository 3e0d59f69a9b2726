using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Accounts;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations.Drafts;

/// <summary>A draft counts as one AI message when it is sent unchanged, and never otherwise; a person's message is never refused for it.</summary>
public sealed class DraftCountTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Unchanged_it_counts_one_and_carries_its_sources_under_the_persons_name()
    {
        await using var shop = await DraftTests.TakenAsync(new Knower());
        var before = Used(shop);
        var draft = await DraftTests.DraftAsync(shop);
        var sent = await SendAsync(shop, new { text = "  " + Knower.Text + "\n", author = "Ana Duarte", draft = IdOf(draft) });
        (sent.GetProperty("role").GetString(), sent.GetProperty("author").GetString(), sent.GetProperty("draftedByAi").GetBoolean()).ShouldBe(("owner", "Ana Duarte", true));
        sent.GetProperty("citations")[0].GetProperty("title").GetString().ShouldBe("Opening hours");
        Used(shop).ShouldBe(before + 1, "spaces around it are none of the message");
        await shop.WaitAsync(all => all.Any(m => TalkingShop.Role(m) == "owner" && TalkingShop.Status(m) == "read"));
        Used(shop).ShouldBe(before + 1);
        (await shop.ConversationAsync()).GetProperty("aiReplies").GetBoolean().ShouldBeFalse("it is a person's message");
    }

    [Fact]
    public async Task Changed_or_written_without_it_it_counts_nothing()
    {
        await using var shop = await DraftTests.TakenAsync(new Knower());
        var before = Used(shop);
        var draft = IdOf(await DraftTests.DraftAsync(shop));
        foreach (var body in new object[]
        {
            new { text = Knower.Text + " Best, Ana", draft },
            new { text = Knower.Text },
            new { text = Knower.Text.ToUpperInvariant(), draft },
        })
        {
            var sent = await SendAsync(shop, body);
            sent.TryGetProperty("draftedByAi", out _).ShouldBeFalse();
            sent.GetProperty("citations").GetArrayLength().ShouldBe(0);
        }

        Used(shop).ShouldBe(before);
    }

    [Fact]
    public async Task A_draft_of_another_conversation_or_account_is_a_persons_own_text()
    {
        await using var shop = await DraftTests.TakenAsync(new Knower());
        var before = Used(shop);
        var draft = IdOf(await DraftTests.DraftAsync(shop));
        var conversation = (await shop.ConversationAsync()).GetProperty("id").GetGuid();
        foreach (var sql in new[] { "UPDATE reply_drafts SET ConversationId = randomblob(16)", "UPDATE reply_drafts SET ConversationId = (SELECT Id FROM conversations), AccountId = randomblob(16)" })
        {
            shop.App.Sql(sql);
            using var refused = await shop.Api.PostAsJsonAsync($"/api/conversations/{conversation}/messages", new { text = Knower.Text, draft }, Stop);
            refused.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            // A browser may hold the id of a draft that is gone: the person's words go out all the same.
            var sent = await shop.App.Get<SendReply>().RunAsync(new ReplyRequest(shop.App.Get<FirstAccount>().Id, conversation, Knower.Text, "Ana", false, null, Actor.System) { Draft = draft }, Stop);
            sent.Verdict.ShouldBe(ReplyVerdict.Stored);
        }

        Used(shop).ShouldBe(before);
    }

    [Fact]
    public async Task The_same_request_twice_counts_once_and_two_messages_count_two()
    {
        await using var shop = await DraftTests.TakenAsync(new Knower());
        var before = Used(shop);
        var draft = IdOf(await DraftTests.DraftAsync(shop));
        await SendAsync(shop, new { text = Knower.Text, draft }, "one");
        await SendAsync(shop, new { text = Knower.Text, draft }, "one");
        Used(shop).ShouldBe(before + 1);
        await SendAsync(shop, new { text = Knower.Text, draft }, "two");
        Used(shop).ShouldBe(before + 2);
    }

    [Fact]
    public async Task Refused_for_good_before_it_was_accepted_it_is_given_back()
    {
        await using var shop = await DraftTests.TakenAsync(new Knower());
        var before = Used(shop);
        var draft = IdOf(await DraftTests.DraftAsync(shop));
        await shop.Simulator.FaultAsync("131026-sync", new { next = 1 });
        await SendAsync(shop, new { text = Knower.Text, draft });
        await shop.WaitAsync(all => all.Any(m => TalkingShop.Role(m) == "owner" && TalkingShop.Status(m) == "failed"));
        Used(shop).ShouldBe(before);
        shop.App.Sql("SELECT count(*) FROM outbox WHERE UsagePeriod IS NOT NULL AND Author = 2").ShouldBe(0L);
    }

    [Fact]
    public async Task Disconnected_before_it_left_it_is_given_back()
    {
        await using var shop = await DraftTests.TakenAsync(new Knower());
        var before = Used(shop);
        var draft = IdOf(await DraftTests.DraftAsync(shop));
        await shop.Simulator.FaultAsync("131056", new { });
        await SendAsync(shop, new { text = Knower.Text, draft });
        Used(shop).ShouldBe(before + 1);
        using var connections = await shop.Api.GetAsync("/api/connections", Stop);
        var id = (await connections.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("items").EnumerateArray().Single().GetProperty("id").GetGuid();
        using var gone = await shop.Api.DeleteAsync($"/api/connections/{id}", Stop);
        gone.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await shop.WaitAsync(all => all.Any(m => TalkingShop.Role(m) == "owner" && TalkingShop.Status(m) is "cancelled" or "failed"));
        Used(shop).ShouldBe(before);
    }

    [Fact]
    public async Task Of_20_unchanged_sends_at_once_with_5_left_exactly_5_count_and_all_go_out()
    {
        await using var shop = await DraftTests.TakenAsync(new Knower());
        var draft = IdOf(await DraftTests.DraftAsync(shop));
        shop.App.Sql($"UPDATE accounts SET MonthlyAiMessages = {Used(shop) + 5}");
        var path = $"/api/conversations/{(await shop.ConversationAsync()).GetProperty("id").GetGuid()}/messages";
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => shop.Api.PostAsJsonAsync(path, new { text = Knower.Text, draft }, Stop)));
        foreach (var answer in answers)
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.Created);
            answer.Dispose();
        }

        shop.App.Sql("SELECT count(*) FROM outbox WHERE Author = 2").ShouldBe(20L);
        shop.App.Sql("SELECT count(*) FROM outbox WHERE Author = 2 AND UsagePeriod IS NOT NULL").ShouldBe(5L);
        shop.App.Sql("SELECT sum(AiMessages) = max(MonthlyAiMessages) FROM usage_counters, accounts").ShouldBe(1L);
        (await shop.MessagesAsync()).Count(m => m.TryGetProperty("draftedByAi", out _)).ShouldBe(20, "counted or not, it is the AI's draft");
    }

    [Fact]
    public async Task The_owner_hears_of_the_limit_when_a_draft_reaches_it()
    {
        await using var shop = await DraftTests.TakenAsync(new Knower());
        var draft = IdOf(await DraftTests.DraftAsync(shop));
        shop.App.Sql($"UPDATE accounts SET MonthlyAiMessages = {Used(shop) + 1}");
        await SendAsync(shop, new { text = Knower.Text, draft });
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        while ((long)shop.App.Sql("SELECT count(*) FROM audit WHERE Act = 'ai_messages_used_up'")! != 1)
        {
            await Task.Delay(20, patience.Token);
        }
    }

    private static Guid IdOf(JsonElement draft) => draft.GetProperty("id").GetGuid();

    private static async Task<JsonElement> SendAsync(TalkingShop shop, object body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/conversations/{(await shop.ConversationAsync()).GetProperty("id").GetGuid()}/messages") { Content = JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        using var answer = await shop.Api.SendAsync(request, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Stop));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private static long Used(TalkingShop shop) => (long)shop.App.Sql("SELECT ifnull(sum(AiMessages), 0) FROM usage_counters")!;
}
