using AiBotKit.Channels;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Compliance;

/// <summary>Delivery statuses: the right message of the right tenant, in any order; and the two switches.</summary>
public abstract partial class MessageStoreCompliance
{
    [Fact]
    public async Task Statuses_only_climb()
    {
        var row = await AcceptedAsync();
        foreach (var (status, expected) in new[]
        {
            (DeliveryStatus.Delivered, MessageStatus.Delivered), (DeliveryStatus.Sent, MessageStatus.Delivered), (DeliveryStatus.Read, MessageStatus.Read),
            (DeliveryStatus.Failed, MessageStatus.Read), (DeliveryStatus.Delivered, MessageStatus.Read),
        })
        {
            await IngestAsync(Status("w1", status));
            Reply(row).Status.ShouldBe(expected);
        }
    }

    [Fact]
    public async Task A_failure_reported_later_is_told_and_takes_the_answer_back()
    {
        var row = await AcceptedAsync();
        await IngestAsync(Status("w1", DeliveryStatus.Failed));
        (Sent(row.Id).State, Reply(row).Status, Reply(row).FailureReason, Message("m1").Outcome).ShouldBe((OutboxState.Failed, MessageStatus.Failed, "Undeliverable.", "failed"));
    }

    [Fact]
    public async Task A_status_that_is_faster_than_the_answer_waits_for_it()
    {
        var (_, row) = await AnsweredAsync();
        var send = await ClaimAsync(row.Id);
        await IngestAsync(Status("w1", DeliveryStatus.Delivered), Status("w1", DeliveryStatus.Sent));
        Reply(row).Status.ShouldBe(MessageStatus.Sending);
        await RecordAsync(send, new SendOutcome.Accepted("w1"));
        Reply(row).Status.ShouldBe(MessageStatus.Delivered);
        Read(db => db.Set<ParkedStatus>().Count()).ShouldBe(0);
    }

    [Fact]
    public async Task A_parked_status_is_forgotten_after_a_day()
    {
        await IngestAsync(Status("nobody's", DeliveryStatus.Read));
        (await Store.ReconcileAsync(AmbiguousWait, _now.AddHours(23))).ForgottenStatuses.ShouldBe(0);
        (await Store.ReconcileAsync(AmbiguousWait, _now.AddHours(25))).ForgottenStatuses.ShouldBe(1);
    }

    [Fact]
    public async Task A_status_that_carries_our_key_confirms_what_was_in_doubt()
    {
        var (_, row) = await AnsweredAsync();
        var send = await ClaimAsync(row.Id);
        await RecordAsync(send, new SendOutcome.Ambiguous("time-out"));
        await IngestAsync(Status("w1", DeliveryStatus.Sent, send.Key));
        (Sent(row.Id).State, Reply(row).Status, Reply(row).ProviderMessageId).ShouldBe((OutboxState.Accepted, MessageStatus.Sent, "w1"));
        Pass(TimeSpan.FromHours(1));
        (await Store.ReconcileAsync(AmbiguousWait, _now)).Moved.ShouldBe(0);
        Sent(row.Id).PossibleDuplicate.ShouldBeFalse();
    }

    [Fact]
    public async Task The_key_tells_which_hand_over_a_status_is_about()
    {
        var (_, row) = await AnsweredAsync();
        var lost = await ClaimAsync(row.Id);
        await RecordAsync(lost, new SendOutcome.Ambiguous("lost"));
        Pass(AmbiguousWait);
        await Store.ReconcileAsync(AmbiguousWait, _now);
        var second = await ClaimAsync(row.Id);
        await IngestAsync(Status("w2", DeliveryStatus.Failed, second.Key));
        await RecordAsync(second, new SendOutcome.Accepted("w2"));
        (Sent(row.Id).State, Reply(row).Status, Message("m1").Outcome).ShouldBe((OutboxState.Failed, MessageStatus.Failed, "failed"));
    }

