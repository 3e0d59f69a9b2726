using AiBotKit.Accounts;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Compliance;

/// <summary>AI messages of a billing period: taken with the reply, never more than the limit, given back where they were taken from (F45).</summary>
public abstract partial class MessageStoreCompliance
{
    [Fact]
    public async Task Of_500_racing_turns_exactly_as_many_get_through_as_the_limit_has()
    {
        for (var round = 0; round < LongRun.Count(5, 50); round++)
        {
            var from = round * 500;
            await _under.ChangeAsync(db =>
            {
                var account = db.Set<Account>().Single(a => a.Id == One.AccountId);
                // Each round has a period of its own.
                (account.MonthlyAiMessages, account.PlanStartedAt) = (100, _now);
            });
            await Parallel.ForEachAsync(Enumerable.Range(from, 500), async (i, _) => await IngestAsync(Says($"m{i}", "a", Phone($"1555{i:D7}"))));
            Pass(Quiet);
            var turns = new TurnSnapshot[500];
            await Parallel.ForEachAsync(Enumerable.Range(0, 500), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) => turns[i] = await BeginAsync(Message($"m{from + i}").ConversationId));
            turns.ShouldAllBe(t => t.AiMessagesUsed == 0, "all of them passed the cheap check");

            // 64 at once, all let go together.
            using var start = new ManualResetEventSlim();
            var results = new TurnResult[500];
            var workers = Enumerable.Range(0, 64).Select(worker => Task.Run(async () =>
            {
                start.Wait(TestContext.Current.CancellationToken);
                for (var i = worker; i < 500; i += 64)
                {
                    results[i] = await Store.CommitTurnAsync(Answer(turns[i], "Yes.", "And more."));
                }
            })).ToArray();
            start.Set();
            await Task.WhenAll(workers);

            results.Count(r => r == TurnResult.Committed).ShouldBe(100, $"round {round}");
            results.Count(r => r == TurnResult.QuotaExhausted).ShouldBe(400);
            var period = turns[0].PeriodStart;
            Read(db => db.Set<UsageCounter>().Single(u => u.AccountId == One.AccountId && u.PeriodStart == period).AiMessages).ShouldBe(100);
            Read(db => db.Set<OutboxRow>().Count(o => o.UsagePeriod == period)).ShouldBe(100, "one unit for each reply, however many bubbles");
            Read(db => db.Set<Message>().Count(m => m.Outcome == "quota")).ShouldBe(400 * (round + 1));
            Pass(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task A_unit_is_given_back_in_the_period_it_was_taken_from()
    {
        await _under.ChangeAsync(db => db.Set<Account>().Single(a => a.Id == One.AccountId).PlanStartedAt = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));
        _now = new DateTimeOffset(2026, 6, 30, 11, 59, 0, TimeSpan.Zero);
        var old = new DateTimeOffset(2026, 5, 31, 12, 0, 0, TimeSpan.Zero);
        var (_, row) = await AnsweredAsync();
        row.UsagePeriod.ShouldBe(old);
        Used().ShouldBe([(old, 1)]);

        Pass(TimeSpan.FromMinutes(2));
        await AnsweredAsync("m2", Phone("15550100102"));
        var next = new DateTimeOffset(2026, 6, 30, 12, 0, 0, TimeSpan.Zero);
        Used().ShouldBe([(old, 1), (next, 1)]);

        await RecordAsync(await ClaimAsync(row.Id), new SendOutcome.Rejected(RejectionKind.Final, 131026, "Undeliverable."));
        Used().ShouldBe([(old, 0), (next, 1)], "the failed reply cost the period that is over, and that one gets it back");
        (await Store.SwitchConnectionAsync(One.AccountId, One.ConnectionId, false, Actor.System, _now)).ShouldBeTrue();
        Used().ShouldBe([(old, 0), (next, 0)]);
    }

    [Fact]
    public async Task Whoever_has_a_limit_is_told_of_each_count_and_of_each_refusal()
    {
        var told = new List<UsageSeen>();
        _under.Signals.UsageChanged += told.Add;
        await AnsweredAsync("m0", Phone("15550100100"));
        told.ShouldBeEmpty("no limit, nothing to tell");
        await _under.ChangeAsync(db => db.Set<Account>().Single(a => a.Id == One.AccountId).MonthlyAiMessages = 2);
        await AnsweredAsync("m1", Phone("15550100101"));
        await IngestAsync(Says("m2", "Hello?", Phone("15550100102")));
        Pass(Quiet);
        (await Store.CommitTurnAsync(Answer(await BeginAsync(Message("m2").ConversationId)))).ShouldBe(TurnResult.QuotaExhausted);
        told.Select(t => (t.AccountId, t.Used, t.Limit)).ShouldBe([(One.AccountId, 2, 2), (One.AccountId, 2, 2)]);
    }

    private List<(DateTimeOffset, long)> Used() => Read(db => db.Set<UsageCounter>().OrderBy(u => u.PeriodStart).Select(u => new { u.PeriodStart, u.AiMessages }).ToList()).ConvertAll(u => (u.PeriodStart, u.AiMessages));
}
