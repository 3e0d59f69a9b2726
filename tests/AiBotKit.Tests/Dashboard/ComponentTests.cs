using AiBotKit.Durability;
using AiBotKit.Dashboard.Entry;
using AiBotKit.Dashboard.Inbox;
using AiBotKit.Dashboard.Shell;
using Bunit;
using Shouldly;
using Xunit;
using Said = AiBotKit.Dashboard.Inbox.Speaker;

namespace AiBotKit.Tests.Dashboard;

public sealed class ComponentTests : BunitContext
{
    private const string Payload = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>";
    private static readonly TimeView Time = new("14:26", "Tuesday 24 November 2026, 14:26:00", "2026-11-24T14:26:00Z");

    [Fact]
    public void Text_from_outside_becomes_text_nodes_in_every_place_that_shows_it()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        var bubble = new BubbleEntry("m1", Owner.Ai, Said.Owner, Payload, Time)
        {
            Blocks = WhatsAppText.Parse($"*{Payload}* {Payload}\n```{Payload}```\n> {Payload}"),
            Attachment = new AttachmentView("doc", Payload, Payload, Lines: [Payload]),
            Quote = new QuoteView("bot", Payload, Payload),
            Reactions = [new ReactionView(Payload, Payload)],
            Failure = new FailureView(Payload, Payload, Payload, true),
            NotAnswered = Payload,
            Forwarded = true,
            Referral = new ReferralView(Payload, Payload, Payload, null),
            Evidence = new EvidenceView(Guid.NewGuid(), Payload, true, Payload, [new PassageView(1, Payload, Payload, Payload, 0.8, 0.4)], [new FactView(Payload, Payload)], [Payload]),
        };
        var timeline = Render<TimelineList>(p => p.Add(c => c.Entries, [bubble, new EventEntry("m2", Owner.Ai, "bot", Payload, Time, true), new NoteEntry("m3", Owner.Ai, Payload, Payload, Time), new DayEntry("d", Owner.Ai, Payload)]).Add(c => c.Name, Payload));
        timeline.Find(".whyb").Click();
        var row = Render<ConversationRow>(p => p.Add(c => c.Row, Row(Payload, Payload)));
        ComponentFactories.AddStub<NoteBox>();
        ComponentFactories.AddStub<ContactPerson>();
        ComponentFactories.AddStub<TeamFacts>();
        ComponentFactories.AddStub<AiBotKit.Dashboard.Leads.LeadFacts>();
        var contact = Render<ContactPanel>(p => p.Add(c => c.View, new ContactView(
            Payload, Payload, true, Payload, InboxRules.OwnerOf(true, null, null, null, default), true, InboxRules.WindowOf(null, default), null, Time, null, new ReferralView(Payload, Payload, Payload, null), [Payload])));
        contact.FindAll("img, script").ShouldBeEmpty();
        foreach (var shown in new[] { timeline.Markup, row.Markup, contact.Markup })
        {
            shown.ShouldContain("&lt;img src=x onerror=alert(1)&gt;");
        }

