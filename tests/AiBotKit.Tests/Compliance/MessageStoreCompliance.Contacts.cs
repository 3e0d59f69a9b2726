using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Compliance;

/// <summary>Who is whom by a person's word: merge, split and erasure, and a message that arrives beside them.</summary>
public abstract partial class MessageStoreCompliance
{
    private const string Other = "15550100102";

    private static CustomerIdentity Brazil(string digits, string variant) => new("wa_" + digits, digits, Variant: "wa_" + variant);

    [Fact]
    public async Task Both_forms_of_a_number_lead_to_one_conversation_and_replies_go_where_the_last_message_came_from()
    {
        await IngestAsync(Says("m1", "a", Brazil("5511987654321", "551187654321")));
        Pass(Quiet);
        await IngestAsync(Says("m2", "b", Brazil("551187654321", "5511987654321")));
        Message("m2").ConversationId.ShouldBe(Message("m1").ConversationId);
        var only = Read(db => db.Set<Conversation>().Single());
        (only.SessionId, only.Address).ShouldBe(("wa_5511987654321", "551187654321"));
        Message("m2").Via.ShouldBe("wa_551187654321");
    }

    [Fact]
    public async Task Two_conversations_of_both_forms_from_before_are_joined_by_the_next_message()
    {
        await IngestAsync(Says("m1", "a", Phone("5511987654321")), Says("m2", "b", Phone("551187654321")));
        await IngestAsync(Says("m3", "c", Brazil("551187654321", "5511987654321")));
        Message("m3").ConversationId.ShouldBe(Message("m2").ConversationId);
        Read(db => db.Set<Conversation>().Single(c => c.SessionId == "wa_5511987654321").MergedIntoId).ShouldBe(Message("m2").ConversationId);
    }

    [Fact]
    public async Task Merged_by_hand_both_are_answered_in_one_under_new_epochs_and_the_audit_trail_says_so()
    {
        var (into, from) = await TwoAsync();
        Pass(Quiet);
        var turn = await BeginAsync(into);
        (await Store.MergeContactsAsync(One.AccountId, into, from, Actor.System, "merged", _now)).ShouldBe(ContactVerdict.Done);
        (await Store.CommitTurnAsync(Answer(turn))).ShouldBe(TurnResult.Overtaken, "the answer under way knew only half");
        Read(db => db.Set<Conversation>().Single(c => c.Id == from).MergedIntoId).ShouldBe(into);
        (await BeginAsync(into)).Unanswered.Select(m => m.Text).ShouldBe(["of the one", "of the other"], ignoreOrder: true);
        await IngestAsync(Says("m3", "again", Phone(Other)));
        Message("m3").ConversationId.ShouldBe(into);
        Conversation("wa_" + Number).Address.ShouldBe(Other, "replies go to the number that wrote last");
        Read(db => db.Set<AuditEntry>().Count(a => a.Act == AuditActs.ContactsMerged)).ShouldBe(1);
        Read(db => db.Set<Message>().Count(m => m.ConversationId == into && m.Type == "identity")).ShouldBe(1);
    }

    [Fact]
    public async Task Only_conversations_of_one_account_and_one_chatbot_are_merged()
    {
        var (into, from) = await TwoAsync();
        await IngestAsync(Says("x", "elsewhere", Phone(Other), shop: Two));
        var theirs = Read(db => db.Set<Conversation>().Single(c => c.AccountId == Two.AccountId).Id);
        (await Store.MergeContactsAsync(One.AccountId, into, theirs, Actor.System, "", _now)).ShouldBe(ContactVerdict.NotFound);
        (await Store.MergeContactsAsync(Two.AccountId, into, from, Actor.System, "", _now)).ShouldBe(ContactVerdict.NotFound);
        (await Store.MergeContactsAsync(One.AccountId, into, into, Actor.System, "", _now)).ShouldBe(ContactVerdict.Refused);
        (await Store.MergeContactsAsync(One.AccountId, into, from, Actor.System, "", _now)).ShouldBe(ContactVerdict.Done);
        (await Store.MergeContactsAsync(One.AccountId, into, from, Actor.System, "", _now)).ShouldBe(ContactVerdict.Moved);
    }

    [Fact]
    public async Task What_is_split_goes_back_to_its_own_thread_with_what_came_meanwhile_and_stays_apart()
    {
        var (into, from) = await TwoAsync();
        await Store.MergeContactsAsync(One.AccountId, into, from, Actor.System, "merged", _now);
        Pass(Quiet);
        await IngestAsync(Says("m3", "meanwhile", Phone(Other)));
        var split = await Store.SplitContactAsync(One.AccountId, into, "wa_" + Other, Actor.System, "split", _now);
        split.ShouldBe(new SplitResult(ContactVerdict.Done, from));
        (Message("m2").ConversationId, Message("m3").ConversationId).ShouldBe((from, from));
        Message("m1").ConversationId.ShouldBe(into);
        (Conversation("wa_" + Number).Address, Conversation("wa_" + Other).Address).ShouldBe((Number, Other));
        Pass(Quiet);
        (await BeginAsync(from)).Unanswered.Select(m => m.Text).ShouldBe(["of the other", "meanwhile"]);
        (await BeginAsync(into)).Unanswered.Select(m => m.Text).ShouldBe(["of the one"]);
        await IngestAsync(Says("m4", "after", Phone(Other)));
        Message("m4").ConversationId.ShouldBe(from);
        (await Store.SplitContactAsync(One.AccountId, into, "wa_" + Other, Actor.System, "", _now)).Verdict.ShouldBe(ContactVerdict.Refused);
        (await Store.SplitContactAsync(One.AccountId, into, "wa_" + Number, Actor.System, "", _now)).Verdict.ShouldBe(ContactVerdict.Refused, "its own name");
    }

