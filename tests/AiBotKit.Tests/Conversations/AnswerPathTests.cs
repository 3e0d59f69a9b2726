using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Assistant;
using AiBotKit.Chatbots;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Knowledge;
using AiBotKit.Storage;
using AiBotKit.Tests.Fakes;
using AiBotKit.Tests.Simulator;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations;

/// <summary>From the phone through the product's own assistant and back: what is sent, stored and flagged when things work and when they fail.</summary>
public sealed class AnswerPathTests(ITestOutputHelper output)
{
    [Fact]
    public async Task An_extractive_answer_carries_its_citation_and_its_trace_and_an_unknown_question_becomes_a_gap()
    {
        await using var shop = await TalkingShop.StartAsync(new Dictionary<string, string?>(), _ => { });
        await TeachAsync(shop, "When are you open?", "Monday to Friday, 9:00 to 18:00.");
        var reply = await shop.AskAsync("When are you open?");
        TalkingShop.Text(reply).ShouldBe(TalkingShop.Disclosure + "\n\nMonday to Friday, 9:00 to 18:00.");
        reply.GetProperty("citations")[0].GetProperty("title").GetString().ShouldBe("When are you open?");
        var turn = await shop.App.Get<ReadDb>().Open().Set<Turn>().SingleAsync(TestContext.Current.CancellationToken);
        turn.AnswerKind.ShouldBe("extractive");
        using var trace = JsonDocument.Parse(turn.Trace);
        trace.RootElement.GetProperty("passages").GetArrayLength().ShouldBeGreaterThan(0);
        trace.RootElement.GetProperty("evidence").GetDouble().ShouldBeGreaterThanOrEqualTo(trace.RootElement.GetProperty("floor").GetDouble());

        TalkingShop.Text(await shop.AskAsync("Who painted the ceiling of the Sistine chapel?")).ShouldBe(Chatbot.DefaultFallbackMessage);
        var gap = (await shop.Api.GetFromJsonAsync<JsonElement>("/api/gaps", TestContext.Current.CancellationToken)).GetProperty("items")[0];
        gap.GetProperty("question").GetString().ShouldBe("Who painted the ceiling of the Sistine chapel?");
        (await WaitingAsync(shop)).ShouldBe("gap");
    }

    [Fact]
    public async Task A_models_answer_carries_its_citation_and_its_trace()
    {
        await using var model = await ModelServer.StartAsync(ModelActs.Says("We are open Monday to Friday, ", "9 to 18 [[1]]"));
        await using var shop = await TalkingShop.StartAsync(model, AnswerScope.KnowledgeOnly);
        await TeachAsync(shop, "When are you open?", "Monday to Friday, 9:00 to 18:00.");
        var reply = await shop.AskAsync("When are you open?");
        TalkingShop.Text(reply).ShouldBe(TalkingShop.Disclosure + "\n\nWe are open Monday to Friday, 9 to 18");
        reply.GetProperty("citations")[0].GetProperty("title").GetString().ShouldBe("When are you open?");
        var turn = await shop.App.Get<ReadDb>().Open().Set<Turn>().SingleAsync(TestContext.Current.CancellationToken);
        turn.AnswerKind.ShouldBe("model");
        using var trace = JsonDocument.Parse(turn.Trace);
        trace.RootElement.GetProperty("model").GetString().ShouldBe("OpenAI/m");
        trace.RootElement.GetProperty("promptVersion").GetString().ShouldBe(AiBotKit.Assistant.Prompts.AnswerPrompt.Version);
        trace.RootElement.GetProperty("outputTokens").GetInt64().ShouldBe(7);
        trace.RootElement.GetProperty("verdicts")[0].GetString().ShouldBe("Grounded.");
    }

