using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AiBotKit.Assistant;
using AiBotKit.Channels;
using AiBotKit.Channels.WhatsApp;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using AiBotKit.Tests.Channels.WhatsApp;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations;

/// <summary>Dead letters over HTTP: what could not be processed is processed once when it can be, and else says why not.</summary>
public sealed class DeadLetterReplayTests
{
    private const string Words = "Hi! What are your opening hours?";

    [Fact]
    public async Task An_item_that_the_store_refused_is_stored_and_answered_by_its_replay_and_only_once()
    {
        await using var shop = await TalkingShop.StartAsync();
        shop.App.Sql($"CREATE TRIGGER refuse BEFORE INSERT ON messages WHEN NEW.Text = '{Words}' BEGIN SELECT RAISE(ABORT, 'refused'); END");
        var body = Body();
        (await shop.PostSignedAsync(body)).ShouldBe(200);
        var letter = (await shop.DeadLettersAsync()).ShouldHaveSingleItem().GetProperty("id").GetGuid();
        (await shop.MessagesAsync()).ShouldBeEmpty();

        (await ReplayAsync(shop, letter)).ShouldBe((422, "unusable"));
        shop.App.Sql("DROP TRIGGER refuse");
        (await ReplayAsync(shop, letter)).ShouldBe((200, null));
        (await ReplayAsync(shop, letter)).ShouldBe((409, "already_replayed"));
        (await shop.PostSignedAsync(body)).ShouldBe(200);

        var all = await shop.WaitAsync(all => TalkingShop.Replies(all).Count > 0);
        TalkingShop.Outcome(all.Where(m => TalkingShop.Role(m) == "customer").ShouldHaveSingleItem()).ShouldBe("answered");
        TalkingShop.Replies(all).ShouldHaveSingleItem();
        (await shop.DeadLettersAsync())[0].GetProperty("replayedAt").ValueKind.ShouldBe(JsonValueKind.String);
    }

    [Fact]
    public async Task A_message_that_came_in_again_is_not_stored_a_second_time()
    {
        await using var shop = await TalkingShop.StartAsync();
        shop.App.Sql($"CREATE TRIGGER refuse BEFORE INSERT ON messages WHEN NEW.Text = '{Words}' BEGIN SELECT RAISE(ABORT, 'refused'); END");
        var body = Body();
        (await shop.PostSignedAsync(body)).ShouldBe(200);
        shop.App.Sql("DROP TRIGGER refuse");
        (await shop.PostSignedAsync(body)).ShouldBe(200);
        var letter = (await shop.DeadLettersAsync()).ShouldHaveSingleItem().GetProperty("id").GetGuid();
        (await ReplayAsync(shop, letter)).ShouldBe((409, "already_stored"));
        (await ReplayAsync(shop, letter)).ShouldBe((409, "already_replayed"));
        (await shop.MessagesAsync()).Count(m => TalkingShop.Role(m) == "customer").ShouldBe(1);
    }

    [Fact]
    public async Task What_cannot_be_parsed_says_why_until_it_can_be()
    {
        await using var shop = await TalkingShop.StartAsync();
        (await shop.PostSignedAsync(WireFixtures.Bytes("hostile-messages-mixed-bad-good.json"))).ShouldBe(200);
        (await shop.PostSignedAsync(WireFixtures.Bytes("hostile-raw-nan.txt"))).ShouldBe(200);
        var letters = await shop.DeadLettersAsync();
        letters.Select(l => l.GetProperty("kind").GetString()).Distinct().ShouldBe(["webhook_item", "webhook_body"], ignoreOrder: true);
        foreach (var letter in letters)
        {
            using var refused = await shop.Api.PostAsync(Path(letter.GetProperty("id").GetGuid()), null, TestContext.Current.CancellationToken);
            ((int)refused.StatusCode).ShouldBe(422);
            var problem = await refused.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            problem.GetProperty("title").GetString()!.ShouldContain(letter.GetProperty("reason").GetString()!);
        }

        // A later version understands them: for the test, by other bytes.
        var item = JsonDocument.Parse(Body()).RootElement.GetProperty("entry")[0].GetProperty("changes")[0].GetProperty("value").GetProperty("messages")[0].GetRawText();
        await SetRawAsync(shop, "webhook_item", Encoding.UTF8.GetBytes(item));
        (await ReplayAsync(shop, letters.First(l => l.GetProperty("kind").GetString() == "webhook_item").GetProperty("id").GetGuid())).ShouldBe((200, null));
        (await shop.MessagesAsync()).ShouldContain(m => TalkingShop.Text(m) == Words);
        await SetRawAsync(shop, "webhook_body", Body("wamid.ANOTHER"));
        (await ReplayAsync(shop, letters.Single(l => l.GetProperty("kind").GetString() == "webhook_body").GetProperty("id").GetGuid())).ShouldBe((200, null));
        (await shop.MessagesAsync()).Count(m => TalkingShop.Text(m) == Words).ShouldBe(2);
    }

