using AiBotKit.Accounts;
using AiBotKit.Channels;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Compliance;

/// <summary>The outbox: the conditional commit at which a send begins, what its end is recorded as, and what becomes of doubt.</summary>
public abstract partial class MessageStoreCompliance
{
    [Fact]
    public async Task A_row_is_claimed_once_and_carries_its_key()
    {
        var (conversation, row) = await AnsweredAsync();
        Store.ReadConversationsToSend().ShouldBe([(conversation, One.ConnectionId)]);
        var send = await ClaimAsync(row.Id);
        (send.Key, send.Attempt, send.Text, send.Recipient).ShouldBe((row.Key, 1, "Yes.", "15550100101"));
        (await Store.ClaimSendAsync(row.Id, _now)).ShouldBe(default);
        Store.ReadOpenSends(conversation).Single().State.ShouldBe(OutboxState.Sending);
        Store.CountSendsSince(conversation, _now).ShouldBe(1);
        Store.MayStillBegin(row.Id).ShouldBeTrue();
    }

    [Fact]
    public async Task No_send_begins_after_AI_off()
    {
        var (conversation, row) = await AnsweredAsync();
        (await Store.SwitchAiRepliesAsync(One.AccountId, conversation, false, Actor.System, "off", _now)).ShouldBe(false, "nothing was on the wire");
        (await Store.ClaimSendAsync(row.Id, _now)).ShouldBe(default);
        (Sent(row.Id).State, Message("m1").Outcome).ShouldBe((OutboxState.Cancelled, "human"));
        Read(db => db.Set<UsageCounter>().Single().AiMessages).ShouldBe(0);
    }

    [Fact]
    public async Task A_claim_that_an_act_overtook_may_not_put_a_byte_on_the_wire()
    {
        var (conversation, row) = await AnsweredAsync();
        var send = await ClaimAsync(row.Id);
        (await Store.SwitchAiRepliesAsync(One.AccountId, conversation, false, Actor.System, "off", _now)).ShouldBe(true, "it says so honestly");
        Store.MayStillBegin(row.Id).ShouldBeFalse();
        await RecordAsync(send, new SendOutcome.Rejected(RejectionKind.Retry, null, "not begun"));
        Pass(TimeSpan.FromMinutes(1));
        (await Store.ClaimSendAsync(row.Id, _now)).ShouldBe(default);
        (Sent(row.Id).State, Message("m1").Outcome).ShouldBe((OutboxState.Cancelled, "human"));
    }

    [Fact]
    public async Task No_send_begins_on_a_disabled_or_disconnected_connection_or_beyond_the_window()
    {
        var (_, disabled) = await AnsweredAsync("m1", Phone("15550100101"));
        var (_, late) = await AnsweredAsync("m2", Phone("15550100102"), Two);
        await _under.ChangeAsync(db => db.Set<Connection>().Single(c => c.Id == One.ConnectionId).Enabled = false);
        (await Store.ClaimSendAsync(disabled.Id, _now)).ShouldBe(default);
        Message("m1").Outcome.ShouldBe("paused");
        Pass(TimeSpan.FromHours(24));
        (await Store.ClaimSendAsync(late.Id, _now)).ShouldBe(default);
        (Sent(late.Id).State, Message("m2").Outcome).ShouldBe((OutboxState.Failed, "window"));
        Reply(late).FailureReason.ShouldNotBeNull().ShouldContain("24-hour window");
    }

    [Fact]
    public async Task An_accepted_send_takes_the_providers_id_and_an_unreadable_answer_none()
    {
        var (_, row) = await AnsweredAsync();
        await RecordAsync(await ClaimAsync(row.Id), new SendOutcome.Accepted("w1"));
        (Sent(row.Id).State, Reply(row).Status, Reply(row).ProviderMessageId).ShouldBe((OutboxState.Accepted, MessageStatus.Accepted, "w1"));
        var (_, other) = await AnsweredAsync("m2", Phone("15550100102"));
        await RecordAsync(await ClaimAsync(other.Id), new SendOutcome.Accepted(null));
        (Sent(other.Id).State, Reply(other).ProviderMessageId).ShouldBe((OutboxState.Accepted, null));
        Pass(TimeSpan.FromHours(1));
        await Store.ReconcileAsync(AmbiguousWait, _now);
        Sent(other.Id).State.ShouldBe(OutboxState.Accepted, "it is never resent");
    }