    [Fact]
    public async Task In_an_outage_the_fallback_is_sent_once_a_person_is_called_and_the_next_outage_is_told_again()
    {
        var isDown = true;
        await using var model = await ModelServer.StartAsync(_ => isDown ? ModelActs.Failures["500"] : ModelActs.Says("I am fine, thank you!"));
        await using var shop = await TalkingShop.StartAsync(model, AnswerScope.KnowledgeFirst);
        TalkingShop.Text(await shop.AskAsync("How are you?")).ShouldBe(TalkingShop.Disclosure + "\n\n" + Chatbot.DefaultFallbackMessage);
        (await WaitingAsync(shop)).ShouldBe("outage");
        TalkingShop.Outcome(await shop.SayAsync(new { text = "How are you today?" })).ShouldBe("outage");
        TalkingShop.Replies(await shop.MessagesAsync()).Count.ShouldBe(1);

        isDown = false;
        for (var i = 0; TalkingShop.Replies(await shop.MessagesAsync()).Count == 1; i++)
        {
            // While the pause of the model runs, each question ends as the one above.
            i.ShouldBeLessThan(2000, "the model is not tried again");
            await shop.SayAsync(new { text = $"How are you at last? {i}" });
        }

        TalkingShop.Text(TalkingShop.Replies(await shop.MessagesAsync())[^1]).ShouldBe("I am fine, thank you!");
        isDown = true;
        TalkingShop.Text(await shop.AskAsync("And how are you now?")).ShouldBe(Chatbot.DefaultFallbackMessage);
        (await shop.DeadLettersAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task When_the_knowledge_cannot_be_searched_nothing_is_said_from_a_models_memory()
    {
        var isBroken = true;
        await using var model = await ModelServer.StartAsync(ModelActs.Says("We deliver to the moon for free!"));
        await using var shop = await TalkingShop.StartAsync(model, AnswerScope.KnowledgeFirst, services => services.AddSingleton<SearchKnowledge>(provider =>
            (account, chatbot, question, limit, token) => isBroken ? throw new SqliteException("the index is gone", 11) : provider.GetRequiredService<Retrieval>().SearchAsync(account, chatbot, question, limit, token)));
        await TeachAsync(shop, "Do you deliver to the moon?", "No, only on Earth.");
        TalkingShop.Text(await shop.AskAsync("Do you deliver to the moon?")).ShouldBe(TalkingShop.Disclosure + "\n\n" + Chatbot.DefaultFallbackMessage);
        (await WaitingAsync(shop)).ShouldBe("outage");
        TalkingShop.Outcome(await shop.SayAsync(new { text = "Do you deliver to the moon, please?" })).ShouldBe("outage");
        model.Calls.ShouldBe(0);
        (await shop.DeadLettersAsync()).ShouldBeEmpty("a poisoned turn is not what this is");

        // Back again: the model is asked, what it made up is not sent, and the knowledge answers. Then broken once more: told once more.
        isBroken = false;
        TalkingShop.Text(await shop.AskAsync("Do you deliver to the moon?")).ShouldBe("No, only on Earth.");
        model.Calls.ShouldBe(1);
        isBroken = true;
        TalkingShop.Text(await shop.AskAsync("Do you deliver to the moon?")).ShouldBe(Chatbot.DefaultFallbackMessage);
        model.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task The_disclosure_opens_the_first_answer_and_the_first_after_a_hand_back_inside_the_same_bubble()
    {
        await using var shop = await TalkingShop.StartAsync(new Dictionary<string, string?>(), _ => { });
        const string Written = "*Mo-Fr*: 9:00\n1. bell_left_side\n\nC:\\shop <b>";
        await TeachAsync(shop, "When are you open?", Written);
        const string Disclosed = TalkingShop.Disclosure + "\n\n" + Written;
        TalkingShop.Text(await shop.AskAsync("When are you open?")).ShouldBe(Disclosed);
        TalkingShop.Text(await shop.AskAsync("When are you open?")).ShouldBe(Written);
        var id = (await shop.ConversationAsync()).GetProperty("id").GetGuid();
        foreach (var isOn in new[] { false, true })
        {
            (await shop.Api.PatchAsJsonAsync($"/api/conversations/{id}", new { aiReplies = isOn }, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
            if (!isOn)
            {
                await shop.SayAsync(new { text = "Are you a person?" });
            }
        }

        TalkingShop.Text(await shop.AskAsync("When are you open?")).ShouldBe(Disclosed);
        TalkingShop.Text(await shop.AskAsync("When are you open?")).ShouldBe(Written);
        TalkingShop.Replies(await shop.MessagesAsync()).Count.ShouldBe(4, "never a bubble of its own");
    }

    [Fact]
    public async Task A_reply_of_nothing_but_markers_becomes_the_fallback()
    {
        await using var shop = await TalkingShop.StartAsync(new Markers());
        TalkingShop.Text(await shop.AskAsync("Hello?")).ShouldBe(TalkingShop.Disclosure + "\n\n" + Chatbot.DefaultFallbackMessage);
    }

    [Fact]
    public async Task Two_hundred_stuck_calls_leave_the_webhook_answering()
    {
        const int Stuck = 200;
        await using var model = await ModelServer.StartAsync(ModelActs.HangsBeforeHeaders());
        await using var shop = await TalkingShop.StartAsync(model, AnswerScope.KnowledgeFirst, maxConcurrency: Stuck);
        (await shop.PostSignedAsync(Hello(0))).ShouldBe(200);
        await Patience.UntilAsync(() => model.Hanging == 1, "the first call");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        (await Task.WhenAll(Enumerable.Range(1, Stuck - 1).Select(i => shop.PostSignedAsync(Hello(i))))).ShouldAllBe(status => status == 200);
        await Patience.UntilAsync(() => model.Hanging == Stuck, "200 stuck calls");
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Stuck;
        output.WriteLine($"{each / 1024.0:F0} KB of managed memory for each stuck call, the fake model's side included");
        each.ShouldBeLessThan(2 * 1024 * 1024);
        (await Task.WhenAll(Enumerable.Range(Stuck, Stuck).Select(i => shop.PostSignedAsync(Hello(i))))).ShouldAllBe(status => status == 200);
        (await shop.App.Get<ReadDb>().Open().Set<Message>().CountAsync(m => m.Role == MessageRole.Customer, TestContext.Current.CancellationToken)).ShouldBe(2 * Stuck);
        model.Hanging.ShouldBe(Stuck);
    }

    private static byte[] Hello(int customer) => TextCallback.Body($"wamid.stuck{customer}", "How are you today, my friend?", $"{15_550_200_000 + customer}", name: "C");

    private static async Task TeachAsync(TalkingShop shop, string question, string answer)
    {
        using var response = await shop.Api.PostAsJsonAsync("/api/knowledge/questions", new { question, answer }, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private static async Task<string?> WaitingAsync(TalkingShop shop) =>
        (await shop.App.Get<ReadDb>().Open().Set<Conversation>().SingleAsync(TestContext.Current.CancellationToken)).WaitingReason;

    private sealed class Markers : IAnswerer
    {
        public Task<Answer> AnswerAsync(Question question, CancellationToken cancellationToken) =>
            Task.FromResult(new Answer(AnswerKind.Model, "[[tool:order]] [[1]]", [], new AnswerTrace()));
    }
}