    [Fact]
    public async Task Another_tenants_status_changes_nothing()
    {
        var row = await AcceptedAsync();
        await IngestAsync(Status("w1", DeliveryStatus.Read, row.Key, shop: Two));
        Reply(row).Status.ShouldBe(MessageStatus.Accepted);
        Read(db => db.Set<ParkedStatus>().Single().ConnectionId).ShouldBe(Two.ConnectionId);
    }

    [Fact]
    public async Task Without_keys_a_status_confirms_the_only_send_it_can_be_about_and_never_one_of_two()
    {
        await IngestAsync(Status("w0", DeliveryStatus.Sent));
        await _under.ChangeAsync(db => db.Set<Connection>().Single(c => c.Id == One.ConnectionId).EchoesKeys = false);
        var (_, row) = await AnsweredAsync();
        await RecordAsync(await ClaimAsync(row.Id), new SendOutcome.Ambiguous("time-out"));
        await IngestAsync(Status("w1", DeliveryStatus.Sent, recipient: "15550100109"));
        Sent(row.Id).State.ShouldBe(OutboxState.Unconfirmed, "somebody else's");
        await IngestAsync(Status("w2", DeliveryStatus.Sent, recipient: "15550100101") with { At = _now.AddMinutes(-5) });
        Sent(row.Id).State.ShouldBe(OutboxState.Unconfirmed, "older than the send");
        await IngestAsync(Status("w3", DeliveryStatus.Sent, recipient: "15550100101"));
        Sent(row.Id).State.ShouldBe(OutboxState.Accepted);

        await IngestAsync(Says("m2", "and?"));
        Pass(Quiet);
        await Store.CommitTurnAsync(Answer(await BeginAsync(row.ConversationId), "one", "two"));
        foreach (var part in Outbox().TakeLast(2))
        {
            await RecordAsync(await ClaimAsync(part.Id), new SendOutcome.Ambiguous("time-out"));
        }

        await IngestAsync(Status("w4", DeliveryStatus.Sent, recipient: "15550100101"));
        Outbox().TakeLast(2).ShouldAllBe(part => part.State == OutboxState.Unconfirmed);
    }

    [Fact]
    public async Task AI_off_ends_what_waits_and_on_again_discloses_anew()
    {
        await IngestAsync(Says("m1", "a"));
        var conversation = Message("m1").ConversationId;
        await _under.ChangeAsync(db => db.Set<Conversation>().Single().DisclosureDue = false);
        await Store.SwitchAiRepliesAsync(One.AccountId, conversation, false, Actor.System, "switched off", _now);
        (Message("m1").Outcome, Work(conversation)).ShouldBe(("human", null));
        await IngestAsync(Says("m2", "b"));
        Message("m2").Outcome.ShouldBe("ai_off");
        await Store.SwitchAiRepliesAsync(One.AccountId, conversation, true, Actor.System, "switched on", _now);
        var now = Read(db => db.Set<Conversation>().Single());
        (now.AiReplies, now.Epoch, now.DisclosureDue).ShouldBe((true, 2, true));
        Message("m2").Outcome.ShouldBe("ai_off", "on again answers nothing that arrived in between");
        Read(db => db.Set<Message>().Count(m => m.Role == MessageRole.Event)).ShouldBe(2);
    }

    [Fact]
    public async Task Switching_on_what_is_on_takes_no_answer_away()
    {
        await IngestAsync(Says("m1", "a"));
        Pass(Quiet);
        var turn = await BeginAsync(Message("m1").ConversationId);
        await Store.SwitchAiRepliesAsync(One.AccountId, turn.ConversationId, true, Actor.System, "switched on", _now);
        (await Store.CommitTurnAsync(Answer(turn))).ShouldBe(TurnResult.Committed);
    }

    [Fact]
    public async Task Another_accounts_conversation_or_connection_cannot_be_switched()
    {
        var (conversation, _) = await AnsweredAsync();
        (await Store.SwitchAiRepliesAsync(Two.AccountId, conversation, false, Actor.System, "off", _now)).ShouldBeNull();
        (await Store.SwitchConnectionAsync(Two.AccountId, One.ConnectionId, false, Actor.System, _now)).ShouldBeFalse();
        Conversation("wa_15550100101").AiReplies.ShouldBeTrue();
    }