        timeline.FindAll("img, script").ShouldBeEmpty();
        row.FindAll("img, script").ShouldBeEmpty();
        timeline.FindAll(".why .pass li").Count.ShouldBe(1);
    }

    [Fact]
    public void Formatting_is_built_of_elements_without_stray_spaces()
    {
        var text = Render<FormattedText>(p => p.Add(c => c.Blocks, WhatsAppText.Parse("*b*_i_ https://a.example/x.", [new(3, 1)])));
        text.Find("p").TextContent.ShouldBe("b1i https://a.example/x.");
        text.Find("b").TextContent.ShouldBe("b");
        text.Find("button.ref").GetAttribute("aria-label").ShouldBe("Source 1");
        var link = text.Find("a");
        (link.GetAttribute("href"), link.GetAttribute("rel")).ShouldBe(("https://a.example/x", "noopener noreferrer nofollow"));
    }

    [Theory]
    [InlineData("https://ads.example/1", "https://ads.example/1")]
    [InlineData("javascript:alert(1)", null)]
    [InlineData("//ads.example/1", null)]
    [InlineData("file:///etc/passwd", null)]
    public void An_ad_leads_only_to_the_web(string address, string? href) =>
        ContentView.Read("text", System.Text.Json.JsonSerializer.Serialize(new { kind = "text", referral = new { sourceType = "ad", sourceUrl = address } })).Referral.ShouldNotBeNull().Href.ShouldBe(href);

    [Fact]
    public void A_bubble_tells_direction_language_and_state_in_words()
    {
        var bubble = Render<Bubble>(p => p.Add(c => c.Entry, new BubbleEntry("m1", Owner.Ai, Said.Assistant, "Tidewick", Time)
        {
            Blocks = WhatsAppText.Parse("مرحبا"),
            Language = "ar",
            Tick = MessageWords.Tick(MessageStatus.Delivered),
            PossibleDuplicate = true,
        }));
        var box = bubble.Find(".bub");
        (box.GetAttribute("dir"), box.GetAttribute("lang")).ShouldBe(("auto", "ar"));
        bubble.Find(".tick .sr").TextContent.ShouldBe("Delivered");
        bubble.Find("time").GetAttribute("title").ShouldBe(Time.Full);
        bubble.Find(".meta").TextContent.ShouldContain("May have arrived twice");
    }

    [Fact]
    public void A_failure_is_announced_once_and_an_unconfirmed_send_is_not_a_failure()
    {
        Render<CauseBox>(p => p.Add(c => c.View, new FailureView("Not delivered.", "x", null, true))).Find(".cause").GetAttribute("role").ShouldBe("alert");
        Render<CauseBox>(p => p.Add(c => c.View, new FailureView("Not confirmed yet.", "x", null, false))).Find(".cause").HasAttribute("role").ShouldBeFalse();
    }

    [Fact]
    public void A_row_says_in_words_what_it_shows_in_colour()
    {
        var row = Render<ConversationRow>(p => p.Add(c => c.Row, Row("Maya", "Hello") with { Unread = 120 }).Add(c => c.Current, true));
        row.Find(".rowi").GetAttribute("aria-current").ShouldBe("true");
        row.Find(".count").TextContent.ShouldBe("99+, 120 unread");
        row.Find(".chip.ai").TextContent.ShouldBe("AI");
        row.Find(".clock .sr").TextContent.ShouldContain("left of the 24-hour window");
        row.Find("a").TextContent.ShouldContain("WhatsApp");
    }

    [Fact]
    public void The_evidence_draws_the_score_beside_the_floor()
    {
        var evidence = Render<Evidence>(p => p.Add(c => c.Id, "why").Add(c => c.View, new EvidenceView(Guid.NewGuid(), "1 source", true, "ok", [new PassageView(1, "Hours.md", null, "Open", 0.87, 0.42), new PassageView(null, "Old.md", "not used", null, 0.2, 0.42)], [], [])));
        evidence.FindAll(".score").Select(score => score.GetAttribute("aria-label")).ShouldBe(["Score .87, floor .42", "Score .20, floor .42"]);
        evidence.FindAll("rect.f")[0].GetAttribute("x").ShouldBe("19.7");
        evidence.FindAll(".pass .out").Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("Maya Lindqvist", "ML")]
    [InlineData("Ana", "A")]
    [InlineData("+1 555 010 7719", "19")]
    [InlineData("ليلى حداد", "لح")]
    [InlineData("😅", "?")]
    [InlineData("", "?")]
    public void Initials_come_from_any_name(string name, string expected) => Initials.Of(name).ShouldBe(expected);

    [Fact]
    public void Error_codes_become_sentences_and_never_text_from_the_address()
    {
        EntryErrors.Sentence(null).ShouldBeNull();
        EntryErrors.Sentence(Payload).ShouldNotBeNull().ShouldNotContain("<");
    }

    [Fact]
    public void The_dashboard_never_hands_over_ready_made_markup()
    {
        string[] forbidden = ["Markup" + "String", "AddMarkup" + "Content", "inner" + "HTML", "outer" + "HTML", "insertAdjacent" + "HTML", "document." + "write"];
        var files = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src/AiBotKit"), "*.*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".razor" or ".cs" or ".js" && !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)).ToList();
        files.Count.ShouldBeGreaterThan(50);
        files.Where(file => forbidden.Any(File.ReadAllText(file).Contains)).ShouldBeEmpty();
    }

    private static InboxRow Row(string name, string preview) => new(
        Guid.NewGuid(), name, "+1 555 010 2231", true, preview, null, null, 0, Time, InboxRules.OwnerOf(true, null, null, null, default), InboxRules.WindowOf(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddHours(2)), 0);
}
