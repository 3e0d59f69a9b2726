using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Assistant;
using AiBotKit.Tests.Accounts;
using AiBotKit.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations.Drafts;

/// <summary>The AI drafts an answer for the person who has taken over: from the knowledge, never sent by itself, and refused with a reason.</summary>
public sealed class DraftTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_draft_answers_what_was_written_since_the_last_answer_and_neither_sends_nor_counts()
    {
        var knower = new Knower();
        await using var shop = await TalkingShop.StartAsync(knower);
        await shop.AskAsync("Do you sell beans?");
        await shop.SwitchAsync(false);
        await SayAsync(shop, "Let me look, Ana");
        await shop.SayAsync(new { text = "When are you open?" });
        await shop.SayAsync(new { text = "Also on Saturdays?" });
        var (sends, used) = (Sends(shop), Used(shop));

        var draft = await DraftAsync(shop);
        draft.GetProperty("text").GetString().ShouldBe(Knower.Text, "as it would be sent: without citation marks");
        var source = draft.GetProperty("citations")[0];
        (source.GetProperty("number").GetInt32(), source.GetProperty("title").GetString(), source.GetProperty("quote").GetString()).ShouldBe((1, "Opening hours", Knower.Hours.Quote));
        draft.GetProperty("outdated").GetBoolean().ShouldBeFalse();
        var asked = knower.Asked[^1];
        asked.Text.ShouldBe("When are you open?\nAlso on Saturdays?");
        asked.History.Select(h => (h.Speaker, h.Text)).ShouldBe([(Speaker.Customer, "Do you sell beans?"), (Speaker.Assistant, TalkingShop.Disclosure + "\n\n" + Knower.Text), (Speaker.Owner, "Let me look, Ana")]);
        (Sends(shop), Used(shop)).ShouldBe((sends, used));
        shop.App.Sql("SELECT count(*) FROM reply_drafts").ShouldBe(1L);
    }

    [Fact]
    public async Task When_all_is_answered_the_last_question_is_drafted_again()
    {
        var knower = new Knower();
        await using var shop = await TalkingShop.StartAsync(knower);
        await shop.AskAsync("When are you open?");
        await shop.SwitchAsync(false);
        await DraftAsync(shop);
        knower.Asked[^1].Text.ShouldBe("When are you open?");
    }

    [Fact]
    public async Task Who_asks_for_a_person_is_answered_what_they_asked_before()
    {
        var knower = new Knower { Next = (_, _) => Task.FromResult(new Answer(AnswerKind.Fallback, "I do not know.", [], new AnswerTrace(), IsGap: true)) };
        await using var shop = await TalkingShop.StartAsync(knower);
        await shop.AskAsync("When are you open?");
        await shop.AskAsync("Let me talk to a person");
        await shop.SwitchAsync(false);
        knower.Next = (_, _) => Task.FromResult(Knower.Grounded(Knower.Text));
        await DraftAsync(shop);
        knower.Asked[^1].Text.ShouldBe("When are you open?", "a fallback is no answer, and a person has come");
    }

    [Theory]
    [InlineData("fallback")]
    [InlineData("topics")]
    [InlineData("small_talk")]
    [InlineData("uncited")]
    [InlineData("person")]
    public async Task What_the_knowledge_does_not_hold_is_not_offered(string kind)
    {
        var knower = new Knower();
        await using var shop = await TakenAsync(knower);
        knower.Next = (_, _) => Task.FromResult(kind switch
        {
            "topics" => new Answer(AnswerKind.Topics, "I know of: Hours", [], new AnswerTrace(), IsGap: true),
            "small_talk" => new Answer(AnswerKind.SmallTalk, "Hello!", [], new AnswerTrace()),
            "uncited" => new Answer(AnswerKind.Model, "It surely costs 5 euros.", [], new AnswerTrace()),
            "person" => new Answer(AnswerKind.Fallback, "I do not know.", [], new AnswerTrace(), WantsPerson: true),
            _ => new Answer(AnswerKind.Fallback, "I do not know.", [], new AnswerTrace(), IsGap: true),
        });
        var (code, title) = await RefusedAsync(shop.Api, await PathAsync(shop), HttpStatusCode.Conflict);
        code.ShouldBe("NOT_GROUNDED");
        title.ShouldStartWith(kind == "person" ? "The AI leaves this to you" : "The knowledge does not hold the answer.");
        shop.App.Sql("SELECT count(*) FROM reply_drafts").ShouldBe(0L);
    }

    [Fact]
    public async Task A_question_without_a_draft_is_a_gap_once_however_often_it_is_tried()
    {
        var knower = new Knower();
        await using var shop = await TakenAsync(knower);
        knower.Next = (_, _) => Task.FromResult(new Answer(AnswerKind.Fallback, "I do not know.", [], new AnswerTrace(), IsGap: true));
        await shop.SayAsync(new { text = "Can you repair my grinder?" });
        var path = await PathAsync(shop);
        await RefusedAsync(shop.Api, path, HttpStatusCode.Conflict);
        await RefusedAsync(shop.Api, path, HttpStatusCode.Conflict);
        var gaps = await shop.Api.GetFromJsonAsync<JsonElement>("/api/gaps", Stop);
        gaps.GetProperty("items").EnumerateArray().Select(g => (g.GetProperty("question").GetString(), g.GetProperty("count").GetInt32())).ShouldBe([("Can you repair my grinder?", 1)]);
    }

    [Fact]
    public async Task A_draft_goes_with_its_conversation_into_the_one_it_is_merged_into()
    {
        await using var shop = await TakenAsync(new Knower());
        var (first, draft) = ((await shop.ConversationAsync()).GetProperty("id").GetGuid(), await DraftAsync(shop));
        await shop.Simulator.SayAsync(new { text = "My other number" }, "15550100102");
        await shop.WaitAsync(all => all.Count > 1, "15550100102");
        var kept = (await shop.ConversationAsync("15550100102")).GetProperty("id").GetGuid();
        using (var merged = await shop.Api.PostAsJsonAsync($"/api/contacts/{kept}/merge", new { with = first }, Stop))
        {
            merged.StatusCode.ShouldBe(HttpStatusCode.OK, await merged.Content.ReadAsStringAsync(Stop));
        }

        using (var off = await shop.Api.PatchAsJsonAsync($"/api/conversations/{kept}", new { aiReplies = false }, Stop))
        {
            off.EnsureSuccessStatusCode();
        }

        using var sent = await shop.Api.PostAsJsonAsync($"/api/conversations/{kept}/messages", new { text = Knower.Text, draft = draft.GetProperty("id").GetGuid() }, Stop);
        sent.StatusCode.ShouldBe(HttpStatusCode.Created, await sent.Content.ReadAsStringAsync(Stop));
        (await sent.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("draftedByAi").GetBoolean().ShouldBeTrue("it answers the same customer");
    }

    [Fact]
    public async Task An_outage_is_no_gap()
    {
        var knower = new Knower();
        await using var shop = await TakenAsync(knower);
        knower.Next = (_, _) => Task.FromResult(new Answer(AnswerKind.Fallback, "Sorry.", [], new AnswerTrace(), Outage: true));
        (await RefusedAsync(shop.Api, await PathAsync(shop), HttpStatusCode.ServiceUnavailable)).Code.ShouldBe("assistant_unavailable");
    }

    [Fact]
    public async Task While_the_AI_answers_by_itself_it_drafts_nothing()
    {
        var knower = new Knower();
        await using var shop = await TalkingShop.StartAsync(knower);
        await shop.AskAsync("When are you open?");
        (await RefusedAsync(shop.Api, await PathAsync(shop), HttpStatusCode.Conflict)).Code.ShouldBe("AI_REPLIES_ON");
        knower.Asked.Count.ShouldBe(1, "the customer's own question");

        await shop.SwitchAsync(false);
        knower.Next = async (_, _) =>
        {
            await shop.SwitchAsync(true);
            return Knower.Grounded(Knower.Text);
        };
        (await RefusedAsync(shop.Api, await PathAsync(shop), HttpStatusCode.Conflict)).Code.ShouldBe("AI_REPLIES_ON", "handed back while it was made");
        shop.App.Sql("SELECT count(*) FROM reply_drafts").ShouldBe(0L);
    }

    [Fact]
    public async Task Out_of_the_window_and_without_a_question_the_model_is_not_asked()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var knower = new Knower();
        await using var shop = await TalkingShop.StartAsync(new Dictionary<string, string?>(), services => services.AddSingleton<IAnswerer>(knower).AddSingleton<TimeProvider>(time));
        await shop.AskAsync("When are you open?");
        shop.App.Sql("UPDATE chatbots SET TakeoverHours = NULL");
        await shop.SwitchAsync(false);
        var path = await PathAsync(shop);
        shop.App.Sql("UPDATE messages SET StartsTurn = 0");
        (await RefusedAsync(shop.Api, path, HttpStatusCode.Conflict)).Code.ShouldBe("NOTHING_TO_ANSWER");
        shop.App.Sql("UPDATE messages SET StartsTurn = 1 WHERE Role = 0");
        time.Advance(TimeSpan.FromHours(24));
        (await RefusedAsync(shop.Api, path, HttpStatusCode.Conflict)).Code.ShouldBe("WA_WINDOW_CLOSED");
        knower.Asked.Count.ShouldBe(1);
    }

    [Fact]
    public async Task With_no_AI_message_left_the_plan_says_so_and_the_model_is_not_asked()
    {
        var knower = new Knower();
        await using var shop = await TalkingShop.StartAsync(new Dictionary<string, string?> { ["Plans:Unlimited:AiMessages"] = "1" }, services => services.AddSingleton<IAnswerer>(knower));
        await shop.AskAsync("When are you open?");
        await shop.SwitchAsync(false);
        var asked = knower.Asked.Count;
        var (code, title) = await RefusedAsync(shop.Api, await PathAsync(shop), HttpStatusCode.PaymentRequired);
        code.ShouldBe("QUOTA_EXHAUSTED");
        title.ShouldContain("You can write as before.");
        knower.Asked.Count.ShouldBe(asked);
        await SayAsync(shop, "We open at nine");
    }

    [Fact]
    public async Task Another_accounts_conversation_does_not_exist()
    {
        await using var two = await TwoAccounts.StartAsync();
        foreach (var (method, path) in new[] { (HttpMethod.Post, "draft"), (HttpMethod.Get, "summary") })
        {
            using var request = new HttpRequestMessage(method, $"/api/conversations/{two.Conversation}/{path}");
            using var answer = await two.Stranger.SendAsync(request, Stop);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task One_draft_at_a_time_for_one_person_and_what_comes_meanwhile_makes_it_outdated()
    {
        var knower = new Knower();
        await using var shop = await TakenAsync(knower);
        using var ana = await Staff.OwnerAsync(shop.App);
        var (begun, go) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        knower.Next = async (_, stop) =>
        {
            begun.TrySetResult();
            await go.Task.WaitAsync(stop);
            return Knower.Grounded(Knower.Text);
        };
        var path = await PathAsync(shop);
        var first = shop.Api.PostAsync(path, null, Stop);
        await begun.Task.WaitAsync(TimeSpan.FromMinutes(1), Stop);
        (await RefusedAsync(shop.Api, path, HttpStatusCode.Conflict)).Code.ShouldBe("draft_under_way");
        var others = ana.PostAsync(path, null, Stop);
        await shop.SayAsync(new { text = "Hello?" });
        go.SetResult();
        foreach (var made in new[] { await first, await others })
        {
            made.StatusCode.ShouldBe(HttpStatusCode.OK);
            made.Dispose();
        }

        using var again = await shop.Api.PostAsync(path, null, Stop);
        (await again.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("outdated").GetBoolean().ShouldBeFalse();
        shop.App.Sql("SELECT count(*) FROM reply_drafts").ShouldBe(3L);
    }

    [Fact]
    public async Task A_message_that_comes_while_the_draft_is_made_makes_it_outdated()
    {
        var knower = new Knower();
        await using var shop = await TakenAsync(knower);
        knower.Next = async (_, _) =>
        {
            await shop.SayAsync(new { text = "Hello?" });
            return Knower.Grounded(Knower.Text);
        };
        (await DraftAsync(shop)).GetProperty("outdated").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task A_caller_who_leaves_ends_the_making_and_may_ask_again()
    {
        var knower = new Knower();
        await using var shop = await TakenAsync(knower);
        var (begun, ended) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        knower.Next = async (_, stop) =>
        {
            begun.TrySetResult();
            await using var end = stop.Register(ended.SetResult);
            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
            return Knower.Grounded(Knower.Text);
        };
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var path = await PathAsync(shop);
        var first = shop.Api.PostAsync(path, null, leaving.Token);
        await begun.Task.WaitAsync(TimeSpan.FromMinutes(1), Stop);
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(first);
        await ended.Task.WaitAsync(TimeSpan.FromMinutes(1), Stop);
        knower.Next = (_, _) => Task.FromResult(Knower.Grounded(Knower.Text));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            using var answer = await shop.Api.PostAsync(path, null, patience.Token);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                break;
            }

            await Task.Delay(20, patience.Token);
        }
    }

    internal static async Task<TalkingShop> TakenAsync(Knower knower)
    {
        var shop = await TalkingShop.StartAsync(knower);
        await shop.AskAsync("When are you open?");
        await shop.SwitchAsync(false);
        return shop;
    }

    internal static async Task<JsonElement> DraftAsync(TalkingShop shop)
    {
        using var answer = await shop.Api.PostAsync(await PathAsync(shop), null, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Stop));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private static async Task<string> PathAsync(TalkingShop shop) => $"/api/conversations/{(await shop.ConversationAsync()).GetProperty("id").GetGuid()}/draft";

    private static async Task SayAsync(TalkingShop shop, string text)
    {
        using var answer = await shop.Api.PostAsJsonAsync($"/api/conversations/{(await shop.ConversationAsync()).GetProperty("id").GetGuid()}/messages", new { text }, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    private static async Task<(string Code, string Title)> RefusedAsync(HttpClient client, string path, HttpStatusCode expected)
    {
        using var answer = await client.PostAsync(path, null, Stop);
        answer.StatusCode.ShouldBe(expected);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        return (problem.GetProperty("code").GetString()!, problem.GetProperty("title").GetString()!);
    }

    private static long Sends(TalkingShop shop) => (long)shop.App.Sql("SELECT count(*) FROM outbox")!;

    private static long Used(TalkingShop shop) => (long)shop.App.Sql("SELECT ifnull(sum(AiMessages), 0) FROM usage_counters")!;
}
