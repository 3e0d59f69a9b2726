using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Accounts;
using AiBotKit.Assistant;
using AiBotKit.Channels;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Fakes;
using AiBotKit.Tests.Simulator;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels;

/// <summary>The Enable WhatsApp switch over the real wire (F44): what comes in while it is off is kept and shown, never answered by itself, and answered by one click.</summary>
public sealed class PausedTests
{
    private static readonly Dictionary<string, string?> Fast = new()
    {
        ["WhatsApp:Connections:0:MessagesPerSecond"] = "1000",
        ["WhatsApp:Connections:0:PairBurst"] = "1000",
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_comes_in_while_paused_is_kept_and_answered_by_one_click_only_and_once()
    {
        await using var shop = await TalkingShop.StartAsync(Fast);
        TalkingShop.Text(await shop.AskAsync("one")).ShouldEndWith("re: one");
        // As if it had been ten minutes ago: the wire counts in seconds.
        shop.App.Sql("UPDATE conversations SET LastInboundAt = LastInboundAt - 6000000000");
        await SwitchAsync(shop, false);
        var before = await SendsAsync(shop);
        var inbound = (await shop.ConversationAsync()).GetProperty("lastInboundAt").GetDateTimeOffset();
        var at = Now.AddSeconds(2);
        await shop.SayAsync(new { text = "two" });
        await shop.SayAsync(new { text = "three" });
        await shop.Simulator.SayAsync(new { text = "four" }, "15550100102");
        TalkingShop.Outcome((await shop.WaitAsync(all => all.Count > 0, "15550100102"))[^1]).ShouldBe("paused");
        (await shop.MessagesAsync()).Where(m => TalkingShop.Role(m) == "customer").Select(TalkingShop.Outcome).ShouldBe(["answered", "paused", "paused"]);
        (await shop.ConversationAsync()).GetProperty("lastInboundAt").GetDateTimeOffset().ShouldBeGreaterThan(inbound.AddMinutes(9), "the 24 hours go on from what came in while it was off");
        var backlog = await BacklogAsync(shop);
        (backlog.Messages, backlog.Customers, backlog.Answerable).ShouldBe((3, 2, 2));
        backlog.OldestAt!.Value.ShouldBeLessThanOrEqualTo(at);
        (await AnswerAsync(shop, HttpStatusCode.Conflict)).GetProperty("code").GetString().ShouldBe("paused");

        await SwitchAsync(shop, true);
        TalkingShop.Text(await shop.AskAsync("five")).ShouldBe("re: five", "the backlog is not answered by surprise");
        (await SendsAsync(shop)).ShouldBe(before + 1);
        (await BacklogAsync(shop)).Answerable.ShouldBe(2);

        var answer = await AnswerAsync(shop, HttpStatusCode.OK);
        (answer.GetProperty("customers").GetInt32(), answer.GetProperty("messages").GetInt32()).ShouldBe((2, 3));
        await shop.WaitAsync(all => TalkingShop.Replies(all).Any(m => TalkingShop.Text(m) == "re: two|three"));
        TalkingShop.Text(TalkingShop.Replies(await shop.WaitAsync(all => TalkingShop.Replies(all).Count == 1, "15550100102"))[^1]).ShouldEndWith("re: four");
        (await AnswerAsync(shop, HttpStatusCode.OK)).GetProperty("customers").GetInt32().ShouldBe(0, "once");
        (await BacklogAsync(shop)).ShouldBe(PausedBacklog.None);
        shop.App.Sql("SELECT count(*) FROM audit WHERE Act = 'paused_answered'").ShouldBe(1L);
    }

    /// <summary>Two tabs show "off" and both switch it on; or a script says "on" every minute.</summary>
    [Fact]
    public async Task Switched_on_again_by_a_second_tab_the_answer_under_way_still_comes()
    {
        var slow = new Held();
        await using var shop = await TalkingShop.StartAsync(Fast, services => services.AddSingleton<IAnswerer>(slow));
        await SwitchAsync(shop, false);
        await SwitchAsync(shop, true);
        await shop.Simulator.SayAsync(new { text = "one" });
        await slow.Asked.WaitAsync(TimeSpan.FromMinutes(4), Stop);
        var (epoch, audit) = (shop.App.Sql("SELECT Epoch FROM connections"), shop.App.Sql("SELECT count(*) FROM audit"));
        using (var again = await shop.Api.PatchAsJsonAsync($"/api/connections/{Connection(shop)}", new { enabled = true }, Stop))
        {
            (again.StatusCode, (await again.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("enabled").GetBoolean()).ShouldBe((HttpStatusCode.OK, true));
        }

        (shop.App.Sql("SELECT Epoch FROM connections"), shop.App.Sql("SELECT count(*) FROM audit")).ShouldBe((epoch, audit));
        slow.Release();
        TalkingShop.Text(TalkingShop.Replies(await shop.WaitAsync(all => TalkingShop.Replies(all).Count == 1))[0]).ShouldEndWith("re: one");
    }

    [Fact]
    public async Task One_click_respects_the_window_and_what_persons_have_done_and_minds_no_age_below_it()
    {
        await using var shop = await TalkingShop.StartAsync(Fast);
        await shop.AskAsync("hello");
        await shop.Simulator.SayAsync(new { text = "hi" }, "15550100202");
        await shop.WaitAsync(all => TalkingShop.Replies(all).Count == 1, "15550100202");
        await SwitchAsync(shop, false);
        await shop.PostSignedAsync(TextCallback.Body("old", "too old", "15550100201", Now.AddHours(-25)));
        await shop.PostSignedAsync(TextCallback.Body("stale", "three hours old", "15550100202", Now.AddHours(-3)));
        await shop.PostSignedAsync(TextCallback.Body("off", "AI is off here", SimulatorFixture.Customer, Now));
        await shop.SwitchAsync(false);
        await SwitchAsync(shop, true);
        (await BacklogAsync(shop)).Answerable.ShouldBe(1);

        var answer = await AnswerAsync(shop, HttpStatusCode.OK);
        (answer.GetProperty("customers").GetInt32(), answer.GetProperty("late").GetInt32(), answer.GetProperty("withPerson").GetInt32()).ShouldBe((1, 1, 1));
        TalkingShop.Text(TalkingShop.Replies(await shop.WaitAsync(all => TalkingShop.Replies(all).Count == 2, "15550100202"))[^1]).ShouldEndWith("re: three hours old");
        TalkingShop.Outcome((await shop.MessagesAsync("15550100201"))[^1]).ShouldBe("paused");
    }

    [Fact]
    public async Task A_stop_word_written_during_a_pause_holds_and_is_never_answered()
    {
        await using var shop = await TalkingShop.StartAsync(Fast);
        await shop.AskAsync("hello");
        await SwitchAsync(shop, false);
        var before = await SendsAsync(shop);
        await shop.SayAsync(new { text = "and?" });
        TalkingShop.Outcome(await shop.SayAsync(new { text = "STOP" })).ShouldBe("paused");
        (await shop.ConversationAsync()).GetProperty("aiReplies").GetBoolean().ShouldBeFalse();
        await SwitchAsync(shop, true);
        (await AnswerAsync(shop, HttpStatusCode.OK)).GetProperty("withPerson").GetInt32().ShouldBe(1);
        (await SendsAsync(shop)).ShouldBe(before);
    }

    [Fact]
    public async Task Null_counts_as_on_and_another_account_has_no_such_connection()
    {
        await using var shop = await TalkingShop.StartAsync(Fast);
        shop.App.Sql("UPDATE connections SET Enabled = NULL");
        TalkingShop.Text(await shop.AskAsync("one")).ShouldEndWith("re: one");
        (await shop.App.Get<SwitchConnection>().RunAsync(Guid.NewGuid(), Connection(shop), false, Actor.System, Stop)).ShouldBeFalse();
        (await shop.App.Get<AnswerPaused>().RunAsync(Guid.NewGuid(), Connection(shop), Actor.System)).Verdict.ShouldBe(PausedVerdict.NotFound);
        (await shop.App.Get<ReadPaused>().RunAsync(Guid.NewGuid(), Connection(shop), Stop)).ShouldBe(PausedBacklog.None);
    }

    /// <summary>Promise 2 for the switch: two tabs, 1,000 toggles, customers writing all the time.</summary>
    [Fact]
    public async Task A_thousand_toggles_of_two_tabs_under_load_leave_no_send_begun_after_a_pause()
    {
        await using var shop = await TalkingShop.StartAsync(Fast, services => services.AddSingleton<IAnswerer>(new Echo()), 0, "PairBurst=100000", "MessagesPerSecond=100000", "Log=false");
        await shop.AskAsync("warm");
        for (var i = 0; i < 60; i++)
        {
            // The provider takes a reply only to whom it saw writing.
            await shop.Simulator.SayAsync(new { text = "hi" }, $"1555{200 + i:D7}");
        }

        await UntilAsync(shop, "SELECT count(*) FROM messages WHERE Role = 0 AND Outcome = 'answered'", 61);
        // Looks into the very transaction in which a send begins.
        shop.App.Sql("CREATE TABLE begun (RowEpoch INTEGER, Epoch INTEGER, IsOn INTEGER)");
        shop.App.Sql(
            """
            CREATE TRIGGER begins AFTER UPDATE OF State ON outbox WHEN NEW.State = 1 BEGIN
                INSERT INTO begun SELECT NEW.ConnectionEpoch, n.Epoch, ifnull(n.Enabled, 1) FROM connections n WHERE n.Id = NEW.ConnectionId;
            END
            """);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var said = 0;
        var crowd = Enumerable.Range(0, 4).Select(line => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                var number = Interlocked.Increment(ref said);
                (await shop.PostSignedAsync(TextCallback.Body($"load{number}", $"question {number}", $"1555{200 + (number % 60):D7}"))).ShouldBe(200);
            }
        })).ToList();

