using AiBotKit.Accounts;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Compliance;

/// <summary>Who a customer is: numbers, user ids, and two conversations that turn out to be one person's (wire facts 3.1).</summary>
public abstract partial class MessageStoreCompliance
{
    private const string Number = "15550100101";
    private const string UserId = "US.1349";

    [Fact]
    public async Task A_user_id_that_came_with_a_number_leads_to_the_numbers_conversation()
    {
        await IngestAsync(Says("m1", "a", Phone(Number, UserId)));
        await IngestAsync(Says("m2", "b", User(UserId)));
        Message("m2").ConversationId.ShouldBe(Message("m1").ConversationId);
        Read(db => db.Set<Conversation>().Single().SessionId).ShouldBe("wa_" + Number);
    }

    [Fact]
    public async Task A_number_that_is_revealed_later_keeps_the_conversation_and_gets_the_replies()
    {
        await IngestAsync(Says("m1", "a", User(UserId)));
        await IngestAsync(Says("m2", "b", Phone(Number, UserId)));
        var only = Read(db => db.Set<Conversation>().Single());
        (only.SessionId, only.Address).ShouldBe(("wa_" + UserId, Number));
        await IngestAsync(Says("m3", "c", Phone(Number)));
        Message("m3").ConversationId.ShouldBe(only.Id);
    }

    [Fact]
    public async Task The_same_customer_of_two_chatbots_has_two_conversations()
    {
        await IngestAsync(Says("m1", "a"), Says("m2", "b", shop: Two));
        Message("m1").ConversationId.ShouldNotBe(Message("m2").ConversationId);
    }

    [Fact]
    public async Task Two_conversations_of_one_person_become_the_numbers_and_nothing_unanswered_is_forgotten()
    {
        await IngestAsync(Says("old", "by number", Phone(Number), Start.AddHours(-3)));
        Pass(Quiet);
        var into = Message("old").ConversationId;
        await Store.CommitTurnAsync(Answer(await BeginAsync(into)));
        Pass(TimeSpan.FromMinutes(1));
        await IngestAsync(Says("m1", "first", User(UserId)));
        Pass(TimeSpan.FromSeconds(1));
        await IngestAsync(Says("m2", "second", User(UserId)));
        var from = Message("m1").ConversationId;
        from.ShouldNotBe(into);

        // A reaction starts no turn itself; the merge must.
        await IngestAsync(Reacts("r1", Phone(Number, UserId)));

        (Message("m1").ConversationId, Message("m2").ConversationId).ShouldBe((into, into));
        Message("old").ConversationId.ShouldBe(into);
        Read(db => db.Set<Conversation>().Single(c => c.Id == from).MergedIntoId).ShouldBe(into);
        var merged = Conversation("wa_" + Number);
        (merged.LastInboundAt, merged.Unread).ShouldBe((_now, 4));
        Work(from).ShouldBeNull();
        Work(into).ShouldNotBeNull().FirstUnansweredAt.ShouldBe(Message("m1").CreatedAt);
        Pass(Quiet);
        var turn = await BeginAsync(into);
        turn.Unanswered.Select(m => m.Text).ShouldBe(["first", "second"]);
        (await Store.CommitTurnAsync(Answer(turn))).ShouldBe(TurnResult.Committed);
        Outbox()[^1].Recipient.ShouldBe(Number);

        await IngestAsync(Says("m3", "third", User(UserId)));
        Message("m3").ConversationId.ShouldBe(into);
        Read(db => db.Set<Conversation>().Count()).ShouldBe(2);
    }

    [Fact]
    public async Task A_reply_that_waits_in_the_merged_conversation_is_cancelled_and_answered_in_the_other()
    {
        await IngestAsync(Says("other", "hi", Phone(Number)));
        var (from, row) = await AnsweredAsync("m1", User(UserId));
        await IngestAsync(Says("m2", "and", Phone(Number, UserId)));
        var cancelled = Sent(row.Id);
        (cancelled.State, cancelled.EndReason).ShouldBe((OutboxState.Cancelled, "merged"));
        var into = Message("other").ConversationId;
        Message("m1").ConversationId.ShouldBe(into);
        Message("m1").Outcome.ShouldBeNull();
        Read(db => db.Set<UsageCounter>().Single().AiMessages).ShouldBe(0, "the cancelled reply costs nothing");
        Pass(Quiet);
        (await BeginAsync(into)).Unanswered.Select(m => m.Text).ShouldBe(["hi", "Hello?", "and"], ignoreOrder: true);
        Work(from).ShouldBeNull();
    }

    [Fact]
    public async Task A_turn_under_way_in_the_merged_conversation_cannot_commit()
    {
        await IngestAsync(Says("other", "hi", Phone(Number)), Says("m1", "a", User(UserId)));
        Pass(Quiet);
        var turn = await BeginAsync(Message("m1").ConversationId);
        await IngestAsync(Reacts("r1", Phone(Number, UserId)));
        (await Store.CommitTurnAsync(Answer(turn))).ShouldBe(TurnResult.Overtaken);
        Outbox().ShouldBeEmpty();
        Message("m1").Outcome.ShouldBeNull("it is answered in the conversation that goes on");
    }

