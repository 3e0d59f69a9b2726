using System.Net.Http.Json;
using AiBotKit.Accounts;
using AiBotKit.Assistant;
using AiBotKit.Chatbots;
using AiBotKit.Conversations;
using AiBotKit.Storage;
using AiBotKit.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations;

/// <summary>What counts against Monthly AI Messages: each answer from the knowledge or a model once, and nothing else that is sent.</summary>
public sealed class CountedMessagesTests
{
    [Fact]
    public async Task Only_what_was_answered_from_the_knowledge_counts_and_each_answer_once()
    {
        await using var shop = await TalkingShop.StartAsync(new Dictionary<string, string?>(), _ => { });
        await TeachAsync(shop);
        await shop.AskAsync("When are you open?");
        Counted(shop).ShouldBe(1);

        foreach (var (text, kind) in new[] { ("Thanks!", "small_talk"), ("Who painted the ceiling of the Sistine chapel?", "fallback"), ("are you open on the moon tomorrow night?", "topics") })
        {
            await shop.AskAsync(text);
            (await LastKindAsync(shop)).ShouldBe(kind);
            Counted(shop).ShouldBe(1, text);
        }

        await shop.App.Get<IDataWriter>().SaveAsync(db => { db.Set<Chatbot>().Single().BannedWords = "voodoo"; });
        TalkingShop.Text(await shop.AskAsync("Do you sell voodoo dolls?")).ShouldEndWith("This message contains banned content");
        Counted(shop).ShouldBe(1, "a banned word");
        await shop.AskAsync("When are you open?");
        Counted(shop).ShouldBe(2);
        await shop.AskAsync("STOP");
        Counted(shop).ShouldBe(2, "the confirmation of a stop");
    }

    [Fact]
    public async Task A_models_answer_counts_once_and_what_stood_in_for_it_by_its_own_kind()
    {
        var said = "We are open Monday to Friday, 9 to 18 [[1]]";
        await using var model = await ModelServer.StartAsync(_ => ModelActs.Says(said));
        await using var shop = await TalkingShop.StartAsync(model, AnswerScope.KnowledgeOnly);
        await TeachAsync(shop);
        await shop.AskAsync("When are you open?");
        ((await LastKindAsync(shop)), Counted(shop)).ShouldBe(("model", 1));
        said = "We are open until 23:45 [[1]]";
        TalkingShop.Text(await shop.AskAsync("When are you open?")).ShouldBe("Monday to Friday, 9:00 to 18:00.");
        ((await LastKindAsync(shop)), Counted(shop)).ShouldBe(("extractive", 2));
        said = "[[none]]";
        await shop.AskAsync("When are you open?");
        Counted(shop).ShouldBe(2, "the model did not know");
    }

    [Fact]
    public async Task A_reply_that_is_nothing_once_rendered_is_a_fallback_in_every_respect()
    {
        await using var shop = await TalkingShop.StartAsync(new Markers());
        TalkingShop.Text(await shop.AskAsync("Hello?")).ShouldEndWith(Chatbot.DefaultFallbackMessage);
        ((await LastKindAsync(shop)), Counted(shop)).ShouldBe(("fallback", 0));
        (await shop.App.Get<ReadDb>().Open().Set<Conversation>().SingleAsync(TestContext.Current.CancellationToken)).WaitingReason.ShouldBe("gap");
    }

    private static long Counted(TalkingShop shop)
    {
        using var db = shop.App.Get<ReadDb>().Open();
        return db.Set<UsageCounter>().Sum(u => u.AiMessages);
    }

    private static async Task<string> LastKindAsync(TalkingShop shop)
    {
        await using var db = shop.App.Get<ReadDb>().Open();
        return (await db.Set<Turn>().OrderBy(t => t.Id).Select(t => t.AnswerKind).ToListAsync(TestContext.Current.CancellationToken))[^1];
    }

    private static async Task TeachAsync(TalkingShop shop)
    {
        using var response = await shop.Api.PostAsJsonAsync("/api/knowledge/questions", new { question = "When are you open?", answer = "Monday to Friday, 9:00 to 18:00." }, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private sealed class Markers : IAnswerer
    {
        public Task<Answer> AnswerAsync(Question question, CancellationToken cancellationToken) =>
            Task.FromResult(new Answer(AnswerKind.Model, "[[tool:order]] [[1]]", [], new AnswerTrace()));
    }
}
