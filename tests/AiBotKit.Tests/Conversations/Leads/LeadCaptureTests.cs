using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Assistant;
using AiBotKit.Durability;
using AiBotKit.Durability.Mails;
using AiBotKit.Storage;
using AiBotKit.Tests.Simulator;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations.Leads;

/// <summary>The lead form through the provider to the phone and back (product B3, (c) 8 and 25).</summary>
public sealed class LeadCaptureTests
{
    private static readonly string[] OwnFields = ["Which size?"];
    private static readonly string[] Recipients = ["sales@example.com", "ana@example.com"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task At_start_a_hello_is_met_with_the_form_and_each_answer_with_the_next_question()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Are you there?");
        shop.App.Sql("UPDATE conversations SET ContactName = 'Ada Silva'");
        await SetAsync(shop, new { enabled = true, position = "start", heading = "We need two things." });
        (await TalkAsync(shop, "Hello")).ShouldBe([$"We need two things.\n\nShall we use the number +{SimulatorFixture.Customer} and the name Ada Silva? Reply yes, or send other ones."]);
        (await TalkAsync(shop, "yes")).ShouldBe(["What is your e-mail address?"]);
        (await TalkAsync(shop, "ana at example")).Single().ShouldStartWith("That does not look like an e-mail address.");
        (await TalkAsync(shop, "Ana@example.com")).ShouldBe(["Thank you, Ada Silva! We have your details."]);
        Used(shop).ShouldBe(1, "a form's own words cost nothing");
        var lead = (await LeadsAsync(shop)).Single();
        lead.GetProperty("name").GetString().ShouldBe("Ada Silva");
        (lead.GetProperty("email").GetString(), lead.GetProperty("phone").GetString(), lead.GetProperty("complete").GetBoolean(), lead.GetProperty("consent").GetBoolean())
            .ShouldBe(("ana@example.com", "+" + SimulatorFixture.Customer, true, false));
        lead.GetProperty("conversationId").GetGuid().ShouldBe((await shop.ConversationAsync()).GetProperty("id").GetGuid());
        (await TalkAsync(shop, "And now?")).ShouldBe(["re: And now?"], "never asked again");
        Used(shop).ShouldBe(2);
    }

    [Fact]
    public async Task At_start_a_question_is_answered_and_the_form_follows_in_the_same_turn()
    {
        await using var shop = await TalkingShop.StartAsync();
        await SetAsync(shop, new { enabled = true, position = "start", askName = false, askPhone = false });
        (await TalkAsync(shop, "When do you open?", bubbles: 2)).ShouldBe([$"{TalkingShop.Disclosure}\n\nre: When do you open?", "We need your details to help you better.\n\nWhat is your e-mail address?"]);
        Used(shop).ShouldBe(1);
    }

    [Fact]
    public async Task After_the_first_answer_small_talk_waits_and_an_answer_begins_it()
    {
        await using var shop = await TalkingShop.StartAsync();
        await SetAsync(shop, new { enabled = true, position = "after_first_answer", askName = false, askPhone = false });
        (await TalkAsync(shop, "Hello")).Count.ShouldBe(1);
        (await TalkAsync(shop, "When do you open?", bubbles: 2))[1].ShouldContain("What is your e-mail address?");
        (await TalkAsync(shop, "skip")).ShouldBe(["All right, we leave that out.\n\nNo problem."]);
        (await LeadsAsync(shop)).ShouldBeEmpty("nothing was given");
    }

    [Fact]
    public async Task A_question_in_between_is_answered_and_counted_and_the_forms_is_put_again_once()
    {
        await using var shop = await TalkingShop.StartAsync();
        await SetAsync(shop, new { enabled = true, position = "start", askName = false, askPhone = false });
        await TalkAsync(shop, "Hello");
        (await TalkAsync(shop, "Do you have decaf?", bubbles: 2)).ShouldBe(["re: Do you have decaf?", "What is your e-mail address?"]);
        (await TalkAsync(shop, "And tea?")).ShouldBe(["re: And tea?"]);
        Used(shop).ShouldBe(2);
        (await TalkAsync(shop, "ana@example.com\nIs it fresh?", bubbles: 2)).ShouldBe(["re: Is it fresh?", "Thank you! We have your details."]);
        (await LeadsAsync(shop)).Single().GetProperty("email").GetString().ShouldBe("ana@example.com");
    }