    [Fact]
    public async Task A_passing_refusal_is_tried_again_later_and_a_final_one_is_told()
    {
        var (conversation, row) = await AnsweredAsync();
        await RecordAsync(await ClaimAsync(row.Id), new SendOutcome.Rejected(RejectionKind.Retry, 131016, "busy"));
        var again = Store.ReadOpenSends(conversation).Single();
        (again.State, again.DueAt).ShouldBe((OutboxState.New, _now.AddSeconds(1)));
        (await Store.ClaimSendAsync(row.Id, _now)).ShouldBe(default, "it is not due");
        Pass(TimeSpan.FromSeconds(1));
        var second = await ClaimAsync(row.Id);
        second.Key.ShouldBe(row.Key + ".2");
        await RecordAsync(second, new SendOutcome.Rejected(RejectionKind.Final, 131026, "The number is not on WhatsApp."));
        (Sent(row.Id).State, Reply(row).Status, Reply(row).FailureCode, Message("m1").Outcome).ShouldBe((OutboxState.Failed, MessageStatus.Failed, 131026, "failed"));
        Read(db => db.Set<UsageCounter>().Single().AiMessages).ShouldBe(0, "a reply that failed costs nothing");
        Conversation("wa_15550100101").WaitingReason.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_broken_connection_holds_its_queue_until_it_works()
    {
        var (_, row) = await AnsweredAsync();
        await RecordAsync(await ClaimAsync(row.Id), new SendOutcome.Rejected(RejectionKind.ConnectionBroken, 190, "The key was refused."));
        var held = await Store.ClaimSendAsync(row.Id, _now);
        held.Send.ShouldBeNull();
        held.HoldUntil.ShouldNotBeNull().ShouldBeGreaterThan(_now);
        await IngestAsync(new ConnectionArrival { Route = "", WabaId = One.WabaId, BrokenReason = null });
        await ClaimAsync(row.Id);
    }

    [Fact]
    public async Task Doubt_waits_for_a_status_then_an_AI_reply_is_resent_once_and_marked()
    {
        var (conversation, row) = await AnsweredAsync();
        await RecordAsync(await ClaimAsync(row.Id), new SendOutcome.Ambiguous("time-out"));
        Reply(row).Status.ShouldBe(MessageStatus.Unconfirmed);
        (await Store.ReconcileAsync(AmbiguousWait, _now)).Moved.ShouldBe(0);
        Pass(AmbiguousWait);
        (await Store.ReconcileAsync(AmbiguousWait, _now)).Moved.ShouldBe(1);
        (Sent(row.Id).State, Sent(row.Id).PossibleDuplicate, Reply(row).PossibleDuplicate).ShouldBe((OutboxState.New, true, true));
        await IngestAsync(Says("m2", "And?"));
        Sent(row.Id).State.ShouldBe(OutboxState.New, "it may have arrived: answering the first message anew would answer it twice");
        await RecordAsync(await ClaimAsync(row.Id), new SendOutcome.Ambiguous("time-out"));
        Pass(AmbiguousWait);
        await Store.ReconcileAsync(AmbiguousWait, _now);
        (Sent(row.Id).State, Message("m1").Outcome, Conversation("wa_15550100101").WaitingReason).ShouldBe((OutboxState.Failed, "unconfirmed", "unconfirmed"));
        Store.ReadOpenSends(conversation).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_resend_never_follows_a_human_act()
    {
        var (conversation, row) = await AnsweredAsync();
        await RecordAsync(await ClaimAsync(row.Id), new SendOutcome.Ambiguous("time-out"));
        await Store.SwitchAiRepliesAsync(One.AccountId, conversation, false, Actor.System, "off", _now);
        Pass(AmbiguousWait);
        await Store.ReconcileAsync(AmbiguousWait, _now);
        (await Store.ClaimSendAsync(row.Id, _now)).ShouldBe(default);
        Sent(row.Id).State.ShouldBe(OutboxState.Cancelled);
        Read(db => db.Set<UsageCounter>().Single().AiMessages).ShouldBe(1, "it may have been accepted");
    }

    [Fact]
    public async Task A_restart_makes_what_was_being_sent_a_doubt_and_its_wait_starts_anew()
    {
        var (_, row) = await AnsweredAsync();
        await ClaimAsync(row.Id);
        Pass(TimeSpan.FromMinutes(10));
        await Store.RecoverAsync(AmbiguousWait, _now);
        await Store.RecoverAsync(AmbiguousWait, _now);
        (Sent(row.Id).State, Sent(row.Id).DueAt).ShouldBe((OutboxState.Unconfirmed, _now + AmbiguousWait));
        (await Store.ReconcileAsync(AmbiguousWait, _now)).Moved.ShouldBe(0);
    }

    [Fact]
    public async Task A_send_that_nobody_recorded_becomes_a_doubt()
    {
        var (_, row) = await AnsweredAsync();
        await ClaimAsync(row.Id);
        Pass(TimeSpan.FromMinutes(6));
        await Store.ReconcileAsync(AmbiguousWait, _now);
        Sent(row.Id).State.ShouldBe(OutboxState.Unconfirmed);
    }

    [Fact]
    public async Task Sends_are_not_put_off_by_a_clock_that_was_set_back()
    {
        var (_, waiting) = await AnsweredAsync();
        var (_, doubt) = await AnsweredAsync("m2", Phone("15550100102"));
        await RecordAsync(await ClaimAsync(doubt.Id), new SendOutcome.Ambiguous("time-out"));
        Pass(TimeSpan.FromHours(-1));
        await Store.ReconcileAsync(AmbiguousWait, _now);
        await ClaimAsync(waiting.Id);
        Sent(doubt.Id).DueAt.ShouldBe(_now + AmbiguousWait);
    }
}
