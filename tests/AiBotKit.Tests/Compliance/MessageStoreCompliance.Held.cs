using AiBotKit.Chatbots;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Compliance;

/// <summary>Outside the window: templates go out, and replies are held until the customer says something; each of them once or not at all.</summary>
public abstract partial class MessageStoreCompliance
{
    private const string Customer = "wa_15550100101";

    [Fact]
    public async Task A_template_goes_out_when_the_window_is_closed_and_opens_none()
    {
        var conversation = await WindowClosedAsync();
        var before = Conversation(Customer);
        (await ReplyAsync(conversation, "free text")).Verdict.ShouldBe(ReplyVerdict.WindowClosed);
        var result = await Store.ReplyAsync(Nudge(conversation), _now);
        result.Verdict.ShouldBe(ReplyVerdict.Stored);
        var row = Outbox().ShouldHaveSingleItem();
        (row.Author, row.Text, row.Payload).ShouldBe((SendAuthor.Person, "We have an answer.", """{"name":"answer_ready"}"""));
        (Reply(row).Type, Reply(row).Content).ShouldBe(("template", """{"kind":"template"}"""));
        var send = await ClaimAsync(row.Id);
        (send.Payload, send.Text).ShouldBe((row.Payload, row.Text));
        await RecordAsync(send, new SendOutcome.Accepted("t1"));
        await IngestAsync(Status("t1", DeliveryStatus.Read));
        Reply(row).Status.ShouldBe(MessageStatus.Read);
        var after = Conversation(Customer);
        (after.LastInboundAt, after.Epoch).ShouldBe((before.LastInboundAt, before.Epoch + 1));
        (await ReplyAsync(conversation, "free text")).Verdict.ShouldBe(ReplyVerdict.WindowClosed, "only the customer's word opens the window");
    }

    [Fact]
    public async Task A_held_reply_is_released_by_the_customers_next_message_once_and_behind_it()
    {
        var conversation = await WindowClosedAsync();
        var held = await HoldAsync(conversation, "Here is the answer.");
        var nudge = Outbox().ShouldHaveSingleItem();
        nudge.Text.ShouldBe("We have an answer.");
        HeldMessage(held).Status.ShouldBe(MessageStatus.Held);
        await SendAsync(nudge, "t1");

        Pass(TimeSpan.FromDays(2));
        await IngestAsync(Taps("tap-1", "t1"));
        var rows = Outbox();
        rows.Select(row => row.Text).ShouldBe(["We have an answer.", "Here is the answer."]);
        (rows[1].Id, rows[1].State, rows[1].Author, rows[1].Payload).ShouldBe((held, OutboxState.New, SendAuthor.Person, null));
        HeldMessage(held).Seq.ShouldBeGreaterThan(Message("tap-1").Seq, "it stands behind the tap that released it");
        (Message("tap-1").Outcome, Conversation(Customer).AiReplies).ShouldBe(("ai_off", false), "the bot does not answer over the person");
        Store.ReadConversationsToSend().ShouldContain((conversation, One.ConnectionId));
        (await ClaimAsync(held)).Text.ShouldBe("Here is the answer.");

        await IngestAsync(Taps("tap-1", "t1"));
        await IngestAsync(Taps("tap-2", "t1"));
        await IngestAsync(Says("m2", "And thanks"));
        Outbox().Count.ShouldBe(2, "neither a repeated callback nor a second tap sends anything again");
        Work(conversation).ShouldBeNull();
    }

    [Fact]
    public async Task Several_held_replies_keep_their_order_and_are_asked_for_once()
    {
        var conversation = await WindowClosedAsync();
        var first = await HoldAsync(conversation, "One");
        Pass(TimeSpan.FromMinutes(1));
        var second = await HoldAsync(conversation, "Two");
        await SendAsync(Outbox().ShouldHaveSingleItem("one nudge is out, a second would cost again"), "t1");
        Pass(Window);
        var third = await HoldAsync(conversation, "Three");
        Outbox().Count(row => row.Payload is not null).ShouldBe(2, "a day later it may be asked for again");
        await IngestAsync(Says("m2", "Hello again"));
        Outbox().Where(row => row.Payload is null).Select(row => row.Id).ShouldBe([first, second, third]);
        Outbox().Select(row => row.MessageSeq).ShouldBeInOrder();
    }

