using AiBotKit.Channels;
using AiBotKit.Channels.WhatsApp;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Compliance;

/// <summary>Webhooks: once each, at the right tenant, with the window and the work row they cause.</summary>
public abstract partial class MessageStoreCompliance
{
    [Fact]
    public async Task A_message_is_stored_once_however_often_it_comes()
    {
        (await IngestAsync(Says("m1", "Hello?"))).ShouldBe(new IngestResult(1, 0, 0, 0));
        (await IngestAsync(Says("m1", "Hello?"))).ShouldBe(new IngestResult(0, 1, 0, 0));
        Pass(TimeSpan.FromDays(8));
        (await IngestAsync(Says("m1", "Hello?"), Says("m2", "Still there?"))).ShouldBe(new IngestResult(1, 1, 0, 0));
        Read(db => db.Set<Message>().Count()).ShouldBe(2);
        Conversation("wa_15550100101").Unread.ShouldBe(2);
    }

    [Fact]
    public async Task Fifty_copies_at_once_make_one_message()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => IngestAsync(Says("m1", "Hello?")))));
        results.Sum(r => r.Stored).ShouldBe(1);
        results.Sum(r => r.Duplicates).ShouldBe(49);
        Read(db => db.Set<Message>().Count()).ShouldBe(1);
        Read(db => db.Set<Conversation>().Count()).ShouldBe(1);
    }

    [Fact]
    public async Task A_message_without_an_id_is_known_by_its_bytes()
    {
        var keys = new DedupKeys(new byte[32]);
        byte[] raw = [1, 2, 3], other = [1, 2, 4];
        keys.Of(One.Route, "", raw).ShouldBe(keys.Of(One.Route, null, raw));
        CustomerArrival Bare(byte[] bytes) => Says("x", "Hello?") with { ProviderMessageId = null, DedupKey = keys.Of(One.Route, null, bytes) };
        (await IngestAsync(Bare(raw), Bare(raw), Bare(other))).ShouldBe(new IngestResult(2, 1, 0, 0));
    }

    [Fact]
    public async Task The_number_decides_the_account_and_an_unknown_one_leaves_nothing()
    {
        await IngestAsync(Says("m1", "to one"), Says("m1", "to two", shop: Two), Says("m2", "to nobody") with { Route = "999" });
        Read(db => db.Set<Message>().Where(m => m.AccountId == One.AccountId).Select(m => m.Text).Single()).ShouldBe("to one");
        Read(db => db.Set<Message>().Where(m => m.AccountId == Two.AccountId).Select(m => m.Text).Single()).ShouldBe("to two");
        (await IngestAsync(Says("m2", "to nobody") with { Route = "999" })).Ignored.ShouldBe(1);
    }

    [Fact]
    public async Task A_disconnected_number_takes_nothing_and_goes_on_with_its_threads_when_it_comes_back()
    {
        await IngestAsync(Says("m1", "Hello?"));
        await _under.ChangeAsync(db => db.Set<Connection>().Single(c => c.Id == One.ConnectionId).DisconnectedAt = Start);
        (await IngestAsync(Says("m2", "Hello?"))).Ignored.ShouldBe(1);
        await _under.ChangeAsync(db => db.Set<Connection>().Single(c => c.Id == One.ConnectionId).DisconnectedAt = null);
        (await IngestAsync(Says("m1", "Hello?"), Says("m2", "Hello?"))).ShouldBe(new IngestResult(1, 1, 0, 0));
        Read(db => db.Set<Conversation>().Count()).ShouldBe(1);
    }

    [Fact]
    public async Task One_bad_item_becomes_a_dead_letter_once_and_the_others_are_stored()
    {
        var bad = new UnusableArrival { Route = One.Route, DedupKey = Key("bad"), Reason = "no type", Raw = new byte[] { 123 } };
        (await IngestAsync(Says("m1", "a"), bad, Says("m2", "b"))).ShouldBe(new IngestResult(2, 0, 0, 1));
        (await IngestAsync(bad)).ShouldBe(new IngestResult(0, 1, 0, 0));
        Read(db => db.Set<DeadLetter>().Single().AccountId).ShouldBe(One.AccountId);
    }

    [Fact]
    public async Task An_item_the_store_cannot_take_harms_no_other()
    {
        var poison = Says("m2", null!);
        (await IngestAsync(Says("m1", "a"), poison, Says("m3", "c"))).ShouldBe(new IngestResult(2, 0, 0, 1));
        Read(db => db.Set<Message>().Count()).ShouldBe(2);
    }

    [Fact]
    public async Task The_window_opens_at_the_providers_time_and_never_moves_back()
    {
        await IngestAsync(Says("m1", "a", at: Start.AddHours(-2)));
        Conversation("wa_15550100101").LastInboundAt.ShouldBe(Start.AddHours(-2));
        await IngestAsync(Says("m2", "b", at: Start.AddHours(-5)));
        Conversation("wa_15550100101").LastInboundAt.ShouldBe(Start.AddHours(-2), "a late webhook shortens nothing");
        await IngestAsync(Says("m3", "c", at: Start.AddDays(30)));
        Conversation("wa_15550100101").LastInboundAt.ShouldBe(Start, "a future clock lengthens nothing");
        Pass(TimeSpan.FromHours(1));
        await IngestAsync(Says("m2", "b", at: Start.AddHours(1)));
        Conversation("wa_15550100101").LastInboundAt.ShouldBe(Start, "a redelivery moves nothing");
        await IngestAsync(Says("m4", "d") with { At = null });
        Conversation("wa_15550100101").LastInboundAt.ShouldBe(_now, "without a time the receipt counts");
    }

    [Fact]
    public async Task A_call_opens_the_window_and_an_echo_or_an_edit_does_not()
    {
        await IngestAsync(new CallArrival { Route = One.Route, From = Phone("15550100101"), At = Start });
        Conversation("wa_15550100101").LastInboundAt.ShouldBe(Start);
        Pass(TimeSpan.FromHours(1));
        await IngestAsync(
            new OwnerEchoArrival { Route = One.Route, DedupKey = Key("e1"), To = Phone("15550100101"), At = _now, Type = "text", Text = "I am here", ProviderMessageId = "e1" },
            Says("m1", "edited") with { StartsTurn = false, StoredOnly = "event", RefreshesWindow = false, Edits = "m0" });
        Conversation("wa_15550100101").LastInboundAt.ShouldBe(Start);
    }

    [Fact]
    public async Task A_turn_is_due_after_the_quiet_window_and_never_later_than_the_cap()
    {
        await IngestAsync(Says("m1", "a"));
        var conversation = Message("m1").ConversationId;
        Work(conversation).ShouldNotBeNull().DueAt.ShouldBe(Start + Quiet);
        for (var i = 2; i <= 9; i++)
        {
            Pass(TimeSpan.FromSeconds(1));
            await IngestAsync(Says($"m{i}", "more"));
        }

        Work(conversation).ShouldNotBeNull().DueAt.ShouldBe(Start + Cap);
        Pass(TimeSpan.FromSeconds(5));
        await IngestAsync(Says("m10", "and more"));
        Work(conversation).ShouldNotBeNull().DueAt.ShouldBe(_now, "past the cap it is due at once");
        await IngestAsync(Says("m11", "tap", Phone("15550100102")) with { IsTap = true });
        Work(Message("m11").ConversationId).ShouldNotBeNull().DueAt.ShouldBe(_now);
    }

    [Fact]
    public async Task A_message_that_starts_no_turn_makes_no_work()
    {
        await IngestAsync(Reacts("r1", Phone("15550100101")));
        Work(Message("r1").ConversationId).ShouldBeNull();
        Message("r1").Outcome.ShouldBe("reaction");
    }

    [Fact]
    public async Task An_edit_of_an_unanswered_message_is_what_the_turn_reads()
    {
        await IngestAsync(Says("m1", "Do you sell tae?"));
        await IngestAsync(Says("m2", "Do you sell tea?") with { StartsTurn = false, StoredOnly = "event", Edits = "m1" });
        Pass(Quiet);
        (await BeginAsync(Message("m1").ConversationId)).Unanswered.Single().Text.ShouldBe("Do you sell tea?");
    }

    [Fact]
    public async Task What_the_customer_took_back_is_answered_no_more()
    {
        await IngestAsync(Says("m1", "My card number is…"));
        await IngestAsync(Says("m2", "deleted") with { StartsTurn = false, StoredOnly = "event", Revokes = "m1" });
        Message("m1").Outcome.ShouldBe("revoked");
        Work(Message("m1").ConversationId).ShouldBeNull();

        await IngestAsync(Says("m3", "A question"), Says("m4", "a slip"));
        Pass(Quiet);
        var turn = await BeginAsync(Message("m3").ConversationId);
        await IngestAsync(Says("m5", "deleted") with { StartsTurn = false, StoredOnly = "event", Revokes = "m4" });
        (await Store.CommitTurnAsync(Answer(turn) with { AllowNewer = true })).ShouldBe(TurnResult.NewerMessage, "the answer speaks of what was taken back");
        var again = Store.ReadTurn(turn.ConversationId, _now).ShouldNotBeNull();
        again.Unanswered.Single().Text.ShouldBe("A question");
        (await Store.CommitTurnAsync(Answer(again))).ShouldBe(TurnResult.Committed);
    }

    [Fact]
    public async Task An_echo_from_the_owners_phone_is_a_takeover()
    {
        var (conversation, row) = await AnsweredAsync();
        await IngestAsync(Says("m2", "And?"));
        var epoch = Conversation("wa_15550100101").Epoch;
        await IngestAsync(new OwnerEchoArrival { Route = One.Route, DedupKey = Key("e1"), To = Phone("15550100101"), At = _now, Type = "text", Text = "I am here", ProviderMessageId = "e1" });
        var now = Conversation("wa_15550100101");
        (now.AiReplies, now.AiRepliesReason, now.Epoch).ShouldBe((false, "phone", epoch + 1));
        Message("m2").Outcome.ShouldBe("human");
        Sent(row.Id).State.ShouldBe(OutboxState.Cancelled);
        Work(conversation).ShouldBeNull();
        Read(db => db.Set<Message>().Single(m => m.Role == MessageRole.Owner).Text).ShouldBe("I am here");
    }

    [Fact]
    public async Task An_unusable_body_is_kept_once()
    {
        (await Store.KeepUnusableBodyAsync(Key("body"), [1], "no JSON", _now)).ShouldBeTrue();
        (await Store.KeepUnusableBodyAsync(Key("body"), [1], "no JSON", _now)).ShouldBeFalse();
        Read(db => db.Set<DeadLetter>().Single().Kind).ShouldBe("webhook_body");
    }
}
