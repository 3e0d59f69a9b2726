using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Assistant;
using AiBotKit.Durability.Mails;
using AiBotKit.Storage;
using AiBotKit.Tests.Simulator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations.Handover;

/// <summary>A person is called (product B3): the customer is told once, the conversation waits, people hear of it, and the AI keeps from talking of what it does not know.</summary>
public sealed class HandoverTests
{
    private const string Told = "I am passing this on to a person of our team. They can read what we wrote and will answer you here.";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_asks_for_a_person_is_told_once_and_waits_at_the_top()
    {
        await using var shop = await TalkingShop.StartAsync();
        TalkingShop.Text(await shop.AskAsync("Can I talk to a human?")).ShouldBe($"{TalkingShop.Disclosure}\n\n{Told}");
        var waiting = await shop.ConversationAsync();
        (waiting.GetProperty("waitingReason").GetString(), waiting.GetProperty("aiReplies").GetBoolean()).ShouldBe(("asked", true));
        (await shop.MessagesAsync()).Single(m => TalkingShop.Role(m) == "event").GetProperty("text").GetString().ShouldBe("The customer asked for a person");
        (await UsedAsync(shop)).ShouldBe(0, "it costs no AI message");

        TalkingShop.Outcome(await shop.SayAsync(new { text = "a human please" })).ShouldBe("handover");
        TalkingShop.Text(await shop.AskAsync("What does the grinder cost?")).ShouldBe("re: What does the grinder cost?", "what the AI knows it goes on answering");
        TalkingShop.Replies(await shop.MessagesAsync()).Count.ShouldBe(2);

        await shop.SwitchAsync(false);
        (await shop.ConversationAsync()).GetProperty("waitingReason").ValueKind.ShouldBe(JsonValueKind.Null, "somebody is here");
        await shop.SwitchAsync(true);
        TalkingShop.Text(await shop.AskAsync("Sorry, I need a person again")).ShouldEndWith(Told, customMessage: "after a person was here it is a new call");
    }

    [Fact]
    public async Task A_restart_tells_nobody_twice()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("agent");
        await shop.RestartAsync();
        await shop.PostSignedAsync(TextCallback.Body("a2", "agent!", SimulatorFixture.Customer));
        var messages = await shop.WaitAsync(all => all.Any(m => TalkingShop.Text(m) == "agent!" && TalkingShop.Outcome(m) is not null));
        TalkingShop.Outcome(messages.Single(m => TalkingShop.Text(m) == "agent!")).ShouldBe("handover");
        TalkingShop.Replies(messages).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Unanswered_questions_in_a_row_call_a_person_instead_of_another_fallback()
    {
        await using var shop = await TalkingShop.StartAsync(new Knowing());
        TalkingShop.Text(await shop.AskAsync("one?")).ShouldEndWith("I don't have that information. A person from our team will get back to you.");
        (await shop.ConversationAsync()).GetProperty("waitingReason").GetString().ShouldBe("gap");
        TalkingShop.Text(await shop.AskAsync("known: the price")).ShouldBe("re: known: the price");
        TalkingShop.Text(await shop.AskAsync("two?")).ShouldNotContain("passing this on", customMessage: "an answer begins the count anew");
        TalkingShop.Text(await shop.AskAsync("three?")).ShouldBe(Told);
        (await shop.ConversationAsync()).GetProperty("waitingReason").GetString().ShouldBe("unanswered");
        (await shop.MessagesAsync()).ShouldContain(m => TalkingShop.Role(m) == "event" && TalkingShop.Text(m) == "The AI did not know the answer 2 times in a row");
        TalkingShop.Outcome(await shop.SayAsync(new { text = "four?" })).ShouldBe("handover", "who waits for a person is not told again that nobody knows");
        shop.App.Sql("SELECT count(*) FROM knowledge_gaps").ShouldBe(4L, "every one is kept as a gap all the same");
    }

    [Fact]
    public async Task The_number_of_unanswered_questions_is_the_owners_and_can_be_none()
    {
        await using var shop = await TalkingShop.StartAsync(new Knowing());
        await SetAsync(shop, new { afterUnanswered = 0 });
        for (var i = 0; i < 4; i++)
        {
            TalkingShop.Text(await shop.AskAsync($"unknown {i}?")).ShouldNotBe(Told);
        }

        await SetAsync(shop, new { afterUnanswered = 1, message = "Ana is on her way." });
        TalkingShop.Text(await shop.AskAsync("one more?")).ShouldBe("Ana is on her way.");
    }

    [Fact]
    public async Task What_the_model_leaves_to_a_person_calls_one()
    {
        await using var shop = await TalkingShop.StartAsync(new Knowing());
        TalkingShop.Text(await shop.AskAsync("unfair: you ruined my wedding")).ShouldEndWith(Told);
        (await shop.ConversationAsync()).GetProperty("waitingReason").GetString().ShouldBe("judged");
    }

