using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Accounts;
using AiBotKit.Assistant;
using AiBotKit.Storage;
using AiBotKit.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations;

/// <summary>Monthly AI Messages over the whole path, from the callback to the provider (F45).</summary>
public sealed class QuotaTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_500_customers_who_ask_at_once_100_are_answered_and_400_are_kept()
    {
        var answerer = new Gathering(64);
        await using var shop = await TalkingShop.StartAsync(
            new Dictionary<string, string?> { ["Plans:Unlimited:AiMessages"] = "100", ["WhatsApp:Connections:0:MessagesPerSecond"] = "1000" },
            services => services.AddSingleton<IAnswerer>(answerer), 0, "MessagesPerSecond=100000", "Log=false");
        await Parallel.ForEachAsync(Enumerable.Range(0, 500), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
            await shop.Simulator.SayAsync(new { text = "Are you open?" }, $"1555{i:D7}"));
        await UntilAsync(shop, "SELECT count(*) FROM messages WHERE Role = 0", 500);
        await UntilAsync(shop, "SELECT count(*) FROM messages WHERE Role = 0 AND Outcome IS NULL", 0);
        await UntilAsync(shop, "SELECT count(*) FROM outbox WHERE State < 3", 0);

        Count(shop, "SELECT count(*) FROM messages WHERE Role = 0 AND Outcome = 'answered'").ShouldBe(100);
        Count(shop, "SELECT count(*) FROM messages WHERE Role = 0 AND Outcome = 'quota'").ShouldBe(400);
        (await shop.Simulator.GetAsync("/sim/counters")).GetProperty("sendsAccepted").GetInt64().ShouldBe(100);
        answerer.Asked.ShouldBeInRange(100, 100 + 64, "who can see that none is left does not ask the model");
        var usage = (await shop.Api.GetFromJsonAsync<JsonElement>("/api/usage", Stop)).GetProperty("aiMessages");
        (usage.GetProperty("used").GetInt64(), usage.GetProperty("limit").GetInt64(), usage.GetProperty("left").GetInt64()).ShouldBe((100, 100, 0));

        await UntilAsync(shop, "SELECT count(*) FROM audit WHERE Act = 'ai_messages_used_up'", 1);
        Count(shop, "SELECT count(*) FROM audit WHERE Act = 'ai_messages_near'").ShouldBe(1);
        Count(shop, "SELECT count(*) FROM conversations WHERE WaitingReason = 'quota'").ShouldBe(400);
    }

    [Fact]
    public async Task The_owner_is_told_once_at_80_and_once_at_100_percent_and_a_stop_word_is_still_confirmed()
    {
        await using var shop = await TalkingShop.StartAsync(new Dictionary<string, string?> { ["Plans:Unlimited:AiMessages"] = "5" });
        var (account, now) = (shop.App.Get<FirstAccount>().Id, TimeProvider.System.GetUtcNow());
        await shop.App.Get<IDataWriter>().SaveAsync(db => db.AddRange(
            new Person { Id = Guid.CreateVersion7(), AccountId = account, Email = "ana@example.com", DisplayName = "Ana", PasswordHash = "", SecurityStamp = "", Role = PersonRole.Owner, CreatedAt = now },
            new Person { Id = Guid.CreateVersion7(), AccountId = account, Email = "abe@example.com", DisplayName = "Abe", PasswordHash = "", SecurityStamp = "", Role = PersonRole.Agent, CreatedAt = now }));
        for (var i = 1; i <= 5; i++)
        {
            await shop.AskAsync($"question {i}");
            if (i == 3)
            {
                Count(shop, "SELECT count(*) FROM audit WHERE Act LIKE 'ai_messages%'").ShouldBe(0);
            }
        }

        await UntilAsync(shop, "SELECT count(*) FROM audit WHERE Act = 'ai_messages_used_up'", 1);
        Count(shop, "SELECT count(*) FROM audit WHERE Act = 'ai_messages_near'").ShouldBe(1);
        TalkingShop.Outcome(await shop.SayAsync(new { text = "and now?" })).ShouldBe("quota");
        TalkingShop.Outcome(await shop.SayAsync(new { text = "and now?" })).ShouldBe("quota");
        TalkingShop.Text(await shop.AskAsync("STOP")).ShouldStartWith("You will get no more automatic answers");
        Count(shop, "SELECT count(*) FROM audit WHERE Act LIKE 'ai_messages%'").ShouldBe(2);
        shop.App.Sql("SELECT group_concat(\"To\" || ': ' || Subject, '; ') FROM (SELECT * FROM mails ORDER BY CreatedAt)")
            .ShouldBe("ana@example.com: Most of your AI messages are used; ana@example.com: Your AI messages are used up", "owners only, once for each");

        // The operator adds messages in the middle of the period: of the higher limit the owner hears as well.
        shop.App.Sql("UPDATE accounts SET MonthlyAiMessages = 10");
        await shop.AskAsync("START");
        for (var i = 6; i <= 10; i++)
        {
            await shop.AskAsync($"question {i}");
        }

        await UntilAsync(shop, "SELECT count(*) FROM audit WHERE Act = 'ai_messages_used_up'", 2);
        Count(shop, "SELECT count(*) FROM audit WHERE Act = 'ai_messages_near'").ShouldBe(2);
    }

    private static long Count(TalkingShop shop, string sql) => (long)shop.App.Sql(sql)!;

    private static Task UntilAsync(TalkingShop shop, string sql, long expected) => Patience.UntilAsync(() => Count(shop, sql) == expected, sql);

    /// <summary>Lets the first answers out only when so many are being made at once: all of them have seen an unused quota.</summary>
    private sealed class Gathering(int crowd) : IAnswerer
    {
        private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public async Task<Answer> AnswerAsync(Question question, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _asked) == crowd)
            {
                _full.SetResult();
            }

            await _full.Task.WaitAsync(cancellationToken);
            return new Answer(AnswerKind.Model, "Yes.", [], new AnswerTrace());
        }
    }
}