    [Fact]
    public async Task Without_consent_nothing_is_stored_and_with_it_the_words_are()
    {
        await using var shop = await TalkingShop.StartAsync();
        await SetAsync(shop, new { enabled = true, position = "start", askName = false, askPhone = false, consent = true, consentText = "May we keep it?" });
        (await TalkAsync(shop, "Hello")).ShouldBe([$"{TalkingShop.Disclosure}\n\nWe need your details to help you better.\n\nMay we keep it?\nReply yes or no."]);
        (await TalkAsync(shop, "No")).ShouldBe(["No problem, we store nothing."]);
        (await LeadsAsync(shop)).ShouldBeEmpty();
        shop.App.Sql("SELECT count(*) FROM leads").ShouldBe(0L);
        shop.App.Sql("SELECT State FROM lead_talks").ShouldBeOfType<string>().ShouldContain("May we keep it?");

        shop.App.Sql("DELETE FROM lead_talks");
        await TalkAsync(shop, "Hello");
        await TalkAsync(shop, "yes");
        await TalkAsync(shop, "ana@example.com");
        var lead = (await LeadsAsync(shop)).Single();
        (lead.GetProperty("consent").GetBoolean(), lead.GetProperty("consentText").GetString()).ShouldBe((true, "May we keep it?"));
        lead.GetProperty("consentAt").GetDateTimeOffset().ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task A_takeover_in_the_middle_ends_the_form_also_after_the_hand_back()
    {
        await using var shop = await TalkingShop.StartAsync();
        await SetAsync(shop, new { enabled = true, position = "start", askName = false, askPhone = false });
        await TalkAsync(shop, "Hello");
        await shop.SwitchAsync(false);
        await shop.SayAsync(new { text = "ana@example.com" });
        (await LeadsAsync(shop)).ShouldBeEmpty("a person reads it");
        await shop.SwitchAsync(true);
        (await TalkAsync(shop, "ben@example.com")).Single().ShouldEndWith("re: ben@example.com", Case.Sensitive, "the bot is back, the form is not");
        (await LeadsAsync(shop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_restart_in_the_middle_neither_asks_twice_nor_loses_anything()
    {
        await using var shop = await TalkingShop.StartAsync();
        await SetAsync(shop, new { enabled = true, position = "start", askPhone = false, ownFields = OwnFields });
        await TalkAsync(shop, "Hello");
        await TalkAsync(shop, "Ana Duarte");
        var before = (await shop.MessagesAsync()).Count;
        await shop.RestartAsync();
        (await shop.Simulator.CallAsync($"/v3/{SimulatorFixture.Number}/setwebhook", JsonSerializer.Serialize(new { webhook_url = new Uri(shop.App.Address, "/api/whatsapp/callback").ToString(), headers = new { } }))).Status.ShouldBe(200);
        (await TalkAsync(shop, "ana@example.com")).ShouldBe(["Which size?"]);
        (await shop.MessagesAsync()).Count.ShouldBe(before + 2, "the question was not asked again");
        await TalkAsync(shop, "42");
        var lead = (await LeadsAsync(shop)).Single();
        (lead.GetProperty("name").GetString(), lead.GetProperty("email").GetString(), lead.GetProperty("own")[0].GetProperty("value").GetString()).ShouldBe(("Ana Duarte", "ana@example.com", "42"));
    }

    [Fact]
    public async Task Each_lead_is_mailed_once_to_everybody_with_the_talk_and_where_to_read_it()
    {
        await using var shop = await TalkingShop.StartAsync();
        await SetAsync(shop, new { enabled = true, position = "start", askName = false, askPhone = false, notify = true, recipients = Recipients });
        await TalkAsync(shop, "Hello");
        await TalkAsync(shop, "ben@example.com");
        await TalkAsync(shop, "Thanks, and when do you open?");
        await using var db = shop.App.Get<ReadDb>().Open();
        var mails = await db.Set<StoredMail>().Where(m => m.Subject.StartsWith("New lead")).ToListAsync(Stop);
        mails.Select(m => m.To).Order(StringComparer.Ordinal).ShouldBe(["ana@example.com", "sales@example.com"]);
        var text = shop.App.Get<MailOutbox>().TextOf(mails[0]).ShouldNotBeNull();
        text.ShouldContain("E-mail: ben@example.com");
        text.ShouldContain("Consent: not asked for");
        text.ShouldContain("Customer: Hello");
        text.ShouldContain("Shop: You are talking to an AI assistant.");
        text.ShouldContain($"/conversations/{(await shop.ConversationAsync()).GetProperty("id").GetGuid()}");
        mails[0].Subject.ShouldBe("New lead: ben@example.com (Shop)");
    }

    [Theory]
    [InlineData("silence", true)]
    [InlineData("thanks", true)]
    [InlineData("taken over", false)]
    [InlineData("waited for", false)]
    [InlineData("switched off", false)]
    [InlineData("paused", false)]
    [InlineData("window", false)]
    public async Task At_the_end_the_form_begins_by_itself_unless_something_stands_in_the_way(string what, bool asks)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var shop = await TalkingShop.StartAsync(new Dictionary<string, string?>(), services => services.AddSingleton<IAnswerer>(new Listener()).AddSingleton<TimeProvider>(time));
        await SetAsync(shop, new { enabled = true, position = "end", askName = false, askPhone = false });
        (await TalkAsync(shop, "When do you open?")).Count.ShouldBe(1);
        var id = (await shop.ConversationAsync()).GetProperty("id").GetGuid();
        switch (what)
        {
            case "thanks":
                (await TalkAsync(shop, "Thank you", bubbles: 2))[1].ShouldContain("What is your e-mail address?");
                return;
            case "taken over":
                await shop.SwitchAsync(false);
                await shop.SwitchAsync(true);
                break;
            case "waited for":
                shop.App.Sql("UPDATE conversations SET WaitingReason = 'gap'");
                break;
            case "switched off":
                await SetAsync(shop, new { enabled = false });
                break;
            case "paused":
                shop.App.Sql("UPDATE connections SET Enabled = 0");
                break;
            case "window":
                shop.App.Sql("UPDATE conversations SET LastInboundAt = LastInboundAt - 863000000000");
                break;
        }

        var store = shop.App.Get<IMessageStore>();
        time.Advance(TimeSpan.FromMinutes(29));
        await store.ReconcileAsync(TimeSpan.FromSeconds(90), time.GetUtcNow());
        TalkingShop.Replies(await shop.MessagesAsync()).Count.ShouldBe(1, "too soon");
        time.Advance(TimeSpan.FromMinutes(2));
        await store.ReconcileAsync(TimeSpan.FromSeconds(90), time.GetUtcNow());
        await store.ReconcileAsync(TimeSpan.FromSeconds(90), time.GetUtcNow());
        TalkingShop.Replies(await shop.MessagesAsync()).Count.ShouldBe(asks ? 2 : 1);
        shop.App.Sql("SELECT count(*) FROM lead_talks WHERE DueAt IS NOT NULL").ShouldBe(0L);
        if (asks)
        {
            (await TalkAsync(shop, "ana@example.com")).Single().ShouldStartWith("Thank you!");
            (await LeadsAsync(shop)).Single().GetProperty("conversationId").GetGuid().ShouldBe(id);
        }
    }

    [Fact]
    public async Task A_form_goes_on_when_the_AI_messages_are_used_up()
    {
        await using var shop = await TalkingShop.StartAsync();
        await SetAsync(shop, new { enabled = true, position = "start", askName = false, askPhone = false });
        await TalkAsync(shop, "Hello");
        shop.App.Sql("UPDATE accounts SET MonthlyAiMessages = 0");
        (await TalkAsync(shop, "ana@example.com")).ShouldBe(["Thank you! We have your details."]);
        (await LeadsAsync(shop)).Count.ShouldBe(1);
        TalkingShop.Outcome(await shop.SayAsync(new { text = "When do you open?" })).ShouldBe("quota");
    }

    [Fact]
    public async Task The_form_speaks_the_language_of_the_chatbot()
    {
        await using var shop = await TalkingShop.StartAsync();
        shop.App.Sql("UPDATE chatbots SET Language = 'de'");
        await SetAsync(shop, new { enabled = true, position = "start", askName = false, askPhone = false });
        (await TalkAsync(shop, "Hallo")).Single().ShouldEndWith("Wie lautet Ihre E-Mail-Adresse?");
        (await TalkAsync(shop, "nein danke")).ShouldBe(["Kein Problem."]);
    }

    [Theory]
    [InlineData("{\"enabled\":true,\"askName\":false,\"askEmail\":false,\"askPhone\":false}", "askName")]
    [InlineData("{\"enabled\":true,\"ownFields\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"]}", "ownFields")]
    [InlineData("{\"enabled\":true,\"notify\":true}", "recipients")]
    [InlineData("{\"enabled\":true,\"notify\":true,\"recipients\":[\"nobody\"]}", "recipients")]
    [InlineData("{\"enabled\":true,\"successWithoutName\":\"Thanks {user_name}\"}", "successWithoutName")]
    [InlineData("{\"position\":\"start\"}", "enabled")]
    public async Task A_form_that_cannot_stand_is_refused_and_says_what_is_wrong(string body, string field)
    {
        await using var shop = await TalkingShop.StartAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await shop.Api.PutAsync(await FormPathAsync(shop), content, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        (problem.GetProperty("code").GetString(), problem.GetProperty("title").GetString()!.Split(':')[0]).ShouldBe(("invalid_lead_form", field));
    }

    [Fact]
    public async Task A_form_is_read_as_it_was_set_and_the_change_is_audited_once()
    {
        await using var shop = await TalkingShop.StartAsync();
        var path = await FormPathAsync(shop);
        (await shop.Api.GetFromJsonAsync<JsonElement>(path, Stop)).GetProperty("enabled").GetBoolean().ShouldBeFalse();
        var form = new { enabled = true, position = "end", ownFields = new[] { " Which size? ", "" }, recipients = new[] { "Sales@Example.com" } };
        await SetAsync(shop, form);
        await SetAsync(shop, form);
        var read = await shop.Api.GetFromJsonAsync<JsonElement>(path, Stop);
        (read.GetProperty("position").GetString(), read.GetProperty("ownFields")[0].GetString(), read.GetProperty("recipients")[0].GetString()).ShouldBe(("end", "Which size?", "sales@example.com"));
        shop.App.Sql("SELECT count(*) FROM audit WHERE Act = 'lead_form_changed'").ShouldBe(1L);
    }

    [Theory]
    [InlineData("Free")]
    [InlineData("Basic")]
    public async Task Mails_are_refused_where_the_plan_has_none(string plan)
    {
        await using var shop = await TalkingShop.StartAsync();
        shop.App.Sql($"UPDATE accounts SET Plan = '{plan}'");
        using var answer = await shop.Api.PutAsJsonAsync(await FormPathAsync(shop), new { enabled = true, notify = true, recipients = Recipients }, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.PaymentRequired);
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("code").GetString().ShouldBe("PLAN_REQUIRED");
        shop.App.Sql("UPDATE accounts SET Plan = 'Essential'");
        await SetAsync(shop, new { enabled = true, notify = true, recipients = Recipients });
    }

    private static async Task<string> FormPathAsync(TalkingShop shop) =>
        $"/api/chatbots/{(await shop.Api.GetFromJsonAsync<JsonElement>("/api/chatbots", Stop)).GetProperty("items")[0].GetProperty("id").GetGuid()}/lead-form";

    private static async Task SetAsync(TalkingShop shop, object form)
    {
        using var answer = await shop.Api.PutAsJsonAsync(await FormPathAsync(shop), form, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Stop));
    }

    /// <summary>The customer writes; the bubbles that come back, once they are handed over.</summary>
    private static async Task<List<string>> TalkAsync(TalkingShop shop, string text, int bubbles = 1)
    {
        var before = TalkingShop.Replies(await shop.MessagesAsync()).Count;
        await shop.Simulator.SayAsync(new { text });
        var all = await shop.WaitAsync(all => TalkingShop.Replies(all) is var said && said.Count >= before + bubbles && TalkingShop.Status(said[^1]) is not ("new" or "sending" or "unconfirmed"));
        return [.. TalkingShop.Replies(all).Skip(before).Select(TalkingShop.Text)];
    }

    private static async Task<List<JsonElement>> LeadsAsync(TalkingShop shop) =>
        [.. (await shop.Api.GetFromJsonAsync<JsonElement>("/api/leads", Stop)).GetProperty("items").EnumerateArray()];

    private static long Used(TalkingShop shop) => (long)shop.App.Sql("SELECT ifnull(sum(AiMessages), 0) FROM usage_counters")!;

    private sealed class Listener : IAnswerer
    {
        public Task<Answer> AnswerAsync(Question question, CancellationToken cancellationToken) =>
            Task.FromResult(new Answer(AnswerKind.Model, "re: " + question.Text, [], new AnswerTrace()));
    }
}
