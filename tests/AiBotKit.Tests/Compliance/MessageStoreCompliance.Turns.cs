using AiBotKit.Accounts;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Compliance;

/// <summary>Turns: one at a time, committed only if nobody overtook them, within window and quota; crashes are counted.</summary>
public abstract partial class MessageStoreCompliance
{
    [Fact]
    public async Task A_turn_is_claimed_once_and_not_before_it_is_due()
    {
        await IngestAsync(Says("m1", "a"));
        var conversation = Message("m1").ConversationId;
        (await Store.BeginTurnAsync(conversation, _run, false, _now)).ShouldBeFalse("the quiet window is open");
        Store.ReadDueWork(10).Single().Turn.DueAt.ShouldBe(_now + Quiet);
        Pass(Quiet);
        (await Store.BeginTurnAsync(conversation, _run, false, _now)).ShouldBeTrue();
        (await Store.BeginTurnAsync(conversation, Guid.CreateVersion7(), false, _now)).ShouldBeFalse("somebody has it");
        Store.ReadDueWork(10).ShouldBeEmpty();
        await Store.ReleaseTurnAsync(conversation, _run, _now, false, _now);
        Store.ReadDueWork(10).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_committed_turn_is_reply_outbox_usage_and_outcome_together()
    {
        var (conversation, row) = await AnsweredAsync();
        (row.State, row.Text, row.Recipient, row.ConversationId, row.AccountId).ShouldBe((OutboxState.New, "Yes.", "15550100101", conversation, One.AccountId));
        (Message("m1").Outcome, Message("m1").TurnId).ShouldBe(("answered", row.TurnId));
        Read(db => db.Set<UsageCounter>().Single().AiMessages).ShouldBe(1);
        Work(conversation).ShouldBeNull();
        Reply(row).Status.ShouldBe(MessageStatus.New);
    }

    [Fact]
    public async Task The_turn_reads_the_customers_order()
    {
        await IngestAsync(Says("m2", "second", at: Start.AddSeconds(-1)), Says("m1", "first", at: Start.AddSeconds(-5)), Says("m3", "third", at: Start.AddSeconds(-1)));
        Pass(Quiet);
        (await BeginAsync(Message("m1").ConversationId)).Unanswered.Select(m => m.Text).ShouldBe(["first", "second", "third"]);
    }

    [Fact]
    public async Task A_message_in_the_second_of_the_reply_it_follows_is_listed_after_it()
    {
        var (conversation, row) = await AnsweredAsync();
        Pass(TimeSpan.FromMilliseconds(300));
        // The provider's clock has whole seconds: written after the reply, and dated before it.
        await IngestAsync(Says("m2", "Thanks", at: Start.AddSeconds(1)));
        Read(db => db.Set<Message>().Where(m => m.ConversationId == conversation).OrderBy(m => m.At).ThenBy(m => m.Seq).Select(m => m.Text).ToList()).ShouldBe(["Hello?", row.Text, "Thanks"]);
    }

    [Fact]
    public async Task Work_is_announced_with_its_account_the_customers_time_and_never_later_than_the_cap()
    {
        var told = new List<DueTurn>();
        _under.Signals.TurnDue += told.Add;
        for (var i = 0; i < 10; i++)
        {
            await IngestAsync(Says($"m{i}", "and", at: Start.AddHours(-1)));
            Pass(TimeSpan.FromSeconds(1));
        }

        var conversation = Message("m0").ConversationId;
        told.Count.ShouldBe(10);
        told[0].ShouldBe(new DueTurn(conversation, One.AccountId, Start + Quiet, Start.AddHours(-1)));
        told[7].DueAt.ShouldBe(Start + Cap, "1.5 s after the eighth would be later");
        told[9].DueAt.ShouldBe(Start.AddSeconds(9), "the cap is over: now");
        Store.ReadDueWork(10).Single().Turn.ShouldBe(told[9], "the sweep sees the same");
    }

    [Fact]
    public async Task A_newer_message_has_the_turn_redone_once_and_then_left_to_the_next()
    {
        await IngestAsync(Says("m1", "a"));
        Pass(Quiet);
        var turn = await BeginAsync(Message("m1").ConversationId);
        await IngestAsync(Says("m2", "b"));
        (await Store.CommitTurnAsync(Answer(turn))).ShouldBe(TurnResult.NewerMessage);
        Outbox().ShouldBeEmpty();
        var again = Store.ReadTurn(turn.ConversationId, _now).ShouldNotBeNull();
        (again.Redone, again.Unanswered.Count).ShouldBe((true, 2));
        await IngestAsync(Says("m3", "c"));
        (await Store.CommitTurnAsync(Answer(again) with { AllowNewer = true })).ShouldBe(TurnResult.Committed);
        (Message("m2").Outcome, Message("m3").Outcome).ShouldBe(("answered", null));
        var next = Work(turn.ConversationId).ShouldNotBeNull();
        (next.RunId, next.Redone, next.DueAt).ShouldBe((null, false, _now));
    }

    [Fact]
    public async Task A_reaction_is_no_newer_message()
    {
        await IngestAsync(Says("m1", "a"));
        Pass(Quiet);
        var turn = await BeginAsync(Message("m1").ConversationId);
        await IngestAsync(Reacts("r1", Phone("15550100101")));
        (await Store.CommitTurnAsync(Answer(turn))).ShouldBe(TurnResult.Committed);
    }

    [Fact]
    public async Task New_content_while_a_reply_waits_gets_one_answer_to_everything()
    {
        var (conversation, row) = await AnsweredAsync();
        await IngestAsync(Says("m2", "And?"));
        (Sent(row.Id).State, Sent(row.Id).EndReason).ShouldBe((OutboxState.Cancelled, "superseded"));
        Reply(row).Status.ShouldBe(MessageStatus.Cancelled);
        Read(db => db.Set<UsageCounter>().Single().AiMessages).ShouldBe(0);
        Pass(Cap);
        (await BeginAsync(conversation)).Unanswered.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_reply_of_which_a_part_has_left_is_not_taken_back()
    {
        await IngestAsync(Says("m1", "a"));
        Pass(Quiet);
        await Store.CommitTurnAsync(Answer(await BeginAsync(Message("m1").ConversationId), "one", "two"));
        var rows = Outbox();
        rows.Select(r => (r.Part, r.Text)).ShouldBe([(0, "one"), (1, "two")]);
        await RecordAsync(await ClaimAsync(rows[0].Id), new SendOutcome.Accepted("w1"));
        await IngestAsync(Says("m2", "b"));
        Sent(rows[1].Id).State.ShouldBe(OutboxState.New);
        Message("m1").Outcome.ShouldBe("answered");
    }

    [Fact]
    public async Task A_human_act_overtakes_the_turn_and_its_draft_is_kept()
    {
        await IngestAsync(Says("m1", "a"));
        Pass(Quiet);
        var turn = await BeginAsync(Message("m1").ConversationId);
        await Store.SwitchAiRepliesAsync(One.AccountId, turn.ConversationId, false, Actor.System, "off", _now);
        (await Store.CommitTurnAsync(Answer(turn))).ShouldBe(TurnResult.Overtaken);
        Outbox().ShouldBeEmpty();
        Message("m1").Outcome.ShouldBe("human");
        Read(db => db.Set<Turn>().Single().Result).ShouldBe("suggestion");
    }

    [Fact]
    public async Task A_turn_of_an_earlier_run_cannot_commit()
    {
        await IngestAsync(Says("m1", "a"));
        Pass(Quiet);
        var turn = await BeginAsync(Message("m1").ConversationId);
        await Store.RecoverAsync(AmbiguousWait, _now);
        (await Store.CommitTurnAsync(Answer(turn))).ShouldBe(TurnResult.Overtaken);
        Message("m1").Outcome.ShouldBeNull("the next run answers it");
    }

    [Fact]
    public async Task No_reply_of_the_AI_is_committed_in_the_last_minute_of_the_window()
    {
        await IngestAsync(Says("m1", "a", at: Start.AddHours(-24).AddSeconds(61)));
        Pass(Quiet);
        var turn = await BeginAsync(Message("m1").ConversationId);
        (await Store.CommitTurnAsync(Answer(turn) with { Counts = false, AnswerKind = "fallback" })).ShouldBe(TurnResult.WindowClosed, "a fallback is a reply too");
        Message("m1").Outcome.ShouldBe("window");
        Outbox().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_quota_holds_exactly_at_its_limit()
    {
        await _under.ChangeAsync(db => db.Set<Account>().Single(a => a.Id == One.AccountId).MonthlyAiMessages = 2);
        var turns = new List<TurnSnapshot>();
        for (var i = 0; i < 5; i++)
        {
            await IngestAsync(Says($"m{i}", "a", Phone($"1555010010{i}")));
        }

        Pass(Quiet);
        for (var i = 0; i < 5; i++)
        {
            turns.Add(await BeginAsync(Message($"m{i}").ConversationId));
        }

        var results = await Task.WhenAll(turns.Select(turn => Store.CommitTurnAsync(Answer(turn))));
        results.Count(r => r == TurnResult.Committed).ShouldBe(2);
        results.Count(r => r == TurnResult.QuotaExhausted).ShouldBe(3);
        Read(db => db.Set<UsageCounter>().Single().AiMessages).ShouldBe(2);
        Read(db => db.Set<Message>().Count(m => m.Outcome == "quota")).ShouldBe(3);
    }

    [Fact]
    public async Task An_unclean_stop_has_the_turn_run_alone_and_the_fifth_crash_buries_it()
    {
        await IngestAsync(Says("m1", "poison"));
        Pass(Quiet);
        var conversation = Message("m1").ConversationId;
        await BeginAsync(conversation);
        await Store.RecoverAsync(AmbiguousWait, _now);
        Work(conversation).ShouldNotBeNull().Attempts.ShouldBe(0, "others were in a turn too, perhaps: nothing is counted yet");
        for (var crash = 2; crash <= 5; crash++)
        {
            Store.ReadDueWork(10).Single().Alone.ShouldBe(AloneState.Wanted);
            (await Store.BeginTurnAsync(conversation, _run, true, _now)).ShouldBeTrue();
            await Store.RecoverAsync(AmbiguousWait, _now);
            await Store.RecoverAsync(AmbiguousWait, _now);
        }

        Work(conversation).ShouldBeNull();
        Message("m1").Outcome.ShouldBe("dead_letter");
        Read(db => db.Set<DeadLetter>().Single().Kind).ShouldBe("turn");
        Conversation("wa_15550100101").WaitingReason.ShouldBe("dead_letter");
    }

    [Fact]
    public async Task Who_was_only_near_a_crash_loses_the_count_with_its_answer()
    {
        await IngestAsync(Says("m1", "a"));
        Pass(Quiet);
        var conversation = Message("m1").ConversationId;
        await BeginAsync(conversation);
        await Store.RecoverAsync(AmbiguousWait, _now);
        (await Store.BeginTurnAsync(conversation, _run, true, _now)).ShouldBeTrue();
        await Store.RecoverAsync(AmbiguousWait, _now);
        Work(conversation).ShouldNotBeNull().Attempts.ShouldBe(2);
        (await Store.BeginTurnAsync(conversation, _run, true, _now)).ShouldBeTrue();
        var turn = Store.ReadTurn(conversation, _now).ShouldNotBeNull();
        await IngestAsync(Says("m2", "b"));
        (await Store.CommitTurnAsync(Answer(turn) with { AllowNewer = true })).ShouldBe(TurnResult.Committed);
        Work(conversation).ShouldNotBeNull().ShouldSatisfyAllConditions(w => w.Attempts.ShouldBe(0), w => w.Alone.ShouldBe(AloneState.No));
    }

    [Fact]
    public async Task Work_is_not_put_off_by_a_clock_that_was_set_back()
    {
        await IngestAsync(Says("m1", "a"));
        Pass(TimeSpan.FromDays(-1));
        await Store.ReconcileAsync(AmbiguousWait, _now);
        (await Store.BeginTurnAsync(Message("m1").ConversationId, _run, false, _now)).ShouldBeTrue();
    }
}
