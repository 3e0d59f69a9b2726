using AiBotKit.Durability;
using System.Text.Json;
using AiBotKit.Assistant;
using AiBotKit.Conversations;
using AiBotKit.Dashboard.Inbox;
using Shouldly;
using Xunit;
using Said = AiBotKit.Dashboard.Inbox.Speaker;

namespace AiBotKit.Tests.Dashboard;

public sealed class TimelineRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 13, 0, 0, TimeSpan.Zero);
    private readonly List<Message> _messages = [];
    private readonly Dictionary<Guid, Turn> _turns = [];

    [Fact]
    public void The_spine_changes_colour_where_the_owner_changes()
    {
        Say(MessageRole.Customer, "Hi", outcome: "answered");
        Say(MessageRole.Assistant, "Hello");
        Say(MessageRole.Customer, "Late one", outcome: "late");
        Say(MessageRole.Event, "Ana has joined the conversation", type: "takeover");
        Say(MessageRole.Owner, "Ana here");
        Say(MessageRole.Customer, "Thanks", outcome: "ai_off");
        Say(MessageRole.Event, "AI replies were switched on", type: "ai_replies");
        Say(MessageRole.Event, "The customer wrote a stop word: AI replies are off", type: "ai_replies");
        Say(MessageRole.Event, "AI replies were switched off", type: "ai_replies");
        Say(MessageRole.Event, "Ana has handed the conversation back to the AI", type: "handback");
        Build().Where(e => e is not DayEntry).Select(e => e.Owner).ShouldBe([Owner.Ai, Owner.Ai, Owner.Waiting, Owner.Person, Owner.Person, Owner.Person, Owner.Ai, Owner.Nobody, Owner.Person, Owner.Ai]);
    }

    [Fact]
    public void From_when_a_person_is_wanted_the_stretch_is_a_waiting_one_and_a_line_says_why()
    {
        Say(MessageRole.Customer, "Do you fix bicycles?", outcome: "answered", at: Now);
        Say(MessageRole.Assistant, "I don't know", at: Now.AddSeconds(2));
        Say(MessageRole.Customer, "And the price?", outcome: "answered", at: Now.AddSeconds(20));
        Say(MessageRole.Assistant, "4.90", at: Now.AddSeconds(22));
        var waiting = new WaitingView(Now.AddSeconds(2), "A person is wanted. The answer is not in the knowledge.");
        var entries = TimelineRules.Build(new TimelineInput(_messages, [], _turns, [], "Maya", "Tidewick", true, TimeZoneInfo.Utc, Now, waiting));
        entries.Skip(1).Select(e => (e is EventEntry, e.Owner)).ShouldBe([(false, Owner.Ai), (false, Owner.Ai), (true, Owner.Waiting), (false, Owner.Waiting), (false, Owner.Waiting)]);
        TimelineRules.Build(new TimelineInput(_messages[2..], [], _turns, [], "Maya", "Tidewick", true, TimeZoneInfo.Utc, Now, waiting))
            .Skip(1).Select(e => (e is EventEntry, e.Owner)).ShouldBe([(false, Owner.Waiting), (false, Owner.Waiting)]);
        TimelineRules.Build(new TimelineInput(_messages[..1], [], _turns, [], "Maya", "Tidewick", true, TimeZoneInfo.Utc, Now, waiting))[^1].Owner.ShouldBe(Owner.Waiting);
    }

    [Fact]
    public void Days_are_the_viewers_days()
    {
        Say(MessageRole.Customer, "before", at: new(2026, 11, 22, 22, 30, 0, TimeSpan.Zero));
        Say(MessageRole.Customer, "after", at: new(2026, 11, 23, 23, 30, 0, TimeSpan.Zero));
        Build().OfType<DayEntry>().Select(d => d.Title).ShouldBe(["Sunday 22 November", "Yesterday, Monday 23 November"]);
        Build(TimeZoneInfo.CreateCustomTimeZone("x", TimeSpan.FromHours(2), "x", "x")).OfType<DayEntry>().Select(d => d.Title).ShouldBe(["Yesterday, Monday 23 November", "Today"]);
    }

    [Fact]
    public void A_reaction_sits_on_its_message_and_the_last_one_counts()
    {
        var target = Say(MessageRole.Assistant, "Done").ProviderMessageId!;
        React(target, "👍");
        React(target, "❤️");
        var bubble = Build().OfType<BubbleEntry>().Single();
        bubble.Reactions.Single().Emoji.ShouldBe("❤️");
        _messages.RemoveAt(_messages.Count - 1);
        React(target, null);
        Build().OfType<BubbleEntry>().Single().Reactions.ShouldBeEmpty();
    }

    [Fact]
    public void A_reaction_to_something_out_of_sight_is_a_line_of_its_own()
    {
        React("wamid.gone", "👍");
        Build().OfType<EventEntry>().Single().Sentence.ShouldBe("Maya reacted with 👍 to an earlier message");
    }

    [Fact]
    public void Quotes_name_the_speaker_and_survive_a_missing_target()
    {
        var target = Say(MessageRole.Owner, "On Friday", author: "Ana Duarte").ProviderMessageId!;
        Say(MessageRole.Customer, "Good", replyTo: target);
        Say(MessageRole.Customer, "And this?", replyTo: "wamid.unknown");
        Build().OfType<BubbleEntry>().Select(b => b.Quote).ShouldBe([null, new QuoteView("own", "Ana Duarte", "On Friday"), new QuoteView("", "Earlier message", "Not kept here")]);
    }

    [Fact]
    public void A_deleted_message_shows_nothing_of_what_it_said()
    {
        Say(MessageRole.Customer, "secret", revoked: true, content: """{"kind":"media","mimeType":"image/png"}""", type: "image");
        var bubble = Build().OfType<BubbleEntry>().Single();
        (bubble.Revoked, bubble.Blocks.Count, bubble.Attachment).ShouldBe((true, 0, null));
    }

    [Theory]
    [InlineData("ai_off", "Not answered: the AI replies switch was off")]
    [InlineData("window", "Not answered: the 24-hour window had closed")]
    [InlineData("some_new_reason", "Not answered: some new reason")]
    [InlineData("answered", null)]
    public void A_stored_only_message_says_why(string outcome, string? words)
    {
        Say(MessageRole.Customer, "Hi", outcome: outcome);
        Build().OfType<BubbleEntry>().Single().NotAnswered.ShouldBe(words);
    }

    [Fact]
    public void An_answer_carries_its_evidence_and_numbers_in_the_text()
    {
        var (used, other) = (Guid.NewGuid(), Guid.NewGuid());
        var turn = AddTurn("model", "We open at 9.[[1]]", new AnswerTrace
        {
            Language = "es",
            Floor = 0.42,
            Evidence = 0.9,
            Model = "m-1",
            PromptVersion = "3",
            InputTokens = 10,
            OutputTokens = 2,
            ModelMilliseconds = 1500,
            Passages = [new TracedPassage(used, "Hours.md", "Shop", 0.9, 0.9, 0.8, true), new TracedPassage(other, "Old.md", null, 0.2, 0.1, null, false)],
            Verdicts = ["Supported."],
        });
        Say(MessageRole.Assistant, "I am an AI assistant.\nWe open at 9.", turn: turn, citations: JsonSerializer.Serialize<Citation[]>([new(1, used, Guid.NewGuid(), "Hours.md", "Open from 9", 0.9)]));
        var bubble = Build().OfType<BubbleEntry>().Single();
        bubble.Language.ShouldBe("es");
        bubble.Blocks.OfType<ParagraphBlock>().Last().Runs[^1].Citation.ShouldBe(1);
        var evidence = bubble.Evidence.ShouldNotBeNull();
        (evidence.Label, evidence.Grounded).ShouldBe(("1 source", true));
        evidence.Passages.Select(p => (p.Number, p.Title, p.Place, p.Floor)).ShouldBe([(1, "Hours.md", "Shop", 0.42), (null, "Old.md", "below the floor of .42, not used", 0.42)]);
        evidence.Facts.ShouldContain(new FactView("Model", "m-1, prompt 3"));
        evidence.Facts.ShouldContain(new FactView("Answering", "1.5 s"));
    }

    [Fact]
    public void A_draft_that_a_person_overtook_is_kept_in_its_place()
    {
        Say(MessageRole.Customer, "Open today?", outcome: "human");
        Say(MessageRole.Owner, "Yes", author: "Ana", at: Now.AddMinutes(10));
        AddTurn("model", "From 9.[[1]]", new AnswerTrace(), result: "suggestion", endedAt: Now.AddMinutes(1));
        Build().Select(e => e.GetType().Name).ShouldBe(["DayEntry", "BubbleEntry", "EventEntry", "BubbleEntry"]);
        Build().OfType<EventEntry>().Single().Sentence.ShouldEndWith("From 9.");
    }

    [Fact]
    public void An_unreadable_trace_hides_the_button_not_the_message()
    {
        var turn = AddTurn("model", "x", new AnswerTrace(), trace: "{not json");
        Say(MessageRole.Assistant, "Hello", turn: turn);
        var bubble = Build().OfType<BubbleEntry>().Single();
        bubble.Evidence.ShouldBeNull();
        bubble.Blocks.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("image", """{"kind":"media","mimeType":"image/jpeg"}""", "image", "Photo")]
    [InlineData("audio", """{"kind":"media","mimeType":"audio/ogg","voice":true}""", "mic", "Voice note")]
    [InlineData("document", """{"kind":"media","mimeType":"application/pdf","fileName":"a.pdf"}""", "doc", "a.pdf")]
    [InlineData("location", """{"kind":"location","latitude":1.5,"longitude":2}""", "pin", "Location")]
    [InlineData("location", """{"kind":"location","latitude":"x"}""", "pin", "Location")]
    [InlineData("contacts", """{"kind":"contacts","cards":[{"name":"Bo","phones":["1"]},7]}""", "person", "Contact")]
    [InlineData("order", """{"kind":"order","items":[{"productId":"p","quantity":2,"price":3.5,"currency":"EUR"}]}""", "cart", "Order, 1 item")]
    [InlineData("unsupported", """{"kind":"unsupported","type":"poll_creation"}""", "alert", "A kind that WhatsApp does not pass on")]
    public void Content_is_shown_as_a_chip_whatever_it_lacks(string type, string content, string icon, string title)
    {
        Say(MessageRole.Customer, "", type: type, content: content);
        var attachment = Build().OfType<BubbleEntry>().Single().Attachment.ShouldNotBeNull();
        (attachment.Icon, attachment.Title).ShouldBe((icon, title));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("{\"kind\":5}")]
    public void Content_that_cannot_be_read_shows_the_text_alone(string content)
    {
        Say(MessageRole.Customer, "Hello", content: content);
        Build().OfType<BubbleEntry>().Single().Blocks.Count.ShouldBe(1);
    }

    [Fact]
    public void A_location_links_to_a_map_over_https()
    {
        Say(MessageRole.Customer, "", type: "location", content: """{"kind":"location","latitude":59.3293,"longitude":18.0686}""");
        Build().OfType<BubbleEntry>().Single().Attachment!.Href.ShouldBe("https://www.openstreetmap.org/?mlat=59.3293&mlon=18.0686#map=16/59.3293/18.0686");
    }

    [Theory]
    [InlineData("topics", "kept as a gap", true)]
    [InlineData("fallback", "kept as a gap", true)]
    [InlineData("small_talk", "Fixed reply", false)]
    public void A_fixed_reply_to_small_talk_is_no_gap(string kind, string label, bool gap)
    {
        Say(MessageRole.Assistant, "You're welcome!", turn: AddTurn(kind, "You're welcome!", new AnswerTrace()));
        var evidence = Build().OfType<BubbleEntry>().Single().Evidence.ShouldNotBeNull();
        evidence.Label.ShouldContain(label);
        (evidence.IsGap, evidence.Grounded).ShouldBe((gap, false));
    }

    [Fact]
    public void The_speaker_decides_the_side()
    {
        Say(MessageRole.Customer, "a");
        Say(MessageRole.Assistant, "b");
        Say(MessageRole.Owner, "c", author: "Ana");
        Build().OfType<BubbleEntry>().Select(b => (b.Speaker, b.SpeakerName)).ShouldBe([(Said.Customer, "Maya"), (Said.Assistant, "Tidewick"), (Said.Owner, "Ana")]);
    }

    [Fact]
    public void A_held_answer_says_what_releases_it_and_a_template_shows_its_buttons()
    {
        var held = Say(MessageRole.Owner, "Here is the answer", author: "Ana");
        held.Status = MessageStatus.Held;
        Say(MessageRole.Owner, "We have an answer.", type: "template", content: """{"kind":"template","name":"answer_ready","language":"en","footer":"Tidewick","buttons":["Read it"]}""");
        Say(MessageRole.Customer, "Read it", type: "button", content: """{"kind":"template","name":"x"}""");
        var bubbles = Build().OfType<BubbleEntry>().ToList();
        bubbles.Select(b => b.Held).ShouldBe([new HeldView(held.Id, "Held: goes out when Maya taps or writes"), null, null]);
        bubbles[0].Failure.ShouldBeNull();
        var template = bubbles[1].Template.ShouldNotBeNull();
        (template.Title, template.Footer, template.Buttons.Single()).ShouldBe(("answer ready", "Tidewick", "Read it"));
        bubbles[2].Template.ShouldBeNull("only what is ours is a template of ours");
    }

    private void React(string target, string? emoji) => Say(MessageRole.Customer, "", type: "reaction", content: JsonSerializer.Serialize(new { kind = "reaction", targetProviderId = target, emoji }));

    private Guid AddTurn(string kind, string draft, AnswerTrace value, string? trace = null, string result = "committed", DateTimeOffset? endedAt = null)
    {
        var id = Guid.NewGuid();
        _turns[id] = new Turn { Id = id, AccountId = default, ConversationId = default, StartedAt = Now, EndedAt = endedAt ?? Now, Result = result, AnswerKind = kind, Draft = draft, Trace = trace ?? JsonSerializer.Serialize(value) };
        return id;
    }

    private Message Say(MessageRole role, string text, string type = "text", string? outcome = null, string? content = null, string? replyTo = null, string? author = null, bool revoked = false, Guid? turn = null, string? citations = null, DateTimeOffset? at = null)
    {
        var message = new Message
        {
            Seq = _messages.Count + 1,
            Id = Guid.NewGuid(),
            AccountId = default,
            ConversationId = default,
            Role = role,
            Type = type,
            Text = text,
            Content = content,
            ProviderMessageId = "wamid." + _messages.Count,
            ReplyTo = replyTo,
            At = at ?? Now.AddMinutes(_messages.Count),
            CreatedAt = Now,
            Status = role == MessageRole.Customer ? MessageStatus.Received : MessageStatus.Read,
            Outcome = outcome,
            AuthorName = author,
            TurnId = turn,
            Citations = citations,
            RevokedAt = revoked ? Now : null,
        };
        _messages.Add(message);
        return message;
    }

    private IReadOnlyList<TimelineEntry> Build(TimeZoneInfo? zone = null) =>
        TimelineRules.Build(new TimelineInput(_messages, [], _turns, [.. _turns.Values.Where(t => t.Result == "suggestion")], "Maya", "Tidewick", true, zone ?? TimeZoneInfo.Utc, Now));
}