    [Fact]
    public async Task Only_its_account_can_replay_it_and_what_belongs_to_nobody_is_the_operators()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        var now = TimeProvider.System.GetUtcNow();
        var (foreign, nobodys) = (Guid.CreateVersion7(now), Guid.CreateVersion7(now));
        await shop.App.Get<IDataWriter>().SaveAsync(db =>
        {
            db.Add(new DeadLetter { Id = foreign, AccountId = Guid.CreateVersion7(now), Kind = "webhook_body", Reason = "not JSON", Raw = Body("wamid.FOREIGN"), CreatedAt = now });
            db.Add(new DeadLetter { Id = nobodys, Kind = "webhook_body", Reason = "not JSON", Raw = Body("wamid.NOBODYS"), CreatedAt = now });
        });
        (await ReplayAsync(shop, foreign)).ShouldBe((404, "not_found"));
        (await ReplayAsync(shop, Guid.CreateVersion7(now))).ShouldBe((404, "not_found"));
        var account = shop.App.Get<AiBotKit.Accounts.FirstAccount>().Id;
        (await shop.App.Get<ReplayDeadLetter>().RunAsync(account, isOperator: false, nobodys, Actor.System, TestContext.Current.CancellationToken)).ShouldBeNull();
        (await ReplayAsync(shop, nobodys)).ShouldBe((200, null));
    }

    [Fact]
    public async Task An_item_of_one_account_never_lands_with_another()
    {
        await using var shop = await TalkingShop.StartAsync();
        shop.App.Sql($"CREATE TRIGGER refuse BEFORE INSERT ON messages WHEN NEW.Text = '{Words}' BEGIN SELECT RAISE(ABORT, 'refused'); END");
        (await shop.PostSignedAsync(Body())).ShouldBe(200);
        shop.App.Sql("DROP TRIGGER refuse");
        var letter = (await shop.DeadLettersAsync()).Single().GetProperty("id").GetGuid();

        // The number has moved to another business meanwhile.
        shop.App.Sql("UPDATE connections SET AccountId = zeroblob(16); UPDATE chatbots SET AccountId = zeroblob(16)");
        (await ReplayAsync(shop, letter)).ShouldBe((409, "unknown_number"));
        shop.App.Sql("SELECT count(*) FROM messages").ShouldBe(0L);
    }

    [Fact]
    public async Task A_message_that_breaks_the_assistant_ends_as_a_dead_letter_after_five_tries_others_go_on_and_its_replay_answers_it()
    {
        var model = new PoisonedModel();
        await using var shop = await TalkingShop.StartAsync(model);
        await shop.Simulator.SayAsync(new { text = "poison" });
        await shop.Simulator.SayAsync(new { text = "Do you deliver?" }, "15550100102");
        await shop.WaitAsync(all => TalkingShop.Replies(all).Count == 1, "15550100102");
        await shop.WaitAsync(all => all.Any(m => TalkingShop.Outcome(m) == "dead_letter"));
        model.Tries.ShouldBe(5);
        var letter = (await shop.DeadLettersAsync()).ShouldHaveSingleItem();
        letter.GetProperty("kind").GetString().ShouldBe("turn");

        model.Healed = true;
        var id = letter.GetProperty("id").GetGuid();
        (await ReplayAsync(shop, id)).ShouldBe((200, null));
        (await ReplayAsync(shop, id)).ShouldBe((409, "already_replayed"));
        // An answer that waits would rightly be taken back and given together with the next one.
        await shop.WaitAsync(all => TalkingShop.Replies(all) is [var one] && TalkingShop.Status(one) is not ("new" or "sending" or "unconfirmed"));
        await shop.AskAsync("And on Sunday?");
        var all = await shop.MessagesAsync();
        all.Where(m => TalkingShop.Role(m) == "customer").ShouldAllBe(m => TalkingShop.Outcome(m) == "answered");
        all.Count(m => TalkingShop.Role(m) == "assistant" && TalkingShop.Text(m).Contains("re: poison", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Theory]
    [InlineData("ai_off")]
    [InlineData("paused")]
    [InlineData("late")]
    [InlineData("window_closed")]
    [InlineData("answered_by_person")]
    [InlineData("nothing_open")]
    [InlineData(null)]
    public async Task A_turn_is_tried_again_only_when_the_AI_may_still_answer_it(string? code)
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        var now = TimeProvider.System.GetUtcNow();
        var letter = Guid.CreateVersion7(now);
        await shop.App.Get<IDataWriter>().SaveAsync(db =>
        {
            var conversation = db.Set<Conversation>().Single();
            var said = db.Set<Message>().Single(m => m.Role == MessageRole.Customer);
            db.Add(new DeadLetter { Id = letter, AccountId = conversation.AccountId, ConversationId = conversation.Id, Kind = "turn", Reason = "answering failed five times", CreatedAt = now });
            said.Outcome = code == "nothing_open" ? "human" : "dead_letter";
            said.At = code == "late" ? now.AddHours(-2) : said.At;
            conversation.AiReplies = code != "ai_off";
            conversation.LastInboundAt = code == "window_closed" ? now.AddDays(-1) : conversation.LastInboundAt;
            db.Set<Connection>().Single().Enabled = code != "paused";
            if (code == "answered_by_person")
            {
                db.Add(new Message { Id = letter, AccountId = conversation.AccountId, ConversationId = conversation.Id, Role = MessageRole.Owner, Type = "text", Text = "I did", At = now, CreatedAt = now, Status = MessageStatus.Sent });
            }
        });

        (await ReplayAsync(shop, letter)).ShouldBe((code is null ? 200 : 409, code));
        if (code is null)
        {
            await shop.WaitAsync(all => TalkingShop.Replies(all).Count == 2);
        }
        else
        {
            TalkingShop.Replies(await shop.MessagesAsync()).Count.ShouldBe(1);
            shop.App.Sql("SELECT count(*) FROM work").ShouldBe(0L);
        }
    }

    [Fact]
    public void The_key_of_what_was_not_understood_is_never_the_key_of_a_message()
    {
        var keys = new DedupKeys(new byte[32]);
        var raw = "{}"u8.ToArray();
        keys.OfUnusable("1", raw).ShouldNotBe(keys.Of("1", null, raw));
        keys.OfUnusable("1", raw).ShouldNotBe(keys.Of("1", "{}", raw));
    }

    private static byte[] Body(string id = "wamid.REPLAYED") =>
        Encoding.UTF8.GetBytes(System.Text.RegularExpressions.Regex.Replace(WireFixtures.Text("inbound-text.json"), "\"wamid[^\"]*\"", $"\"{id}\"")
            .Replace("\"1784000000\"", $"\"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}\"", StringComparison.Ordinal));

    private static string Path(Guid letter) => $"/api/dead-letters/{letter}/replay";

    private static async Task<(int Status, string? Code)> ReplayAsync(TalkingShop shop, Guid letter)
    {
        using var answer = await shop.Api.PostAsync(Path(letter), null, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, text.Length > 0 && JsonDocument.Parse(text).RootElement.TryGetProperty("code", out var code) ? code.GetString() : null);
    }

    private static Task SetRawAsync(TalkingShop shop, string kind, byte[] raw) =>
        shop.App.Get<IDataWriter>().SaveAsync(db => db.Set<DeadLetter>().Where(d => d.Kind == kind).ToList().ForEach(d => d.Raw = raw));

    private sealed class PoisonedModel : IAnswerer
    {
        private int _tries;

        public bool Healed { get; set; }

        public int Tries => _tries;

        public Task<Answer> AnswerAsync(Question question, CancellationToken cancellationToken)
        {
            if (question.Text.StartsWith("poison", StringComparison.Ordinal) && !Healed)
            {
                Interlocked.Increment(ref _tries);
                throw new InvalidOperationException("poisoned");
            }

            return Task.FromResult(new Answer(AnswerKind.Model, "re: " + question.Text, [], new AnswerTrace()));
        }
    }
}
