using AiBotKit.Channels;
using AiBotKit.Chatbots;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Compliance;

/// <summary>A person's own message: refused without a trace, or stored with its row and its epoch in one act; and the clock of a takeover.</summary>
public abstract partial class MessageStoreCompliance
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(24);

    [Fact]
    public async Task A_persons_message_is_stored_with_its_row_and_raises_the_epoch()
    {
        var conversation = await TakenOverAsync();
        var before = Conversation("wa_15550100101");
        var result = await ReplyAsync(conversation, "I am here.");
        result.Verdict.ShouldBe(ReplyVerdict.Stored);
        var row = Outbox().ShouldHaveSingleItem();
        (row.Author, row.State, row.Text, row.Recipient, row.TurnId, row.UsagePeriod).ShouldBe((SendAuthor.Person, OutboxState.New, "I am here.", "15550100101", null, null));
        var message = Reply(row);
        (message.Id, message.Role, message.AuthorName, message.Text, message.Status).ShouldBe((result.MessageId!.Value, MessageRole.Owner, "Ana", "I am here.", MessageStatus.New));
        var after = Conversation("wa_15550100101");
        (after.Epoch, after.Version > before.Version, after.LastMessagePreview, after.LastMessageRole).ShouldBe((before.Epoch + 1, true, "I am here.", MessageRole.Owner));
        Store.ReadConversationsToSend().ShouldBe([(conversation, One.ConnectionId)]);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public async Task The_window_closes_at_24_hours_exactly(int seconds, bool open)
    {
        var conversation = await TakenOverAsync();
        _now = Conversation("wa_15550100101").LastInboundAt!.Value + Window + TimeSpan.FromSeconds(seconds);
        await RefusedUnlessAsync(open, ReplyVerdict.WindowClosed, conversation);
    }

    [Fact]
    public async Task Who_never_wrote_has_no_window()
    {
        var conversation = await TakenOverAsync();
        await _under.ChangeAsync(db => db.Set<Conversation>().Single(c => c.Id == conversation).LastInboundAt = null);
        await RefusedUnlessAsync(false, ReplyVerdict.WindowClosed, conversation);
    }

    [Fact]
    public async Task The_first_obstacle_is_named_and_nothing_is_stored()
    {
        await IngestAsync(Says("m1", "Hello?"));
        var conversation = Message("m1").ConversationId;
        await RefusedUnlessAsync(false, ReplyVerdict.AiRepliesOn, conversation);
        Pass(Window);
        await RefusedUnlessAsync(false, ReplyVerdict.WindowClosed, conversation);
        await ChangeAsync(c => c.PausedByPlan = true);
        await RefusedUnlessAsync(false, ReplyVerdict.PausedByPlan, conversation);
        await ChangeAsync(c => c.Enabled = false);
        await RefusedUnlessAsync(false, ReplyVerdict.Paused, conversation);
        await ChangeAsync(c => c.DisconnectedAt = _now);
        await RefusedUnlessAsync(false, ReplyVerdict.Disconnected, conversation);
        (await ReplyAsync(conversation, "x", shop: Two)).Verdict.ShouldBe(ReplyVerdict.NotFound, "another account's conversation does not exist");
        (await ReplyAsync(Guid.CreateVersion7(_now), "x")).Verdict.ShouldBe(ReplyVerdict.NotFound);

        Task ChangeAsync(Action<Connection> change) => _under.ChangeAsync(db => change(db.Set<Connection>().Single(c => c.Id == One.ConnectionId)));
    }

    [Fact]
    public async Task With_a_takeover_the_AI_is_off_the_turn_is_lost_and_its_reply_is_cancelled_in_the_same_act()
    {
        var (conversation, answer) = await AnsweredAsync();
        await IngestAsync(Says("m2", "And?", Phone("15550100102")));
        Pass(Quiet);
        var other = Message("m2").ConversationId;
        var turn = await BeginAsync(other);
        (await ReplyAsync(conversation, "I take this.", takeOver: true)).ShouldBe(new ReplyResult(ReplyVerdict.Stored, Outbox()[^1].Id));
        (Sent(answer.Id).State, Message("m1").Outcome).ShouldBe((OutboxState.Cancelled, "human"));
        await ReplyAsync(other, "This too.", takeOver: true);
        (await Store.CommitTurnAsync(Answer(turn))).ShouldBe(TurnResult.Overtaken);
        var events = Read(db => db.Set<Message>().Where(m => m.Role == MessageRole.Event).OrderBy(m => m.Seq).Select(m => new { m.ConversationId, m.Type, m.Text }).ToList());
        events.Select(e => (e.ConversationId, e.Type, e.Text)).ShouldBe([(conversation, "takeover", "Ana has joined the conversation"), (other, "takeover", "Ana has joined the conversation")]);
        Read(db => db.Set<AuditEntry>().Count(a => a.Act == AuditActs.AiRepliesOff)).ShouldBe(2);
        Outbox().Where(o => o.Author == SendAuthor.Person).Select(o => o.State).ShouldBe([OutboxState.New, OutboxState.New]);
    }

    [Fact]
    public async Task A_takeover_says_that_an_AI_reply_is_on_the_wire()
    {
        var (conversation, answer) = await AnsweredAsync();
        await ClaimAsync(answer.Id);
        (await ReplyAsync(conversation, "Wait, please.", takeOver: true)).InFlight.ShouldBeTrue();
        Store.MayStillBegin(answer.Id).ShouldBeFalse();
    }

    [Fact]
    public async Task A_persons_message_outlives_the_hand_back_and_every_other_act()
    {
        var conversation = await TakenOverAsync();
        await ReplyAsync(conversation, "One");
        await ReplyAsync(conversation, "Two");
        var first = Outbox()[0];
        var send = await ClaimAsync(first.Id);
        await Store.SwitchAiRepliesAsync(One.AccountId, conversation, true, Actor.System, "on", _now);
        Store.MayStillBegin(first.Id).ShouldBeTrue("it is not the AI's");
        await RecordAsync(send, new SendOutcome.Accepted("w1"));
        await IngestAsync(Says("m9", "Thanks"));
        (await ClaimAsync(Outbox()[1].Id)).Text.ShouldBe("Two");
    }

    [Fact]
    public async Task What_a_pause_or_the_end_of_the_window_held_back_says_so()
    {
        var conversation = await TakenOverAsync();
        await ReplyAsync(conversation, "One");
        await Store.SwitchConnectionAsync(One.AccountId, One.ConnectionId, false, Actor.System, _now);
        var paused = Outbox()[0];
        (paused.State, Reply(paused).Status, Reply(paused).FailureReason).ShouldBe((OutboxState.Cancelled, MessageStatus.Cancelled, "paused"));
        await Store.SwitchConnectionAsync(One.AccountId, One.ConnectionId, true, Actor.System, _now);
        (await Store.ClaimSendAsync(paused.Id, _now)).ShouldBe(default, "switched on again it is no surprise");

        await ReplyAsync(conversation, "Two");
        _now = Conversation("wa_15550100101").LastInboundAt!.Value + Window;
        var late = Outbox()[1];
        (await Store.ClaimSendAsync(late.Id, _now)).ShouldBe(default);
        Reply(late).Status.ShouldBe(MessageStatus.Failed);
        Reply(late).FailureReason.ShouldNotBeNull().ShouldContain("24-hour window");
    }

    [Fact]
    public async Task The_same_message_is_stored_once_and_its_id_is_no_other_messages()
    {
        var conversation = await TakenOverAsync();
        var id = Guid.CreateVersion7(_now);
        (await ReplyAsync(conversation, "Once", id: id)).ShouldBe(new ReplyResult(ReplyVerdict.Stored, id));
        Pass(Window);
        (await ReplyAsync(conversation, "Once", id: id)).ShouldBe(new ReplyResult(ReplyVerdict.Stored, id), "it was stored when it could be");
        (await ReplyAsync(conversation, "Twice", id: id)).Verdict.ShouldBe(ReplyVerdict.KeyUsed);
        Outbox().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_window_that_the_provider_closes_inside_ours_gets_one_more_try_then_it_is_told()
    {
        var conversation = await TakenOverAsync();
        await ReplyAsync(conversation, "One");
        var row = Outbox()[0];
        await RecordAsync(await ClaimAsync(row.Id), new SendOutcome.Accepted("w1"));
        await IngestAsync(Closed("w1"));
        Sent(row.Id).State.ShouldBe(OutboxState.New);
        Sent(row.Id).DueAt.ShouldBeGreaterThan(_now);
        Pass(TimeSpan.FromSeconds(10));
        await RecordAsync(await ClaimAsync(row.Id), new SendOutcome.Accepted("w2"));
        await IngestAsync(Closed("w2"));
        (Sent(row.Id).State, Reply(row).Status, Reply(row).FailureCode).ShouldBe((OutboxState.Failed, MessageStatus.Failed, 131047));

        await ReplyAsync(conversation, "Two");
        var other = Outbox()[1];
        await RecordAsync(await ClaimAsync(other.Id), new SendOutcome.Accepted("w3"));
        await IngestAsync(Status("w3", DeliveryStatus.Failed) with { Failure = new SendOutcome.Rejected(RejectionKind.Retry, 131016, "Busy.") });
        Reply(other).Status.ShouldBe(MessageStatus.Failed, "of anything else the person decides");

        StatusArrival Closed(string id) => Status(id, DeliveryStatus.Failed) with { Failure = new SendOutcome.Rejected(RejectionKind.WindowClosed, 131047, "The window is closed.") };
    }

    [Fact]
    public async Task A_takeover_ends_by_itself_and_what_came_before_stays_unanswered()
    {
        var conversation = await TakenOverAsync();
        Conversation("wa_15550100101").TakeoverUntil.ShouldBe(_now.AddHours(12));
        Pass(TimeSpan.FromHours(2));
        await ReplyAsync(conversation, "I look into it.");
        Conversation("wa_15550100101").TakeoverUntil.ShouldBe(_now.AddHours(12), "a person's message begins it anew");
        (await Store.ExtendTakeoverAsync(One.AccountId, conversation, Actor.System, _now)).ShouldBeTrue();
        (await Store.ExtendTakeoverAsync(Two.AccountId, conversation, Actor.System, _now)).ShouldBeFalse();
        var until = _now.AddHours(24);
        Conversation("wa_15550100101").TakeoverUntil.ShouldBe(until);
        Pass(TimeSpan.FromHours(1));
        await ReplyAsync(conversation, "Nearly done.");
        Conversation("wa_15550100101").TakeoverUntil.ShouldBe(until, "an extension is not taken back by writing");

        await IngestAsync(Says("m2", "And?"));
        _now = until.AddSeconds(-1);
        await Store.ReconcileAsync(AmbiguousWait, _now);
        Conversation("wa_15550100101").AiReplies.ShouldBeFalse();
        _now = until;
        await Store.ReconcileAsync(AmbiguousWait, _now);
        var after = Conversation("wa_15550100101");
        (after.AiReplies, after.TakeoverUntil, after.AiRepliesReason, after.DisclosureDue).ShouldBe((true, null, "clock", true));
        Read(db => db.Set<Message>().OrderBy(m => m.Seq).Last()).ShouldSatisfyAllConditions(m => m.Type.ShouldBe("handback"), m => m.Text.ShouldBe("The AI answers again: the time of the takeover is over"));
        (Message("m2").Outcome, Work(conversation)).ShouldBe(("ai_off", null), "it was for the person");
        await IngestAsync(Says("m3", "Hello?"));
        Pass(Quiet);
        (await BeginAsync(conversation)).History.Select(h => h.Text).ShouldContain("Nearly done.");
    }

    [Fact]
    public async Task A_message_that_comes_before_the_sweep_is_for_the_AI_already()
    {
        var conversation = await TakenOverAsync();
        Pass(TimeSpan.FromHours(12));
        await IngestAsync(Says("m2", "Anybody?"));
        (Message("m2").Outcome, Conversation("wa_15550100101").AiReplies).ShouldBe((null, true));
        Work(conversation).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_takeover_without_a_time_and_what_a_customer_switched_off_end_by_nobodys_clock()
    {
        var conversation = await TakenOverAsync();
        await _under.ChangeAsync(db => db.Set<Chatbot>().Single(c => c.Id == One.ChatbotId).TakeoverHours = null);
        await ReplyAsync(conversation, "Hello");
        Conversation("wa_15550100101").TakeoverUntil.ShouldBeNull();
        (await Store.ExtendTakeoverAsync(One.AccountId, conversation, Actor.System, _now)).ShouldBeFalse();

        await _under.ChangeAsync(db => (db.Set<Conversation>().Single(c => c.Id == conversation).AiRepliesReason, db.Set<Chatbot>().Single(c => c.Id == One.ChatbotId).TakeoverHours) = ("stop_word", 12));
        await ReplyAsync(conversation, "You asked for a person.");
        (Conversation("wa_15550100101").TakeoverUntil, Conversation("wa_15550100101").AiRepliesReason).ShouldBe((null, "stop_word"));
        Pass(TimeSpan.FromDays(30));
        await Store.ReconcileAsync(AmbiguousWait, _now);
        Conversation("wa_15550100101").AiReplies.ShouldBeFalse();
    }

    [Fact]
    public async Task Who_writes_where_a_guard_had_switched_the_AI_off_is_there_from_then_on()
    {
        var conversation = await TakenOverAsync();
        await _under.ChangeAsync(db => db.Set<Conversation>().Single(c => c.Id == conversation).AiRepliesReason = "loop_guard");
        await ReplyAsync(conversation, "I have a look.");
        (Conversation("wa_15550100101").AiRepliesReason, Conversation("wa_15550100101").TakeoverUntil).ShouldBe(("owner", _now.AddHours(12)));
        Read(db => db.Set<Message>().Count(m => m.Text == "Ana has joined the conversation")).ShouldBe(1);
    }

    /// <summary>A customer has written, and a person has switched the AI off.</summary>
    private async Task<Guid> TakenOverAsync()
    {
        await IngestAsync(Says("m1", "Hello?"));
        var conversation = Message("m1").ConversationId;
        await Store.SwitchAiRepliesAsync(One.AccountId, conversation, false, Actor.System, "off", _now);
        return conversation;
    }

    private Task<ReplyResult> ReplyAsync(Guid conversation, string text, bool takeOver = false, Guid? id = null, Shop? shop = null) =>
        Store.ReplyAsync(new PersonReply((shop ?? One).AccountId, conversation, id ?? Guid.CreateVersion7(_now), text, "Ana", takeOver, Actor.System), _now);

    private async Task RefusedUnlessAsync(bool open, ReplyVerdict verdict, Guid conversation)
    {
        var before = (Outbox().Count, Read(db => db.Set<Message>().Count()), Conversation("wa_15550100101").Epoch, Conversation("wa_15550100101").Version);
        (await ReplyAsync(conversation, "Hello")).Verdict.ShouldBe(open ? ReplyVerdict.Stored : verdict);
        if (!open)
        {
            (Outbox().Count, Read(db => db.Set<Message>().Count()), Conversation("wa_15550100101").Epoch, Conversation("wa_15550100101").Version).ShouldBe(before, "nothing was touched");
        }
    }
}