        var (toggles, random) = (0, new Random(LongRun.Seed()));
        while (toggles < 1_000)
        {
            bool[][] tabs = [.. Enumerable.Range(0, 2).Select(_ => Enumerable.Range(0, 10).Select(_ => random.Next(2) == 0).ToArray())];
            await Task.WhenAll(tabs.Select(tab => Task.Run(async () =>
            {
                foreach (var on in tab)
                {
                    await SwitchAsync(shop, on);
                }
            })));
            toggles += 20;

            // Both tabs have their answers; this one is the last word.
            await SwitchAsync(shop, false);
            await AnsweredAsync(shop);
            var sends = await SendsAsync(shop);
            (await shop.PostSignedAsync(TextCallback.Body($"paused{toggles}", "Anybody?", $"1555{200 + (toggles % 60):D7}"))).ShouldBe(200);
            shop.App.Sql($"SELECT Outcome FROM messages WHERE ProviderMessageId = 'paused{toggles}'").ShouldBe("paused");
            (await SendsAsync(shop)).ShouldBe(sends, "the provider was handed nothing while it was off");
            await SwitchAsync(shop, true);
            if (toggles % 100 == 0)
            {
                // The switch is quicker than an answer: now and then it stays on until one begins to be sent.
                var begun = (long)shop.App.Sql("SELECT count(*) FROM begun")!;
                await UntilAsync(shop, $"SELECT count(*) > {begun} FROM begun", 1);
            }
        }

