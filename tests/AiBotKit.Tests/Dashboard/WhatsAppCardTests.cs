using AiBotKit.Channels;
using AiBotKit.Dashboard.Inbox;
using AiBotKit.Dashboard.Integrations;
using AiBotKit.Tests.Channels;
using Bunit;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Dashboard;

/// <summary>The WhatsApp card in each of its states, with the texts of the product page (A1 4-7, A3 16-22).</summary>
public sealed class WhatsAppCardTests : BunitContext
{
    private static readonly TimeView Time = new("today, 12:14", "Tuesday 24 November 2026, 12:14:00", "2026-11-24T12:14:00Z");

    [Fact]
    public void Connected_says_what_the_product_page_says()
    {
        var card = Card(ConnectionStatesTests.Row(enabled: null));
        card.Find("[data-state]").TextContent.Trim().ShouldBe("Connected");
        var text = card.Markup;
        foreach (var words in new[]
        {
            "<b>Connected status</b>", "Your WhatsApp channel is active. Messages are being processed by your AI agent.",
            "<b>End-to-end encrypted</b><span>Secure messaging via WhatsApp</span>", "<b>Instant replies</b><span>Your bot responds in real time</span>",
            "<b>2B+ users on WhatsApp</b><span>Reach customers on the world's most popular messaging app</span>", "Share with your customers", "Disable WhatsApp", "https://wa.me/15550101000",
        })
        {
            text.ShouldContain(words);
        }

        card.Find("[role=switch]").GetAttribute("aria-checked").ShouldBe("true", "a row older than the switch counts as on");
        card.Find("input").Input("Hi & good day");
        card.Find(".copyf a").GetAttribute("href").ShouldBe("https://wa.me/15550101000?text=Hi%20%26%20good%20day");
        card.FindAll("a[download]").Select(a => a.GetAttribute("href")).ShouldAllBe(href => href!.EndsWith("?text=Hi%20%26%20good%20day", StringComparison.Ordinal));
    }

    [Fact]
    public void Not_connected_shows_what_is_needed_before_anything_is_connected()
    {
        var card = Card(null);
        foreach (var words in new[] { "A business phone number", "A Meta Business account", "A paid plan", "You do not need a Meta developer account", "Pinnacle" })
        {
            card.Markup.ShouldContain(words);
        }

        card.FindAll("[role=switch]").ShouldBeEmpty();
        card.FindAll("button").Select(b => b.TextContent.Trim()).ShouldBe(["Connect", "I have an API key or a Meta Cloud token"]);
        Card(null, mayEdit: false).FindAll("button").ShouldBeEmpty("an agent looks");
    }

    [Theory]
    [InlineData("paused", "Enable WhatsApp", "Messages still arrive and are kept.")]
    [InlineData("broken", "Reconnect", "It was probably replaced there.")]
    [InlineData("locked", "See the plans", "WhatsApp comes with Small and Large")]
    [InlineData("disconnected", "Connect", "Conversations are kept.")]
    [InlineData("connecting", "Connection doctor", "has not taken our callback address yet")]
    public void Every_other_state_says_what_is_the_case_and_what_to_do(string state, string act, string words)
    {
        var connection = ConnectionStatesTests.Row(
            enabled: state == "paused" ? false : null,
            gone: state == "disconnected",
            broken: state == "broken" ? "Pinnacle does not accept our key any more. It was probably replaced there." : null,
            connecting: state == "connecting",
            byPlan: state == "locked");
        var card = Card(connection);
        card.Find("[data-state]").GetAttribute("data-state").ShouldBe(state);
        card.Markup.ShouldContain(act);
        card.Markup.ShouldContain(words);
        card.Markup.ShouldNotContain("Your WhatsApp channel is active");
        card.FindAll(".share").Count.ShouldBe(state == "paused" ? 1 : 0);
    }

    [Theory]
    [InlineData(131031, "WhatsApp has blocked or locked the business account for a policy reason.", "Open WhatsApp Manager to see why and to appeal.")]
    [InlineData(131042, "There is a problem with the payment method of the business account.", "Fix it in WhatsApp Manager.")]
    public void A_locked_account_and_a_payment_problem_are_told_with_what_to_do(int code, string cause, string todo)
    {
        var card = Card(ConnectionStatesTests.Row(broken: AiBotKit.Channels.WhatsApp.WhatsAppErrors.Of(code).Sentence));
        card.Find("[data-state]").GetAttribute("data-state").ShouldBe("broken");
        var alert = card.Find("[role=alert]").TextContent;
        alert.ShouldContain(cause);
        alert.ShouldContain(todo);
        alert.ShouldNotContain("The customer did not get this message");
    }

    [Fact]
    public void On_a_plan_without_WhatsApp_a_number_that_was_disconnected_is_locked_and_not_offered()
    {
        var status = ConnectionStates.Of(ConnectionStatesTests.Row(gone: true), lockedByPlan: true, plans: "Small and Large");
        var card = Render<WhatsAppCard>(p => Parameters(p, new WhatsAppView(null, status.Name, status.Word, status.Cause, status.Advice, "+1 555 010 1000", "Pinnacle", false, null, 0, null, null), true));
        card.Markup.ShouldContain("WhatsApp comes with Small and Large");
        card.Markup.ShouldNotContain("You are on");
        card.FindAll("button").ShouldBeEmpty();
    }

    [Fact]
    public void What_a_pause_kept_is_counted_and_offered_to_be_answered_only_when_it_is_on_again()
    {
        var kept = new PausedView(7, 5, Time, 4);
        var off = Render<WhatsAppCard>(p => Parameters(p, View("paused", isOn: false, kept), true));
        off.Markup.ShouldContain("7 messages received while paused");
        off.Markup.ShouldContain("From 5 customers, oldest today, 12:14");
        off.Markup.ShouldNotContain("Answer them");
        Render<WhatsAppCard>(p => Parameters(p, View("connected", isOn: true, kept), true)).Markup.ShouldContain("Answer them");
        Render<WhatsAppCard>(p => Parameters(p, View("connected", isOn: true, kept with { Answerable = 0 }), true)).Markup.ShouldNotContain("Answer them");
    }

    private IRenderedComponent<WhatsAppCard> Card(Connection? connection, bool mayEdit = true)
    {
        var status = ConnectionStates.Of(connection);
        return Render<WhatsAppCard>(p => Parameters(
            p, new WhatsAppView(connection?.Id, status.Name, status.Word, status.Cause, status.Advice, connection is null ? null : "+1 555 010 1000", "Pinnacle", connection?.Enabled ?? true, null, 0, null, null), mayEdit));
    }

    private static WhatsAppView View(string state, bool isOn, PausedView? kept) => new(Guid.NewGuid(), state, state, "", null, "+1 555 010 1000", "Pinnacle", isOn, kept, 0, null, null);

    private static void Parameters(ComponentParameterCollectionBuilder<WhatsAppCard> parameters, WhatsAppView view, bool mayEdit) =>
        parameters.Add(c => c.ChatbotId, Guid.NewGuid()).Add(c => c.View, view).Add(c => c.Plan, "Essential").Add(c => c.PlansWith, "Small and Large").Add(c => c.MayEdit, mayEdit);
}
