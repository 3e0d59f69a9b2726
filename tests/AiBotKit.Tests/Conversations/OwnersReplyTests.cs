using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Accounts;
using AiBotKit.Assistant;
using AiBotKit.Channels;
using AiBotKit.Conversations;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using AiBotKit.Tests.Accounts;
using AiBotKit.Tests.Simulator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations;

/// <summary>A person writes to the customer over the API (product A5, A6, acceptance 60 to 63 and 68, B1), through the provider to the phone and back.</summary>
public sealed class OwnersReplyTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_persons_message_reaches_the_phone_once_with_their_name_and_costs_nothing()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        await shop.SwitchAsync(false);
        var sent = await SendAsync(shop, new { text = "*Ana* here, see [[1]].\nBest", author = "Ana Duarte" });
        (sent.GetProperty("role").GetString(), sent.GetProperty("author").GetString(), sent.GetProperty("text").GetString()).ShouldBe(("owner", "Ana Duarte", "*Ana* here, see [[1]].\nBest"));
        var message = (await shop.WaitAsync(all => all.Any(m => TalkingShop.Role(m) == "owner" && TalkingShop.Status(m) == "read"))).Single(m => TalkingShop.Role(m) == "owner");
        message.GetProperty("id").GetGuid().ShouldBe(sent.GetProperty("id").GetGuid());
        (await OnPhoneAsync(shop)).ShouldBe([TalkingShop.Disclosure + "\n\nre: Hello", "*Ana* here, see [[1]].\nBest"], "sent as it was written, and nothing added");
        (await UsedAsync(shop)).ShouldBe(1, "the AI's own reply");
    }

    [Fact]
    public async Task Everybody_writes_under_the_name_that_customers_may_see()
    {
        await using var shop = await TalkingShop.StartAsync();
        using var ana = await Staff.OwnerAsync(shop.App);
        await shop.AskAsync("Hello");
        var path = await PathAsync(shop);
        (await SendAsync(shop, new { text = "one", takeOver = true })).GetProperty("author").GetString().ShouldBe("My business", "the bootstrap key speaks for the account");

        using (var answer = await ana.PostAsJsonAsync(path, new { text = "two" }, Stop))
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.Created);
            (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("author").GetString().ShouldBe("Ana");
        }

        using var made = await ana.PostAsJsonAsync("/api/api-keys", new { name = "Till", role = "agent" }, Stop);
        var key = (await made.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("key").GetString();
        using var till = shop.App.Anonymous();
        till.DefaultRequestHeaders.Authorization = new("Bearer", key);
        using (var answer = await till.PostAsJsonAsync(path, new { text = "three" }, Stop))
        {
            (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("author").GetString().ShouldBe("Till");
        }

        (await RefusedAsync(ana, path, new { text = "four", author = "The Pope" }, HttpStatusCode.BadRequest)).ShouldBe("bad_request", "a person is who they are");
        shop.App.Sql("UPDATE people SET DisplayName = ' '");
        (await RefusedAsync(ana, path, new { text = "five" }, HttpStatusCode.Conflict)).ShouldBe("display_name_missing");
        using (var patch = await ana.PatchAsJsonAsync(path[..^"/messages".Length], new { aiReplies = true }, Stop))
        {
            (await patch.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("code").GetString().ShouldBe("display_name_missing");
        }

        await shop.WaitAsync(all => all.Count(m => TalkingShop.Role(m) == "owner" && m.GetProperty("providerMessageId").GetString() is not null) == 3);
        (await OnPhoneAsync(shop)).Count.ShouldBe(4);
    }

    [Theory]
    [InlineData(-1, HttpStatusCode.Created)]
    [InlineData(0, HttpStatusCode.Conflict)]
    [InlineData(1, HttpStatusCode.Conflict)]
    public async Task The_window_is_open_for_24_hours_less_an_instant_and_reopens_with_the_customers_word(int seconds, HttpStatusCode expected)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var shop = await TalkingShop.StartAsync(new Dictionary<string, string?>(), services => services.AddSingleton<IAnswerer>(new Listener()).AddSingleton<TimeProvider>(time));
        await shop.AskAsync("Hello");
        shop.App.Sql("UPDATE chatbots SET TakeoverHours = NULL").ShouldBeNull("the takeover is to outlast the window");
        await shop.SwitchAsync(false);
        var last = (await shop.ConversationAsync()).GetProperty("lastInboundAt").GetDateTimeOffset();
        time.SetUtcNow(last + TimeSpan.FromHours(24) + TimeSpan.FromSeconds(seconds));
        if (expected == HttpStatusCode.Created)
        {
            await SendAsync(shop, new { text = "Just in time" });
            await shop.WaitAsync(all => all.Any(m => TalkingShop.Role(m) == "owner" && m.GetProperty("providerMessageId").GetString() is not null));
            (await OnPhoneAsync(shop)).Count.ShouldBe(2);
            return;
        }

        var before = (await shop.MessagesAsync()).Count;
        (await RefusedAsync(shop.Api, await PathAsync(shop), new { text = "Too late" }, HttpStatusCode.Conflict)).ShouldBe("WA_WINDOW_CLOSED");
        (await shop.MessagesAsync()).Count.ShouldBe(before, "not stored");
        shop.App.Sql("SELECT count(*) FROM outbox").ShouldBe(1L, "the AI's answer only");

        (await shop.PostSignedAsync(TextCallback.Body("again", "I am back", SimulatorFixture.Customer, time.GetUtcNow()))).ShouldBe(200);
        await SendAsync(shop, new { text = "Welcome back" });
    }

    [Fact]
    public async Task A_customer_who_never_wrote_cannot_be_written_to()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        await shop.SwitchAsync(false);
        shop.App.Sql("UPDATE conversations SET LastInboundAt = NULL");
        (await RefusedAsync(shop.Api, await PathAsync(shop), new { text = "Hello?" }, HttpStatusCode.Conflict)).ShouldBe("WA_WINDOW_CLOSED");
    }

    [Fact]
    public async Task What_stands_in_the_way_is_named_in_the_order_in_which_it_has_to_be_put_right()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        var path = await PathAsync(shop);
        (await CodeAsync()).ShouldBe("AI_REPLIES_ON");
        shop.App.Sql("UPDATE conversations SET LastInboundAt = LastInboundAt - 864000000000");
        (await CodeAsync()).ShouldBe("WA_WINDOW_CLOSED");
        (await shop.App.Get<SwitchConnection>().RunAsync(shop.App.Get<FirstAccount>().Id, Connection(shop), false, Actor.System, Stop)).ShouldBeTrue();
        (await CodeAsync()).ShouldBe("CONNECTION_PAUSED");
        shop.App.Sql("UPDATE connections SET DisconnectedAt = 1");
        (await CodeAsync()).ShouldBe("CONNECTION_DISCONNECTED");
        (await RefusedAsync(shop.Api, path, new { text = "x", takeOver = true }, HttpStatusCode.Conflict)).ShouldBe("CONNECTION_DISCONNECTED");
        (await shop.ConversationAsync()).GetProperty("aiReplies").GetBoolean().ShouldBeTrue("a refused takeover is none");
        (await shop.MessagesAsync()).Count(m => TalkingShop.Role(m) is "owner" or "event").ShouldBe(0);
        (await OnPhoneAsync(shop)).Count.ShouldBe(1);

        Task<string?> CodeAsync() => RefusedAsync(shop.Api, path, new { text = "x" }, HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_message_has_1_to_4096_characters()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        await shop.SwitchAsync(false);
        var path = await PathAsync(shop);
        foreach (var text in new[] { null, "", " \n\t ", "\u0001", new string('x', 4097), new string('x', 200_000) })
        {
            (await RefusedAsync(shop.Api, path, new { text }, HttpStatusCode.BadRequest)).ShouldBe("invalid_message");
        }

        (await RefusedAsync(shop.Api, path, new { text = "x", author = new string('n', 81) }, HttpStatusCode.BadRequest)).ShouldBe("invalid_name");
        await SendAsync(shop, new { text = " " + new string('y', 4096) + "\n" });
        await shop.WaitAsync(all => all.Any(m => TalkingShop.Role(m) == "owner" && TalkingShop.Status(m) is "sent" or "delivered" or "read"));
        (await OnPhoneAsync(shop))[^1].ShouldBe(new string('y', 4096));
    }

    [Fact]
    public async Task The_same_request_is_stored_and_sent_once_also_after_a_restart()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        await shop.SwitchAsync(false);
        var first = await SendAsync(shop, new { text = "Once" }, "order-4471");
        (await SendAsync(shop, new { text = "Once" }, "order-4471")).GetProperty("id").GetGuid().ShouldBe(first.GetProperty("id").GetGuid());
        await shop.RestartAsync();
        (await SendAsync(shop, new { text = "Once" }, "order-4471")).GetProperty("id").GetGuid().ShouldBe(first.GetProperty("id").GetGuid());
        (await RefusedAsync(shop.Api, await PathAsync(shop), new { text = "Other" }, HttpStatusCode.UnprocessableEntity, "order-4471")).ShouldBe("request_key_used");
        (await SendAsync(shop, new { text = "Once" })).GetProperty("id").GetGuid().ShouldNotBe(first.GetProperty("id").GetGuid(), "without a key it is another message");
        await shop.WaitAsync(all => all.Count(m => TalkingShop.Role(m) == "owner" && m.GetProperty("providerMessageId").GetString() is not null) == 2);
        (await OnPhoneAsync(shop)).Skip(1).ShouldBe(["Once", "Once"]);
    }

    [Theory]
    [InlineData("131047")]
    [InlineData("131047-sync")]
    public async Task A_window_that_only_the_provider_sees_closed_gets_one_more_try_then_it_is_told(string fault)
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        await shop.SwitchAsync(false);
        await shop.Simulator.FaultAsync(fault, new { next = 1 });
        await SendAsync(shop, new { text = "Once more" });
        await shop.WaitAsync(all => all.Any(m => TalkingShop.Role(m) == "owner" && TalkingShop.Status(m) is "sent" or "delivered" or "read"));
        shop.App.Sql("SELECT Attempt FROM outbox WHERE Author = 2").ShouldBe(2L);

        await shop.Simulator.FaultAsync(fault, new { });
        await SendAsync(shop, new { text = "Never" });
        var failed = (await shop.WaitAsync(all => all.Any(m => TalkingShop.Role(m) == "owner" && TalkingShop.Status(m) == "failed"))).Single(m => TalkingShop.Status(m) == "failed");
        failed.GetProperty("failure").GetProperty("code").GetInt32().ShouldBe(131047);
        shop.App.Sql("SELECT Attempt FROM outbox WHERE Author = 2 AND State = 4").ShouldBe(2L, "exactly one more");
    }

    [Fact]
    public async Task A_message_whose_answer_was_lost_is_confirmed_by_its_status_or_left_to_the_person_and_never_sent_again()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        await shop.SwitchAsync(false);
        await shop.Simulator.FaultAsync("accept-then-reset", new { next = 1 });
        await SendAsync(shop, new { text = "One" });
        await shop.WaitAsync(all => all.Any(m => TalkingShop.Role(m) == "owner" && TalkingShop.Status(m) is "sent" or "delivered" or "read"));

        await shop.Simulator.FaultAsync("statuses-off", new { });
        await shop.Simulator.FaultAsync("accept-then-reset", new { next = 1 });
        await SendAsync(shop, new { text = "Two" });
        var doubt = (await shop.WaitAsync(all => all.Any(m => TalkingShop.Text(m) == "Two" && m.GetProperty("failure").ValueKind == JsonValueKind.Object))).Single(m => TalkingShop.Text(m) == "Two");
        (TalkingShop.Status(doubt), doubt.GetProperty("possibleDuplicate").GetBoolean()).ShouldBe(("unconfirmed", false));
        doubt.GetProperty("failure").GetProperty("reason").GetString().ShouldNotBeNull().ShouldContain("before sending it again");
        (await OnPhoneAsync(shop)).Skip(1).ShouldBe(["One", "Two"]);
    }

    [Fact]
    public async Task A_takeover_by_a_message_is_one_act_and_after_the_hand_back_the_AI_knows_what_people_wrote_and_answers_the_next_message_only()
    {
        var listener = new Listener();
        await using var shop = await TalkingShop.StartAsync(listener);
        await shop.AskAsync("Hello");
        await SendAsync(shop, new { text = "I look into it.", takeOver = true, author = "Ana Duarte" });
        (await shop.ConversationAsync()).GetProperty("aiReplies").GetBoolean().ShouldBeFalse();
        TalkingShop.Outcome(await shop.SayAsync(new { text = "And my second question?" })).ShouldBe("ai_off");
        await SendAsync(shop, new { text = "It leaves on Friday.", author = "Ana Duarte" });
        await shop.SwitchAsync(true);
        (await shop.MessagesAsync()).Where(m => TalkingShop.Role(m) == "event").Select(TalkingShop.Text)
            .ShouldBe(["Ana Duarte has joined the conversation", "My business has handed the conversation back to the AI"]);

        var asked = listener.Asked.Count;
        TalkingShop.Text(await shop.AskAsync("Thank you")).ShouldBe(TalkingShop.Disclosure + "\n\nre: Thank you");
        listener.Asked.Count.ShouldBe(asked + 1, "what the person was asked is not answered by surprise");
        listener.Asked[^1].History.Where(h => h.Speaker == Speaker.Owner).Select(h => h.Text).ShouldBe(["I look into it.", "It leaves on Friday."]);
        listener.Asked[^1].History.Select(h => h.Text).ShouldContain("And my second question?");
        (await UsedAsync(shop)).ShouldBe(2);
    }

    [Fact]
    public async Task A_person_may_write_when_no_AI_message_is_left()
    {
        await using var shop = await TalkingShop.StartAsync(new Dictionary<string, string?> { ["Plans:Unlimited:AiMessages"] = "1" });
        await shop.AskAsync("Hello");
        TalkingShop.Outcome(await shop.SayAsync(new { text = "More?" })).ShouldBe("quota");
        await SendAsync(shop, new { text = "A person answers.", takeOver = true });
        await shop.WaitAsync(all => all.Any(m => TalkingShop.Role(m) == "owner" && m.GetProperty("providerMessageId").GetString() is not null));
        (await UsedAsync(shop)).ShouldBe(1);
    }

    [Fact]
    public async Task Who_writes_into_a_merged_conversation_reaches_the_customer_in_the_one_that_goes_on()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        var survivor = (await shop.ConversationAsync()).GetProperty("id").GetGuid();
        var old = Guid.CreateVersion7();
        await shop.App.Get<IDataWriter>().SaveAsync(db =>
        {
            var into = db.Set<Conversation>().Single(c => c.Id == survivor);
            db.Add(new Conversation
            {
                Id = old,
                AccountId = into.AccountId,
                ChatbotId = into.ChatbotId,
                ConnectionId = into.ConnectionId,
                Channel = "whatsapp",
                SessionId = "wa_old",
                Partition = 1,
                Address = "old",
                LastMessageAt = into.LastMessageAt,
                CreatedAt = into.CreatedAt,
                MergedIntoId = survivor,
            });
        });
        await SendAsync(shop, new { text = "Still you", takeOver = true }, path: $"/api/conversations/{old}/messages");
        (await shop.ConversationAsync()).GetProperty("aiReplies").GetBoolean().ShouldBeFalse();
        await shop.WaitAsync(all => all.Any(m => TalkingShop.Text(m) == "Still you" && m.GetProperty("providerMessageId").GetString() is not null));
    }

    [Fact]
    public async Task A_takeover_can_be_made_to_last_longer()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        var id = (await shop.ConversationAsync()).GetProperty("id").GetGuid();
        (await RefusedAsync(shop.Api, $"/api/conversations/{id}/extend", new { }, HttpStatusCode.Conflict)).ShouldBe("no_takeover_to_extend");
        await shop.SwitchAsync(false);
        var before = (long)shop.App.Sql("SELECT TakeoverUntil FROM conversations")!;
        using var answer = await shop.Api.PostAsync($"/api/conversations/{id}/extend", null, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        shop.App.Sql("SELECT TakeoverUntil FROM conversations").ShouldBe(before + (12 * TimeSpan.TicksPerHour));
        (await shop.ConversationAsync()).GetProperty("takeoverUntil").GetDateTimeOffset().UtcTicks.ShouldBe(before + (12 * TimeSpan.TicksPerHour));
        await shop.SwitchAsync(true);
        (await shop.ConversationAsync()).GetProperty("takeoverUntil").ValueKind.ShouldBe(JsonValueKind.Null);
        shop.App.Sql("SELECT count(*) FROM audit WHERE Act = 'takeover_extended'").ShouldBe(1L);
    }

    private static async Task<string> PathAsync(TalkingShop shop) => $"/api/conversations/{(await shop.ConversationAsync()).GetProperty("id").GetGuid()}/messages";

    private static async Task<JsonElement> SendAsync(TalkingShop shop, object body, string? key = null, string? path = null)
    {
        using var answer = await PostAsync(shop.Api, path ?? await PathAsync(shop), body, key);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Stop));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private static async Task<string?> RefusedAsync(HttpClient client, string path, object body, HttpStatusCode expected, string? key = null)
    {
        using var answer = await PostAsync(client, path, body, key);
        answer.StatusCode.ShouldBe(expected, await answer.Content.ReadAsStringAsync(Stop));
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        problem.GetProperty("title").GetString().ShouldNotBeNullOrWhiteSpace();
        return problem.GetProperty("code").GetString();
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, object body, string? key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return client.SendAsync(request, Stop);
    }

    /// <summary>What the customer's phone shows of the business, oldest first.</summary>
    private static async Task<List<string>> OnPhoneAsync(TalkingShop shop) =>
        [.. (await shop.Simulator.GetAsync($"/sim/customers/{SimulatorFixture.Customer}/messages?from=business")).GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("text").GetString()!)];

    private static async Task<long> UsedAsync(TalkingShop shop) =>
        (await shop.Api.GetFromJsonAsync<JsonElement>("/api/usage", Stop)).GetProperty("aiMessages").GetProperty("used").GetInt64();

    private static Guid Connection(TalkingShop shop)
    {
        using var db = shop.App.Get<ReadDb>().Open();
        return db.Set<Connection>().Single().Id;
    }

    /// <summary>Repeats the question, and remembers what it was given.</summary>
    private sealed class Listener : IAnswerer
    {
        public List<Question> Asked { get; } = [];

        public Task<Answer> AnswerAsync(Question question, CancellationToken cancellationToken)
        {
            Asked.Add(question);
            return Task.FromResult(new Answer(AnswerKind.Model, "re: " + question.Text.Replace('\n', '|'), [], new AnswerTrace()));
        }
    }
}
