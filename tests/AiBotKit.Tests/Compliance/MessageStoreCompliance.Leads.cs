using AiBotKit.Conversations;
using AiBotKit.Conversations.Leads;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Durability.Mails;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Compliance;

/// <summary>Lead forms: their talk and their leads change with the turn or not at all, and one begins once after a silence.</summary>
public abstract partial class MessageStoreCompliance
{
    private static readonly Guid LeadOne = new("00000000-0000-7000-8000-0000000000a1");

    [Fact]
    public async Task A_form_is_read_while_it_is_switched_on_with_the_talk_and_the_customers_name()
    {
        await IngestAsync(Says("m1", "Hello?"));
        Pass(Quiet);
        var turn = await BeginAsync(Message("m1").ConversationId);
        turn.Lead.ShouldBeNull("no form");
        await FormAsync(enabled: false);
        Store.ReadTurn(turn.ConversationId, _now)!.Lead.ShouldBeNull("switched off");
        await FormAsync();
        Store.ReadTurn(turn.ConversationId, _now)!.Lead.ShouldBe(new LeadSeen("{}", null, "Ada"));
    }

    [Fact]
    public async Task The_talk_the_lead_and_its_mail_are_stored_with_the_turn()
    {
        await FormAsync();
        var (conversation, row) = await LeadAsync("m1", Change("after-1", null, lead: "Ana"));
        (Talk(conversation).State, Lead().Name, Lead().ConversationId, Lead().CompletedAt).ShouldBe(("after-1", "Ana", conversation, _now));
        Mails().Single().To.ShouldBe("sales@example.com");
        await RecordAsync(await ClaimAsync(row.Id), new SendOutcome.Accepted("p1"));
        await IngestAsync(Says("m2", "More"));
        Pass(Quiet);
        (await BeginAsync(conversation)).Lead!.State.ShouldBe("after-1");
    }

    [Fact]
    public async Task An_overtaken_turn_changes_nothing_of_the_form()
    {
        await FormAsync();
        await IngestAsync(Says("m1", "Hello?"));
        Pass(Quiet);
        var turn = await BeginAsync(Message("m1").ConversationId);
        await Store.SwitchAiRepliesAsync(One.AccountId, turn.ConversationId, false, Actor.System, "off", _now);
        (await Store.CommitTurnAsync(Answer(turn) with { Lead = Change("after-1", null, lead: "Ana") })).ShouldBe(TurnResult.Overtaken);
        Read(db => db.Set<LeadTalk>().Count() + db.Set<Lead>().Count() + db.Set<StoredMail>().Count()).ShouldBe(0);
    }

    [Fact]
    public async Task A_turn_whose_reply_is_superseded_before_it_left_is_heard_anew_and_told_once()
    {
        await FormAsync();
        var (conversation, row) = await LeadAsync("m1", Change("after-1", "before-1", lead: "Ana"));
        await IngestAsync(Says("m2", "I mean Anna"));
        (await Store.ClaimSendAsync(row.Id, _now)).Send.ShouldBeNull("a newer message is to be answered with it");
        Message("m1").Outcome.ShouldBeNull("unanswered again");
        Pass(Cap);
        var again = await BeginAsync(conversation);
        again.Lead!.State.ShouldBe("before-1", "what the customer wrote is heard again");
        (await Store.CommitTurnAsync(Answer(again) with { Lead = Change("after-2", "before-1", lead: "Anna") })).ShouldBe(TurnResult.Committed);
        (Lead().Name, Mails().Count).ShouldBe(("Anna", 1));
        await RecordAsync(await ClaimAsync(Outbox()[^1].Id), new SendOutcome.Accepted("p1"));
        await IngestAsync(Says("m3", "More"));
        Pass(Quiet);
        Store.ReadTurn(conversation, _now)!.Lead!.State.ShouldBe("after-2");
    }

    [Fact]
    public async Task A_form_begins_once_after_a_silence_as_a_fenced_reply_that_costs_nothing()
    {
        await FormAsync();
        var (conversation, row) = await LeadAsync("m1", Change("planned", null) with { DueAt = _now + LeadDueRules.Silence + Quiet + Quiet, Opening = new LeadOpening("Your name?", "asked") });
        Pass(LeadDueRules.Silence);
        await Store.ReconcileAsync(AmbiguousWait, _now);
        Outbox().Count.ShouldBe(1, "too soon");
        Pass(Quiet);
        await Store.ReconcileAsync(AmbiguousWait, _now);
        await Store.ReconcileAsync(AmbiguousWait, _now);
        var asked = Outbox()[^1];
        Outbox().Count.ShouldBe(2);
        (asked.Text, asked.Author, asked.UsagePeriod, asked.ConversationId).ShouldBe(("Your name?", SendAuthor.Assistant, null, conversation));
        (Talk(conversation).State, Talk(conversation).DueAt).ShouldBe(("asked", null));
        Conversation("wa_15550100101").LastMessagePreview.ShouldBe("Your name?");
        await RecordAsync(await ClaimAsync(row.Id), new SendOutcome.Accepted("p1"));
        (await Store.ClaimSendAsync(asked.Id, _now)).Send.ShouldNotBeNull();
    }