    [Fact]
    public async Task What_a_rule_joined_can_be_split_and_no_rule_joins_it_again()
    {
        await IngestAsync(Says("m1", "a", User(UserId)), Says("m2", "b", Phone(Number)));
        await IngestAsync(Says("m3", "c", Phone(Number, UserId)));
        var (number, user) = (Message("m2").ConversationId, Read(db => db.Set<Conversation>().Single(c => c.SessionId == "wa_" + UserId).Id));
        (await Store.SplitContactAsync(One.AccountId, number, "wa_" + UserId, Actor.System, "split", _now)).ConversationId.ShouldBe(user);
        await IngestAsync(Says("m4", "d", Phone(Number, UserId)));
        Message("m4").ConversationId.ShouldBe(number);
        await IngestAsync(Says("m5", "e", User(UserId)));
        Message("m5").ConversationId.ShouldBe(user);
        Message("m1").ConversationId.ShouldBe(user);
        (await Store.MergeContactsAsync(One.AccountId, number, user, Actor.System, "", _now)).ShouldBe(ContactVerdict.Done, "people may");
    }

    [Fact]
    public async Task A_number_that_never_had_a_thread_of_its_own_gets_one_when_it_is_split_off()
    {
        await IngestAsync(Says("m1", "a", Brazil("5511987654321", "551187654321")), Says("m2", "b", Brazil("551187654321", "5511987654321")));
        var whole = Message("m1").ConversationId;
        var part = (await Store.SplitContactAsync(One.AccountId, whole, "wa_551187654321", Actor.System, "split", _now)).ConversationId.ShouldNotBeNull();
        Message("m2").ConversationId.ShouldBe(part);
        await IngestAsync(Says("m3", "c", Brazil("551187654321", "5511987654321")), Says("m4", "d", Brazil("5511987654321", "551187654321")));
        (Message("m3").ConversationId, Message("m4").ConversationId).ShouldBe((part, whole));
    }

    [Fact]
    public async Task An_erasure_that_has_begun_hides_everything_and_a_new_message_begins_a_new_conversation()
    {
        var (old, row) = await AnsweredAsync();
        await IngestAsync(Says("m2", "one more"));
        Pass(Quiet);
        var turn = await BeginAsync(old);
        (await Store.BeginErasureAsync(Guid.CreateVersion7(), Two.AccountId, [old], [Number], Actor.System, _now)).ShouldBeFalse("another account's");
        (await Store.BeginErasureAsync(Guid.CreateVersion7(), One.AccountId, [old], [Number], Actor.System, _now)).ShouldBeTrue();
        (await Store.BeginErasureAsync(Guid.CreateVersion7(), One.AccountId, [old], [Number], Actor.System, _now)).ShouldBeFalse("it is nobody's now");
        (await Store.CommitTurnAsync(Answer(turn))).ShouldBe(TurnResult.Overtaken);
        Read(db => db.Set<Turn>().Count(t => t.Result == "suggestion")).ShouldBe(0, "nothing of an erased contact is kept");
        (await Store.ClaimSendAsync(row.Id, _now)).Send.ShouldBeNull();
        Read(db => db.Set<Conversation>().Count(c => c.AccountId == One.AccountId)).ShouldBe(0);
        await IngestAsync(Says("m1", "Hello?"));
        Read(db => db.Set<Message>().Count(m => m.ProviderMessageId == "m1")).ShouldBe(1, "redelivered, it does not come back");
        await IngestAsync(Says("m3", "hello again"));
        Message("m3").ConversationId.ShouldNotBe(old);
        Read(db => db.Set<Erasure>().Single().Conversations).ShouldBe(old.ToString());
    }

    [Fact]
    public async Task An_erasure_does_not_begin_when_a_message_has_joined_another_thread_meanwhile()
    {
        var (into, from) = await TwoAsync();
        await Store.MergeContactsAsync(One.AccountId, into, from, Actor.System, "merged", _now);
        (await Store.BeginErasureAsync(Guid.CreateVersion7(), One.AccountId, [into], [Number], Actor.System, _now)).ShouldBeFalse();
        (await Store.BeginErasureAsync(Guid.CreateVersion7(), One.AccountId, [from], [Number], Actor.System, _now)).ShouldBeFalse();
        Read(db => db.Set<Conversation>().Count(c => c.AccountId == One.AccountId)).ShouldBe(2);
        (await Store.BeginErasureAsync(Guid.CreateVersion7(), One.AccountId, [into, from], [Number], Actor.System, _now)).ShouldBeTrue();
    }

    private async Task<(Guid Into, Guid From)> TwoAsync()
    {
        await IngestAsync(Says("m1", "of the one"));
        Pass(TimeSpan.FromSeconds(1));
        await IngestAsync(Says("m2", "of the other", Phone(Other)));
        return (Message("m1").ConversationId, Message("m2").ConversationId);
    }
}
