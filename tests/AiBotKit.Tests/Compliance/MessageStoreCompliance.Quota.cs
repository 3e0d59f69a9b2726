using AiBotKit.Accounts;
using AiBotKit.Conversations;
using AiBotKit.Conversations.Drafts;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using Microsoft.EntityFrameworkCore;
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

    [Theory]
    [InlineData(true, false, 1)]
    [InlineData(false, true, 1)]
    [InlineData(false, false, 0)]
    public async Task A_reply_costs_one_when_any_part_of_it_was_taken(bool first, bool second, long cost)
    {
        await IngestAsync(Says("m1", "Hello?"));
        Pass(Quiet);
        await Store.CommitTurnAsync(Answer(await BeginAsync(Message("m1").ConversationId), "One.", "Two."));
        foreach (var (row, taken) in Outbox().Zip([first, second]))
        {
            await RecordAsync(await ClaimAsync(row.Id), taken ? new SendOutcome.Accepted("w" + row.Part) : new SendOutcome.Rejected(RejectionKind.Final, 131026, "Undeliverable."));
        }

        Used().Single().Item2.ShouldBe(cost);
    }

    [Fact]
    public async Task A_reply_that_a_person_stops_between_its_parts_is_paid_for()
    {
        await IngestAsync(Says("m1", "Hello?"));
        Pass(Quiet);
        var conversation = Message("m1").ConversationId;
        await Store.CommitTurnAsync(Answer(await BeginAsync(conversation), "One.", "Two."));
        await RecordAsync(await ClaimAsync(Outbox()[0].Id), new SendOutcome.Accepted("w1"));
        await Store.SwitchAiRepliesAsync(One.AccountId, conversation, false, Actor.System, "off", _now);
        Outbox()[1].State.ShouldBe(OutboxState.Cancelled);
        Used().Single().Item2.ShouldBe(1);
    }

    [Fact]
    public async Task What_was_accepted_is_paid_for_even_when_it_could_not_be_delivered()
    {
        var (conversation, row) = await AnsweredAsync();
        await RecordAsync(await ClaimAsync(row.Id), new SendOutcome.Accepted("w1"));
        await IngestAsync(Status("w1", DeliveryStatus.Failed) with { Failure = new SendOutcome.Rejected(RejectionKind.WindowClosed, 131047, "Closed.") });
        Sent(row.Id).State.ShouldBe(OutboxState.New, "it gets one more try");
        await Store.SwitchAiRepliesAsync(One.AccountId, conversation, false, Actor.System, "off", _now);
        Sent(row.Id).State.ShouldBe(OutboxState.Cancelled);
        Used().Single().Item2.ShouldBe(1, "more replies than the limit could be accepted otherwise");

        var (_, other) = await AnsweredAsync("m2", Phone("15550100102"));
        await RecordAsync(await ClaimAsync(other.Id), new SendOutcome.Accepted("w2"));
        await IngestAsync(Status("w2", DeliveryStatus.Failed));
        Sent(other.Id).State.ShouldBe(OutboxState.Failed);
        Used().Single().Item2.ShouldBe(2);
    }

    [Fact]
    public async Task Period_and_limit_are_those_of_the_moment_at_which_the_reply_is_made()
    {
        await _under.ChangeAsync(db => Limit(db, 1, Start));
        await IngestAsync(Says("m1", "Hello?"));
        await IngestAsync(Says("m2", "Hello?", Phone("15550100102")));
        Pass(Quiet);
        var (one, two) = (await BeginAsync(Message("m1").ConversationId), await BeginAsync(Message("m2").ConversationId));
        (await Store.CommitTurnAsync(Answer(one))).ShouldBe(TurnResult.Committed);

        // A new plan begins while the second answer is being made.
        var begins = _now;
        await _under.ChangeAsync(db => Limit(db, 5, begins));
        (await Store.CommitTurnAsync(Answer(two))).ShouldBe(TurnResult.Committed, "the plan of now has room");
        Used().ShouldBe([(Start, 1), (begins, 1)]);

        static void Limit(DbContext db, long limit, DateTimeOffset from)
        {
            var account = db.Set<Account>().Single(a => a.Id == One.AccountId);
            (account.MonthlyAiMessages, account.PlanStartedAt) = (limit, from);
        }
    }

    [Fact]
    public async Task A_refusal_tells_of_the_limit_of_now_and_not_of_the_one_it_was_decided_by()
    {
        var told = new List<UsageSeen>();
        _under.Signals.UsageChanged += told.Add;
        await _under.ChangeAsync(db => db.Set<Account>().Single(a => a.Id == One.AccountId).MonthlyAiMessages = 0);
        await IngestAsync(Says("m1", "Hello?"));
        Pass(Quiet);
        var turn = await BeginAsync(Message("m1").ConversationId);
        await _under.ChangeAsync(db => db.Set<Account>().Single(a => a.Id == One.AccountId).MonthlyAiMessages = 100);
        await Store.CommitTurnAsync(Answer(turn) with { Parts = [], Outcome = "quota", Counts = false });
        told.Select(t => (t.Used, t.Limit)).ShouldBe([(0, 100)], "a limit that was raised meanwhile is not used up");
    }

    [Fact]
    public async Task An_unsent_draft_of_an_erased_contact_costs_nothing()
    {
        var (conversation, row) = await AnsweredAsync();
        await RecordAsync(await ClaimAsync(row.Id), new SendOutcome.Accepted("w1"));
        var draft = Guid.CreateVersion7();
        await _under.ChangeAsync(db => db.Add(new ReplyDraft { Id = draft, AccountId = One.AccountId, ConversationId = conversation, Text = "We are open.", Citations = "[]", Trace = "{}", AskedBy = null, CreatedAt = _now }));
        (await Store.ReplyAsync(new PersonReply(One.AccountId, conversation, Guid.CreateVersion7(_now), "We are open.", "Ana", true, Actor.System) { DraftId = draft }, _now)).Verdict.ShouldBe(ReplyVerdict.Stored);
        Used().Single().Item2.ShouldBe(2);
        (await Store.BeginErasureAsync(Guid.CreateVersion7(), One.AccountId, [conversation], [], Actor.System, _now)).ShouldBeTrue();
        Used().Single().Item2.ShouldBe(1);
    }

    private List<(DateTimeOffset, long)> Used() => Read(db => db.Set<UsageCounter>().OrderBy(u => u.PeriodStart).Select(u => new { u.PeriodStart, u.AiMessages }).ToList()).ConvertAll(u => (u.PeriodStart, u.AiMessages));
}