    [Fact]
    public async Task A_disabled_connection_stores_and_answers_nothing_then_or_later()
    {
        var (_, row) = await AnsweredAsync();
        await IngestAsync(Says("m2", "b", Phone("15550100102")));
        (await Store.SwitchConnectionAsync(One.AccountId, One.ConnectionId, false, Actor.System, _now)).ShouldBeTrue();
        (Sent(row.Id).State, Message("m1").Outcome, Message("m2").Outcome).ShouldBe((OutboxState.Cancelled, "paused", "paused"));
        await IngestAsync(Says("m3", "c"));
        Message("m3").Outcome.ShouldBe("paused");
        await Store.SwitchConnectionAsync(One.AccountId, One.ConnectionId, true, Actor.System, _now);
        Store.ReadDueWork(10).ShouldBeEmpty();
        Message("m3").Outcome.ShouldBe("paused");
        await IngestAsync(Says("m4", "d"));
        Store.ReadDueWork(10).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_switch_to_the_state_that_it_is_in_takes_nothing_away()
    {
        var (_, row) = await AnsweredAsync();
        await IngestAsync(Says("m2", "b", Phone("15550100102")));
        Pass(Quiet);
        var turn = await BeginAsync(Message("m2").ConversationId);
        (await Store.SwitchConnectionAsync(One.AccountId, One.ConnectionId, true, Actor.System, _now)).ShouldBeTrue();
        Connection().Epoch.ShouldBe(0);
        (await Store.CommitTurnAsync(Answer(turn))).ShouldBe(TurnResult.Committed);
        Message("m2").Outcome.ShouldBe("answered");
        (await ClaimAsync(row.Id)).OutboxId.ShouldBe(row.Id);

        await Store.SwitchConnectionAsync(One.AccountId, One.ConnectionId, false, Actor.System, _now);
        var (epoch, paused) = (Connection().Epoch, Connection().PausedAt);
        Pass(TimeSpan.FromMinutes(1));
        (await Store.SwitchConnectionAsync(One.AccountId, One.ConnectionId, false, Actor.System, _now)).ShouldBeTrue();
        (Connection().Epoch, Connection().PausedAt).ShouldBe((epoch, paused));
    }

    /// <summary>The reply to m1, which the provider has taken as w1.</summary>
    private async Task<OutboxRow> AcceptedAsync()
    {
        var (_, row) = await AnsweredAsync();
        await RecordAsync(await ClaimAsync(row.Id), new SendOutcome.Accepted("w1"));
        return row;
    }

    [Fact]
    public async Task A_reply_whose_first_part_was_refused_and_whose_second_a_person_stopped_has_answered_nothing()
    {
        await IngestAsync(Says("m1", "Hello?"));
        Pass(Quiet);
        var conversation = Message("m1").ConversationId;
        await Store.CommitTurnAsync(Answer(await BeginAsync(conversation), "One.", "Two."));
        foreach (var (row, id) in Outbox().Zip(["w1", "w2"]))
        {
            await RecordAsync(await ClaimAsync(row.Id), new SendOutcome.Accepted(id));
        }

        await IngestAsync(Status("w1", DeliveryStatus.Failed));
        Message("m1").Outcome.ShouldBe("answered", "the second part is there");
        await IngestAsync(Status("w2", DeliveryStatus.Failed) with { Failure = new SendOutcome.Rejected(RejectionKind.WindowClosed, 131047, "Closed.") });
        Outbox().Select(o => o.State).ShouldBe([OutboxState.Failed, OutboxState.New], "it gets one more try");
        await Store.SwitchAiRepliesAsync(One.AccountId, conversation, false, Actor.System, "off", _now);
        (Outbox()[1].State, Message("m1").Outcome).ShouldBe((OutboxState.Cancelled, "human"));
    }
}