    [Fact]
    public async Task A_send_on_its_way_in_the_merged_conversation_is_recorded_and_calls_a_person_when_in_doubt()
    {
        await IngestAsync(Says("other", "hi", Phone(Number)));
        var (_, row) = await AnsweredAsync("m1", User(UserId));
        var send = await ClaimAsync(row.Id);
        await IngestAsync(Reacts("r1", Phone(Number, UserId)));
        Conversation("wa_" + Number).WaitingReason.ShouldBe("unconfirmed");
        await RecordAsync(send, new SendOutcome.Accepted("w1"));
        Sent(row.Id).State.ShouldBe(OutboxState.Accepted);
        Message("m1").Outcome.ShouldBe("answered");
    }

    [Fact]
    public async Task A_person_who_had_taken_over_in_either_conversation_keeps_it()
    {
        await IngestAsync(Says("other", "hi", Phone(Number)), Says("m1", "a", User(UserId)));
        await Store.SwitchAiRepliesAsync(One.AccountId, Message("m1").ConversationId, false, Actor.System, "off", _now);
        await IngestAsync(Says("m2", "b", Phone(Number, UserId)));
        var merged = Conversation("wa_" + Number);
        (merged.AiReplies, merged.AiRepliesReason).ShouldBe((false, "owner"));
        Message("m2").Outcome.ShouldBe("ai_off");
        Message("other").Outcome.ShouldBe("human");
        Work(merged.Id).ShouldBeNull();
    }

    [Fact]
    public async Task What_waits_for_the_AI_ends_when_the_conversation_that_goes_on_has_it_off()
    {
        await IngestAsync(Says("other", "hi", Phone(Number)), Says("m1", "a", User(UserId)));
        await Store.SwitchAiRepliesAsync(One.AccountId, Message("other").ConversationId, false, Actor.System, "off", _now);
        await IngestAsync(Reacts("r1", Phone(Number, UserId)));
        Message("m1").Outcome.ShouldBe("human");
        Work(Message("m1").ConversationId).ShouldBeNull();
    }

    [Fact]
    public async Task Merges_can_follow_each_other()
    {
        await IngestAsync(Says("m1", "a", User("US.1")), Says("m2", "b", Phone("15550100102")), Says("m3", "c", Phone("15550100103")));
        await IngestAsync(Says("m4", "d", Phone("15550100102", "US.1")));
        await IngestAsync(Says("m5", "e", Phone("15550100103", "US.1")));
        var last = Message("m3").ConversationId;
        Read(db => db.Set<Conversation>().Where(c => c.MergedIntoId == last).Count()).ShouldBe(2);
        foreach (var (id, who) in new[] { ("m6", User("US.1")), ("m7", Phone("15550100102")), ("m8", Phone("15550100103")) })
        {
            await IngestAsync(Says(id, "f", who));
            Message(id).ConversationId.ShouldBe(last);
        }
    }

    [Fact]
    public async Task A_changed_number_goes_on_in_the_same_conversation()
    {
        await IngestAsync(Says("m1", "a"));
        await IngestAsync(Renamed("i1", "wa_" + Number, "wa_15550100109"));
        await IngestAsync(Says("m2", "b", Phone("15550100109")));
        Message("m2").ConversationId.ShouldBe(Message("m1").ConversationId);
        Read(db => db.Set<Conversation>().Single().Address).ShouldBe("15550100109");
        Read(db => db.Set<Message>().Count(m => m.Role == MessageRole.Event)).ShouldBe(1);
        (await IngestAsync(Renamed("i1", "wa_" + Number, "wa_15550100109"))).Duplicates.ShouldBe(1);
    }

    [Fact]
    public async Task A_number_changed_to_one_that_has_written_already_joins_both()
    {
        await IngestAsync(Says("m1", "a"), Says("m2", "b", Phone("15550100109")));
        await IngestAsync(Renamed("i1", "wa_" + Number, "wa_15550100109"));
        Message("m1").ConversationId.ShouldBe(Message("m2").ConversationId);
        Conversation("wa_15550100109").MergedIntoId.ShouldBeNull();
        await IngestAsync(Says("m3", "c", Phone(Number)));
        Message("m3").ConversationId.ShouldBe(Message("m2").ConversationId);
    }

    [Fact]
    public async Task A_changed_user_id_does_not_replace_a_known_number()
    {
        await IngestAsync(Says("m1", "a", Phone(Number, UserId)));
        await IngestAsync(Renamed("i1", "wa_" + UserId, "wa_US.9"));
        await IngestAsync(Says("m2", "b", User("US.9")));
        Message("m2").ConversationId.ShouldBe(Message("m1").ConversationId);
        Read(db => db.Set<Conversation>().Single().Address).ShouldBe(Number);
    }

    private static IdentityArrival Renamed(string id, string from, string to) => new() { Route = One.Route, DedupKey = Key(id), OldSessionId = from, NewSessionId = to, Text = "The customer changed number" };
}