    [Fact]
    public async Task A_held_reply_that_is_taken_back_handed_back_or_disconnected_never_goes()
    {
        var conversation = await WindowClosedAsync();
        var withdrawn = await HoldAsync(conversation, "Wrong");
        (await Store.CancelHeldAsync(Two.AccountId, conversation, withdrawn, _now)).ShouldBeFalse("another account's does not exist");
        (await Store.CancelHeldAsync(One.AccountId, Guid.CreateVersion7(_now), withdrawn, _now)).ShouldBeFalse("nor in another conversation");
        (await Store.CancelHeldAsync(One.AccountId, conversation, withdrawn, _now)).ShouldBeTrue();
        (await Store.CancelHeldAsync(One.AccountId, conversation, withdrawn, _now)).ShouldBeFalse();
        (HeldMessage(withdrawn).Status, HeldMessage(withdrawn).FailureReason).ShouldBe((MessageStatus.Cancelled, "withdrawn"));

        var handedBack = await HoldAsync(conversation, "Also wrong");
        await Store.SwitchAiRepliesAsync(One.AccountId, conversation, true, Actor.System, "on", _now);
        HeldMessage(handedBack).Status.ShouldBe(MessageStatus.Cancelled);
        await Store.SwitchAiRepliesAsync(One.AccountId, conversation, false, Actor.System, "off", _now);

        var disconnected = await HoldAsync(conversation, "Too late");
        await IngestAsync(Says("m2", "Is anybody there?"));
        Outbox().ShouldContain(row => row.Id == disconnected);
        Pass(Window + TimeSpan.FromHours(1));
        var gone = await HoldAsync(conversation, "Never");
        await Store.DisconnectConnectionAsync(One.AccountId, One.ConnectionId, Actor.System, _now);
        HeldMessage(gone).FailureReason.ShouldBe("disconnected");
        Read(db => db.Set<HeldReply>().Count(h => h.State == HeldState.Waiting)).ShouldBe(0);
        Outbox().Select(row => row.Id).ShouldNotContain(id => id == withdrawn || id == handedBack || id == gone);
    }

    [Fact]
    public async Task What_does_not_open_the_window_releases_nothing()
    {
        var conversation = await WindowClosedAsync();
        var written = _now;
        await HoldAsync(conversation, "Held");
        await SendAsync(Outbox().ShouldHaveSingleItem(), "t1");
        await IngestAsync(Status("t1", DeliveryStatus.Read), Says("late", "an old one", at: written - TimeSpan.FromDays(3)));
        await IngestAsync(Says("mine", "somebody else", Phone("15550100102")));
        Outbox().Where(row => row.ConversationId == conversation).ShouldHaveSingleItem();
        await Store.SwitchConnectionAsync(One.AccountId, One.ConnectionId, false, Actor.System, _now);
        await IngestAsync(Says("paused", "hello?"));
        Outbox().Where(row => row.ConversationId == conversation).ShouldHaveSingleItem("a paused number sends nothing");
        await Store.SwitchConnectionAsync(One.AccountId, One.ConnectionId, true, Actor.System, _now);
        await IngestAsync(new CallArrival { Route = One.Route, From = Phone("15550100101"), At = _now });
        Outbox().Where(row => row.ConversationId == conversation).Select(row => row.Text).ShouldBe(["We have an answer.", "Held"], "a call opens the window like a message");
    }

    [Fact]
    public async Task While_a_reply_is_held_the_takeover_does_not_run_out_and_afterwards_it_does()
    {
        await _under.ChangeAsync(db => db.Set<Chatbot>().Single(b => b.Id == One.ChatbotId).TakeoverHours = 8);
        var conversation = await WindowClosedAsync();
        var held = await HoldAsync(conversation, "Held");
        Conversation(Customer).TakeoverUntil.ShouldBeNull();
        Pass(TimeSpan.FromDays(3));
        await Store.ReconcileAsync(AmbiguousWait, _now);
        Conversation(Customer).AiReplies.ShouldBeFalse();
        (await Store.ReplyAsync(Nudge(conversation), _now)).Verdict.ShouldBe(ReplyVerdict.Stored);
        Conversation(Customer).TakeoverUntil.ShouldBeNull("not by another template either");
        await IngestAsync(Says("m2", "Yes?"));
        Outbox()[^1].Id.ShouldBe(held);
        Conversation(Customer).TakeoverUntil.ShouldBe(_now + TimeSpan.FromHours(8));
        Pass(TimeSpan.FromHours(8));
        await Store.ReconcileAsync(AmbiguousWait, _now);
        Conversation(Customer).AiReplies.ShouldBeTrue();
    }