    [Fact]
    public async Task An_opening_that_never_left_was_not_asked()
    {
        await FormAsync();
        var (conversation, _) = await LeadAsync("m1", Change("planned", null) with { DueAt = _now + LeadDueRules.Silence, Opening = new LeadOpening("Your name?", "asked") });
        Pass(LeadDueRules.Silence + Quiet);
        await Store.ReconcileAsync(AmbiguousWait, _now);
        await IngestAsync(Says("m2", "One more thing"));
        (await Store.ClaimSendAsync(Outbox()[^1].Id, _now)).Send.ShouldBeNull();
        Pass(Quiet);
        Store.ReadTurn(conversation, _now)!.Lead!.State.ShouldBe("planned");
    }

    [Theory]
    [InlineData("a person acted")]
    [InlineData("somebody is waited for")]
    [InlineData("the form is off")]
    [InlineData("the number is off")]
    [InlineData("the window has closed")]
    [InlineData("a message is to be answered")]
    public async Task A_form_does_not_begin_when(string what)
    {
        await FormAsync();
        var (conversation, _) = await LeadAsync("m1", Change("planned", null) with { DueAt = _now + LeadDueRules.Silence, Opening = new LeadOpening("Your name?", "asked") });
        Pass(what == "the window has closed" ? TimeSpan.FromHours(24) : LeadDueRules.Silence + Quiet);
        switch (what)
        {
            case "a person acted":
                await Store.SwitchAiRepliesAsync(One.AccountId, conversation, false, Actor.System, "off", _now);
                await Store.SwitchAiRepliesAsync(One.AccountId, conversation, true, Actor.System, "on", _now);
                break;
            case "somebody is waited for":
                await _under.ChangeAsync(db => Tracked(db, conversation).WaitingReason = "gap");
                break;
            case "the form is off":
                await FormAsync(enabled: false);
                break;
            case "the number is off":
                await Store.SwitchConnectionAsync(One.AccountId, One.ConnectionId, false, Actor.System, _now);
                break;
            case "a message is to be answered":
                await IngestAsync(Says("m2", "And"));
                break;
        }

        await Store.ReconcileAsync(AmbiguousWait, _now);
        Outbox().Count.ShouldBe(1);
        Talk(conversation).State.ShouldBe("planned");
        Talk(conversation).DueAt.HasValue.ShouldBe(what == "a message is to be answered", "later, or not by itself");
    }

    [Fact]
    public async Task A_merged_conversation_takes_its_talk_along()
    {
        await FormAsync();
        await IngestAsync(Says("other", "hi", Phone(Number)));
        var (old, row) = await LeadAsync("m1", Change("after-1", null), User(UserId));
        await RecordAsync(await ClaimAsync(row.Id), new SendOutcome.Accepted("p1"));
        await IngestAsync(Says("m2", "and", Phone(Number, UserId)));
        var into = Message("other").ConversationId;
        into.ShouldNotBe(old);
        Pass(Cap);
        (await BeginAsync(into)).Lead!.State.ShouldBe("after-1");
    }

    private static Conversation Tracked(AppDbContext db, Guid conversation) => db.Set<Conversation>().AsTracking().Single(c => c.Id == conversation);

    private Task FormAsync(bool enabled = true) => _under.ChangeAsync(db =>
    {
        if (db.Set<LeadForm>().AsTracking().FirstOrDefault(f => f.ChatbotId == One.ChatbotId) is { } form)
        {
            form.Enabled = enabled;
            return;
        }

        db.Add(new LeadForm { ChatbotId = One.ChatbotId, AccountId = One.AccountId, Enabled = enabled, Settings = "{}" });
    });

    private LeadChange Change(string state, string? before, string? lead = null) => new()
    {
        State = state,
        Before = before,
        Lead = lead is null ? null : new LeadValues(LeadOne, lead, null, null, "[]", lead, null, null, _now, true),
        Mails = lead is null ? [] : [new StoredMail { Id = Guid.CreateVersion7(_now), AccountId = One.AccountId, To = "sales@example.com", Subject = "New lead", TextProtected = "x", CreatedAt = _now, DueAt = _now }],
    };

    /// <summary>A customer message whose turn changes the form's talk.</summary>
    private async Task<(Guid Conversation, OutboxRow Row)> LeadAsync(string id, LeadChange change, CustomerIdentity? from = null)
    {
        await IngestAsync(Says(id, "Hello?", from));
        Pass(Quiet);
        var conversation = Message(id).ConversationId;
        (await Store.CommitTurnAsync(Answer(await BeginAsync(conversation)) with { Lead = change with { Lead = change.Lead is { } lead ? lead with { CreatedAt = _now } : null } })).ShouldBe(TurnResult.Committed);
        return (conversation, Outbox()[^1]);
    }

    private LeadTalk Talk(Guid conversation) => Read(db => db.Set<LeadTalk>().Single(t => t.ConversationId == conversation));

    private Lead Lead() => Read(db => db.Set<Lead>().Single());

    private List<StoredMail> Mails() => Read(db => db.Set<StoredMail>().ToList());
}