    [Fact]
    public async Task The_customer_reads_when_people_are_there_in_their_language()
    {
        // A Monday, seven in the evening in Lisbon.
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 30, 19, 0, 0, TimeSpan.Zero));
        await using var shop = await TalkingShop.StartAsync(new Dictionary<string, string?>(), services => services.AddSingleton<IAnswerer>(new Knowing()).AddSingleton<TimeProvider>(time));
        shop.App.Sql("UPDATE chatbots SET TimeZone = 'Europe/Lisbon'");
        await SetAsync(shop, new { openingHours = "mon 09:00-18:00\ntue 09:30-18:00" });
        (await shop.PostSignedAsync(TextCallback.Body("m1", "Ich möchte mit einem Menschen sprechen", SimulatorFixture.Customer, time.GetUtcNow()))).ShouldBe(200);
        var told = TalkingShop.Replies(await shop.WaitAsync(all => TalkingShop.Replies(all).Count == 1))[0];
        TalkingShop.Text(told).ShouldEndWith("Unser Team ist morgen um 09:30 Uhr wieder da.");
    }

    [Fact]
    public async Task With_no_AI_message_left_a_person_can_still_be_called()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        shop.App.Sql("UPDATE accounts SET MonthlyAiMessages = 1");
        TalkingShop.Outcome(await shop.SayAsync(new { text = "What does it cost?" })).ShouldBe("quota");
        TalkingShop.Text(await shop.AskAsync("I want to speak to someone")).ShouldBe(Told);
    }

    [Fact]
    public async Task Mails_go_out_with_the_reason_the_talk_and_the_link_once()
    {
        await using var shop = await TalkingShop.StartAsync();
        await SetAsync(shop, new { mails = "ana@shop.example, ben@shop.example" });
        await shop.AskAsync("What does the grinder cost?");
        await shop.AskAsync("Let me talk to a person");
        await shop.SayAsync(new { text = "talk to a person!!" });
        using var db = shop.App.Get<ReadDb>().Open();
        var mails = db.Set<StoredMail>().OrderBy(m => m.To).ToList();
        mails.Select(m => m.To).ShouldBe(["ana@shop.example", "ben@shop.example"]);
        var text = shop.App.Get<MailOutbox>().TextOf(mails[0])!;
        var id = (await shop.ConversationAsync()).GetProperty("id").GetGuid();
        text.ShouldStartWith("The customer asked for a person.");
        text.ShouldContain($"Session: wa_{SimulatorFixture.Customer}");
        text.ShouldContain("In short:\n  Asked: “What does the grinder cost?”\n");
        text.ShouldContain("Customer: What does the grinder cost?\n  AI: ");
        text.ShouldContain("Customer: Let me talk to a person\n");
        text.ShouldContain($"/conversations/{id}\n");
    }

    [Fact]
    public async Task A_plan_without_handover_still_calls_a_person_who_is_asked_for_and_nothing_more()
    {
        await using var shop = await TalkingShop.StartAsync(new Knowing());
        await SetAsync(shop, new { words = "captain", message = "Ahoy.", mails = "ana@shop.example" });
        shop.App.Sql("UPDATE accounts SET Plan = 'Basic'");
        TalkingShop.Text(await shop.AskAsync("captain?")).ShouldNotBe("Ahoy.");
        await shop.AskAsync("and this?");
        (await shop.ConversationAsync()).GetProperty("waitingReason").GetString().ShouldBe("gap");
        TalkingShop.Text(await shop.AskAsync("human please")).ShouldBe(Told);
        shop.App.Sql("SELECT count(*) FROM mails").ShouldBe(0L);
        using var refused = await shop.Api.PutAsJsonAsync(Path(shop), new { words = "boss" }, Stop);
        (refused.StatusCode, (await refused.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("code").GetString()).ShouldBe((HttpStatusCode.PaymentRequired, "PLAN_REQUIRED"));
    }

    [Fact]
    public async Task Nobody_is_called_where_a_person_already_is()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        await shop.SwitchAsync(false);
        TalkingShop.Outcome(await shop.SayAsync(new { text = "I want a human" })).ShouldBe("ai_off");
        TalkingShop.Replies(await shop.MessagesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_takeover_before_the_message_left_keeps_it_from_leaving()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.Simulator.FaultAsync("500", new { next = 100 });
        await shop.SayAsync(new { text = "human" });
        await shop.SwitchAsync(false);
        await shop.WaitAsync(all => TalkingShop.Replies(all).All(m => TalkingShop.Status(m) == "cancelled"));
    }

    [Fact]
    public async Task The_customer_is_told_of_takeover_and_hand_back_only_when_the_owner_has_words_for_it()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        await shop.SwitchAsync(false);
        await shop.SwitchAsync(true);
        shop.App.Sql("SELECT count(*) FROM outbox WHERE Author = 1").ShouldBe(0L);

        await SetAsync(shop, new { takeoverMessage = "You are now writing with {name}.", handbackMessage = "Our AI assistant answers here again." });
        await shop.SwitchAsync(false);
        await shop.SwitchAsync(false);
        await shop.SwitchAsync(true);
        await shop.WaitAsync(all => all.Count(m => TalkingShop.Status(m) is "accepted" or "sent" or "delivered" or "read") >= 3);
        shop.App.Sql("SELECT group_concat(Text, ' | ') FROM (SELECT m.Text FROM outbox o JOIN messages m ON m.Seq = o.MessageSeq WHERE o.Author = 1 ORDER BY o.MessageSeq)")
            .ShouldBe("You are now writing with My business. | Our AI assistant answers here again.");

        shop.App.Sql("UPDATE conversations SET LastInboundAt = LastInboundAt - 864000000000");
        await shop.SwitchAsync(false);
        shop.App.Sql("SELECT count(*) FROM outbox WHERE Author = 1").ShouldBe(2L, "outside the window nothing can be said");
    }

    [Theory]
    [InlineData("""{ "afterUnanswered": 21 }""", "afterUnanswered")]
    [InlineData("""{ "afterUnanswered": -1 }""", "afterUnanswered")]
    [InlineData("""{ "openingHours": "mon 9 to 5" }""", "openingHours")]
    [InlineData("""{ "mails": "not an address" }""", "mails")]
    [InlineData("""{ "mails": "Ana <ana@shop.example>" }""", "mails")]
    [InlineData("""{ "mails": "a@x.example,b@x.example,c@x.example,d@x.example,e@x.example,f@x.example,g@x.example,h@x.example,i@x.example,j@x.example,k@x.example" }""", "mails")]
    public async Task What_cannot_stand_is_named_and_changes_nothing(string body, string field)
    {
        await using var shop = await TalkingShop.StartAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await shop.Api.PutAsync(Path(shop), content, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        problem.GetProperty("code").GetString().ShouldBe("invalid_handover");
        problem.GetProperty("title").GetString().ShouldStartWith(field + ": ");
        (await shop.Api.GetFromJsonAsync<JsonElement>(Path(shop), Stop)).GetProperty("afterUnanswered").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task What_was_set_is_read_and_left_in_the_audit_once()
    {
        await using var shop = await TalkingShop.StartAsync();
        var set = await SetAsync(shop, new { words = " captain , boss", openingHours = "tue 9:00-17:00; mon 09:00-12:00", mails = "Ana@shop.example" });
        set.GetProperty("words").GetString().ShouldBe("captain\nboss");
        set.GetProperty("openingHours").GetString().ShouldBe("mon 09:00-12:00\ntue 09:00-17:00");
        JsonElement.DeepEquals(await shop.Api.GetFromJsonAsync<JsonElement>(Path(shop), Stop), set).ShouldBeTrue();
        await SetAsync(shop, new { words = "captain\nboss", openingHours = "mon 09:00-12:00\ntue 09:00-17:00", mails = "Ana@shop.example" });
        shop.App.Sql("SELECT count(*) FROM audit WHERE Act = 'handover_changed'").ShouldBe(1L);
    }

    private static string Path(TalkingShop shop)
    {
        using var db = shop.App.Get<ReadDb>().Open();
        return $"/api/chatbots/{db.Set<AiBotKit.Chatbots.Chatbot>().Single().Id}/handover";
    }

    private static async Task<JsonElement> SetAsync(TalkingShop shop, object values)
    {
        using var answer = await shop.Api.PutAsJsonAsync(Path(shop), values, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Stop));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private static Task<long> UsedAsync(TalkingShop shop) => Task.FromResult((long)shop.App.Sql("SELECT ifnull(sum(AiMessages), 0) FROM usage_counters")!);

    /// <summary>Knows what begins with "known", leaves what begins with "unfair" to a person, and nothing else.</summary>
    private sealed class Knowing : IAnswerer
    {
        public Task<Answer> AnswerAsync(Question question, CancellationToken cancellationToken) => Task.FromResult(
            question.Text.StartsWith("known", StringComparison.Ordinal) ? new Answer(AnswerKind.Model, "re: " + question.Text, [], new AnswerTrace())
            : new Answer(AnswerKind.Fallback, "", [], new AnswerTrace { Language = "en" }, IsGap: true, WantsPerson: question.Text.StartsWith("unfair", StringComparison.Ordinal)));
    }
}