    [Fact]
    public async Task Nothing_is_held_while_it_could_go_out_or_while_the_AI_answers_and_nothing_twice()
    {
        var conversation = await TakenOverAsync();
        (await Store.HoldReplyAsync(Wish(conversation, "x", Guid.CreateVersion7(_now)), _now)).Verdict.ShouldBe(ReplyVerdict.WindowOpen);
        Pass(Window);
        await Store.SwitchAiRepliesAsync(One.AccountId, conversation, true, Actor.System, "on", _now);
        (await Store.HoldReplyAsync(Wish(conversation, "x", Guid.CreateVersion7(_now)), _now)).Verdict.ShouldBe(ReplyVerdict.AiRepliesOn);
        Outbox().ShouldBeEmpty();
        Read(db => db.Set<HeldReply>().Count()).ShouldBe(0);

        var id = Guid.CreateVersion7(_now);
        (await Store.HoldReplyAsync(Wish(conversation, "x", id, takeOver: true), _now)).Verdict.ShouldBe(ReplyVerdict.Stored);
        Conversation(Customer).AiReplies.ShouldBeFalse();
        (await Store.HoldReplyAsync(Wish(conversation, "x", id), _now)).ShouldBe(new ReplyResult(ReplyVerdict.Stored, id));
        (await Store.HoldReplyAsync(Wish(conversation, "y", id), _now)).Verdict.ShouldBe(ReplyVerdict.KeyUsed);
        (Outbox().Count, Read(db => db.Set<HeldReply>().Count())).ShouldBe((1, 1));
    }

    [Fact]
    public async Task A_held_reply_follows_its_customer_into_the_conversation_that_goes_on()
    {
        await IngestAsync(Says("p0", "Hello?"), Says("u1", "Hello?", User("US.1349")));
        var byUser = Message("u1").ConversationId;
        await Store.SwitchAiRepliesAsync(One.AccountId, byUser, false, Actor.System, "off", _now);
        Pass(Window + TimeSpan.FromHours(1));
        var held = await HoldAsync(byUser, "Held");
        await IngestAsync(Says("p1", "It is me", Phone("15550100101", "US.1349")));
        var released = Sent(held);
        released.ConversationId.ShouldBe(Message("p1").ConversationId);
        (released.Text, released.State).ShouldBe(("Held", OutboxState.New));
        Read(db => db.Set<HeldReply>().Single(h => h.Id == held).ConversationId).ShouldBe(released.ConversationId);
    }

    /// <summary>Taken over, and the window is closed.</summary>
    private async Task<Guid> WindowClosedAsync()
    {
        var conversation = await TakenOverAsync();
        Pass(Window + TimeSpan.FromHours(1));
        return conversation;
    }

    private async Task<Guid> HoldAsync(Guid conversation, string text)
    {
        var result = await Store.HoldReplyAsync(Wish(conversation, text, Guid.CreateVersion7(_now)), _now);
        result.Verdict.ShouldBe(ReplyVerdict.Stored);
        return result.MessageId!.Value;
    }

    private HeldWish Wish(Guid conversation, string text, Guid id, bool takeOver = false) =>
        new(new PersonReply(One.AccountId, conversation, id, text, "Ana", takeOver, Actor.System), Nudge(conversation));

    private PersonReply Nudge(Guid conversation) => new(One.AccountId, conversation, Guid.CreateVersion7(_now), "We have an answer.", "Ana", false, Actor.System)
    {
        Type = "template",
        Content = """{"kind":"template"}""",
        Payload = """{"name":"answer_ready"}""",
    };

    private CustomerArrival Taps(string id, string nudge) => Says(id, "Read it") with { Type = "button", ReplyTo = nudge, IsTap = true };

    private async Task SendAsync(OutboxRow row, string providerId) => await RecordAsync(await ClaimAsync(row.Id), new SendOutcome.Accepted(providerId));

    private Message HeldMessage(Guid id) => Read(db => db.Set<Message>().Single(m => m.Id == id));
}