        await over.CancelAsync();
        await Task.WhenAll(crowd);
        await SwitchAsync(shop, false);
        await AnsweredAsync(shop);
        var last = await SendsAsync(shop);
        shop.App.Get<IMessageStore>().ReadDueWork(10).ShouldBeEmpty("nothing is due while it is off");
        shop.App.Sql("SELECT count(*) FROM begun WHERE IsOn = 0 OR RowEpoch <> Epoch").ShouldBe(0L);
        ((long)shop.App.Sql("SELECT count(*) FROM begun")!).ShouldBeGreaterThan(0);
        shop.App.Sql("SELECT count(*) FROM messages WHERE Role = 0 AND Outcome IS NULL").ShouldBe(0L);
        ((long)shop.App.Sql("SELECT count(*) FROM messages WHERE Role = 0")!).ShouldBe(said + 111, "no message of a customer is lost");
        await SwitchAsync(shop, true);
        TalkingShop.Text(await shop.AskAsync("still there?")).ShouldBe("re: still there?");
        (await SendsAsync(shop)).ShouldBe(last + 1, "nothing of the pauses came after");
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static Guid Connection(TalkingShop shop)
    {
        using var db = shop.App.Get<ReadDb>().Open();
        return db.Set<Connection>().Single().Id;
    }

    /// <summary>What was on the wire when the switch was answered has its answer, and is counted.</summary>
    private static Task AnsweredAsync(TalkingShop shop) => UntilAsync(shop, "SELECT count(*) FROM outbox WHERE State = 1", 0);

    private static Task UntilAsync(TalkingShop shop, string sql, long expected) => Patience.UntilAsync(() => (long)shop.App.Sql(sql)! == expected, sql);

    private static async Task SwitchAsync(TalkingShop shop, bool on) =>
        (await shop.App.Get<SwitchConnection>().RunAsync(shop.App.Get<FirstAccount>().Id, Connection(shop), on, Actor.System, Stop)).ShouldBeTrue();

    private static Task<PausedBacklog> BacklogAsync(TalkingShop shop) => shop.App.Get<ReadPaused>().RunAsync(shop.App.Get<FirstAccount>().Id, Connection(shop), Stop);

    private static async Task<JsonElement> AnswerAsync(TalkingShop shop, HttpStatusCode expected)
    {
        using var answer = await shop.Api.PostAsync($"/api/connections/{Connection(shop)}/answer-paused", null, Stop);
        answer.StatusCode.ShouldBe(expected);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private static async Task<long> SendsAsync(TalkingShop shop) => (await shop.Simulator.GetAsync("/sim/counters")).GetProperty("sends").GetInt64();

    /// <summary>Answers when it is let.</summary>
    private sealed class Held : IAnswerer
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _let = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task;

        public void Release() => _let.SetResult();

        public async Task<Answer> AnswerAsync(Question question, CancellationToken cancellationToken)
        {
            _asked.TrySetResult();
            await _let.Task.WaitAsync(cancellationToken);
            return new Answer(AnswerKind.Model, "re: " + question.Text, [], new AnswerTrace());
        }
    }

    private sealed class Echo : IAnswerer
    {
        public Task<Answer> AnswerAsync(Question question, CancellationToken cancellationToken) =>
            Task.FromResult(new Answer(AnswerKind.Model, "re: " + question.Text, [], new AnswerTrace()));
    }
}
