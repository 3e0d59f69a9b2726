using AiBotKit.Channels;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Storage;
using AiBotKit.Tests.Conversations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>Taking over, writing and handing back in the real browser: what is typed is never lost, and what cannot be sent says why.</summary>
public sealed class ComposerBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    /// <summary>The circuit's call that starts the form waits until the test lets it go.</summary>
    private const string HoldStart =
        """
        (() => {
          const go = new Promise(done => window.letStart = done);
          const hold = composer => { const start = composer.start; composer.start = async (...all) => { window.held = true; await go; return start(...all); }; return composer; };
          if (window.aibotkitComposer) { hold(window.aibotkitComposer); return; }
          let kept;
          Object.defineProperty(window, 'aibotkitComposer', { get: () => kept, set: made => kept = hold(made) });
        })()
        """;

    private static readonly LocatorAssertionsToContainTextOptions Patient = new() { Timeout = 30_000 };

    [Fact]
    public async Task A_takeover_is_three_acts_and_the_message_comes_back_with_blue_ticks()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        await using var context = await chromium.Browser.NewContextAsync();
        await OwnersBrowser.SetUpAsync(context, shop.App);
        var id = (await shop.ConversationAsync()).GetProperty("id").GetGuid();
        var page = await OwnersBrowser.OpenAsync(context, shop.App, $"conversations/{id}");
        await Expect(page.Locator(".composer")).ToHaveCountAsync(0);

        await page.Keyboard.PressAsync("t");
        await Expect(page.Locator(".timeline .ev.person").Last).ToContainTextAsync("Ana Duarte has joined the conversation");
        await Expect(page.Locator(".statebar.person")).ToContainTextAsync("The AI takes over again in 1");
        var box = page.GetByRole(AriaRole.Textbox, new() { Name = "Message to" });
        await Expect(box).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("Ana here.");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.TypeAsync("How can I help?");
        await page.Keyboard.PressAsync("Control+Enter");
        var bubble = page.Locator(".timeline .msg.own").Last;
        await Expect(bubble).ToContainTextAsync("How can I help?");
        await Expect(bubble.Locator(".who2")).ToContainTextAsync("Ana Duarte");
        await Expect(box).ToHaveValueAsync("");
        await Expect(box).ToBeFocusedAsync();
        await Expect(bubble.Locator(".tick.read")).ToContainTextAsync("Read", Patient);

        await box.FillAsync("One more thing");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Expect(page.Locator(".timeline .msg.own")).ToHaveCountAsync(2);
        await page.Locator(".handback").ClickAsync();
        await Expect(page.Locator(".timeline .ev.ai").Last).ToContainTextAsync("Ana Duarte has handed the conversation back to the AI");
        await Expect(page.Locator(".composer")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Escape");
        TalkingShop.Text(await shop.AskAsync("Thanks")).ShouldEndWith("re: Thanks");
        (await shop.MessagesAsync()).Count(m => TalkingShop.Role(m) == "owner").ShouldBe(2);
    }

    [Fact]
    public async Task What_is_typed_and_sent_before_the_circuit_has_started_the_form_goes_out_when_it_has()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        await using var context = await chromium.Browser.NewContextAsync();
        await OwnersBrowser.SetUpAsync(context, shop.App);
        var page = await OwnersBrowser.OpenAsync(context, shop.App, $"conversations/{(await shop.ConversationAsync()).GetProperty("id").GetGuid()}");
        var address = page.Url;
        await page.EvaluateAsync(HoldStart);

        await page.Keyboard.PressAsync("t");
        var box = page.Locator(".composer textarea");
        await box.FillAsync("Sent at once");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        page.Url.ShouldBe(address, "the browser does not send the form by itself");
        await Expect(box).ToHaveValueAsync("Sent at once");
        await page.EvaluateAsync("() => window.letStart()");

        await Expect(page.Locator(".timeline .msg.own").Last).ToContainTextAsync("Sent at once", Patient);
        await Expect(box).ToHaveValueAsync("");
        (await shop.MessagesAsync()).Count(m => TalkingShop.Role(m) == "owner").ShouldBe(1);
    }

    [Fact]
    public async Task A_slash_typed_before_the_circuit_has_started_the_form_calls_up_the_canned_replies_when_it_has()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        await shop.SwitchAsync(false);
        await using var context = await chromium.Browser.NewContextAsync();
        await OwnersBrowser.SetUpAsync(context, shop.App);
        var page = await context.NewPageAsync();
        await page.AddInitScriptAsync(HoldStart);
        await page.GotoAsync(new Uri(shop.App.Address, $"conversations/{(await shop.ConversationAsync()).GetProperty("id").GetGuid()}").ToString());
        await page.WaitForFunctionAsync("() => window.held");
        await page.Locator(".composer textarea").PressSequentiallyAsync("Good day. /");
        await page.EvaluateAsync("() => window.letStart()");
        await Expect(page.Locator(".cannedbox li")).ToContainTextAsync("No canned replies yet", Patient);
    }

    [Fact]
    public async Task Who_has_no_display_name_is_asked_for_one_first()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        await using var context = await chromium.Browser.NewContextAsync();
        await OwnersBrowser.SetUpAsync(context, shop.App);
        shop.App.Sql("UPDATE people SET DisplayName = ''");
        var page = await OwnersBrowser.OpenAsync(context, shop.App, $"conversations/{(await shop.ConversationAsync()).GetProperty("id").GetGuid()}");
        await page.GetByRole(AriaRole.Switch, new() { Name = "AI replies" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Your display name" });
        await Expect(dialog).ToBeVisibleAsync();
        (await shop.ConversationAsync()).GetProperty("aiReplies").GetBoolean().ShouldBeTrue("nothing happens before there is a name");
        await dialog.GetByLabel("Name").FillAsync("Rosa Lind");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".timeline .ev.person").Last).ToContainTextAsync("Rosa Lind has joined the conversation");
        await Expect(page.Locator(".composer textarea")).ToHaveAttributeAsync("placeholder", "Write as Rosa Lind");
        await Expect(dialog).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_draft_outlives_other_conversations_reloads_and_a_broken_line()
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        var page = await shop.OpenAsync($"conversations/{shop.Maya}", routeSockets: true);
        await page.Locator(".composer textarea").FillAsync("Half a thought");
        await page.Locator(".rowi a", new() { HasText = "Samuel Osei" }).ClickAsync();
        await Expect(page.Locator(".chead")).ToContainTextAsync("Samuel Osei");
        await Expect(page.Locator(".composer textarea")).ToHaveValueAsync("");
        await page.Locator(".rowi a", new() { HasText = "Maya Lindqvist" }).ClickAsync();
        await Expect(page.Locator(".composer textarea")).ToHaveValueAsync("Half a thought");

        await shop.SayAsync($"conversations/{shop.Maya}", "Are you there?");
        await Expect(page.Locator(".timeline .msg.in").Last).ToContainTextAsync("Are you there?");
        await Expect(page.Locator(".composer textarea")).ToHaveValueAsync("Half a thought");

        await shop.CutAsync();
        await Expect(page.Locator("#components-reconnect-modal")).ToBeVisibleAsync();
        await page.Locator(".composer textarea").FillAsync("A whole thought");
        await page.Keyboard.PressAsync("Control+Enter");
        shop.Mend();
        await Expect(page.Locator("#components-reconnect-modal")).ToBeHiddenAsync(new() { Timeout = 60_000 });
        await page.ReloadAsync();
        await page.Locator("html[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        var sent = page.Locator(".timeline .msg.own", new() { HasText = "A whole thought" });
        if (await sent.CountAsync() == 0)
        {
            await Expect(page.Locator(".composer textarea")).ToHaveValueAsync("A whole thought");
            await page.Locator(".composer textarea").PressAsync("Control+Enter");
        }

        await Expect(sent).ToHaveCountAsync(1);
        await Expect(page.Locator(".composer textarea")).ToHaveValueAsync("");
    }

    [Fact]
    public async Task A_refused_message_stays_in_the_box_with_the_reason_and_nothing_is_stored()
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        var page = await shop.OpenAsync($"conversations/{shop.Maya}");
        await page.Locator(".composer textarea").FillAsync("Still there?");
        await shop.App.Services.GetRequiredService<IDataWriter>().SaveAsync(db => { db.Set<Connection>().AsTracking().First(c => c.ChatbotId == shop.ChatbotId).Enabled = false; });
        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "Not sent." })).ToContainTextAsync("WhatsApp is switched off for this chatbot");
        var locked = page.Locator(".lockrow");
        await Expect(locked).ToContainTextAsync("Sending is paused.");
        await Expect(locked).ToContainTextAsync("Your text is kept.");
        await Expect(page.Locator(".composer textarea")).ToHaveValueAsync("Still there?");
        await Expect(page.Locator(".timeline .msg", new() { HasText = "Still there?" })).ToHaveCountAsync(0);
        shop.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_window_closes_by_itself_and_opens_by_itself_without_a_reload()
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        var id = await shop.App.Seed.ConversationAsync(shop.AccountId, shop.ChatbotId, "15550109001", "Late Larry", c => (c.AiReplies, c.AiRepliesReason) = (false, "owner"));
        await shop.App.Seed.SayAsync(shop.AccountId, id, MessageRole.Customer, "Hello?", shop.App.Seed.Now.AddHours(-24).AddSeconds(12));
        var page = await shop.OpenAsync($"conversations/{id}");
        await Expect(page.Locator(".composer .win")).ToContainTextAsync("Window closes in");
        await page.Locator(".composer textarea").FillAsync("Nearly too late");
        var locked = page.Locator(".lockrow");
        await Expect(locked).ToContainTextAsync("The 24-hour window closed", new() { Timeout = 25_000 });
        await Expect(page.Locator(".composer textarea")).ToBeHiddenAsync();
        await Expect(locked).ToContainTextAsync("24 hours after the customer's last message");
        await locked.FocusAsync();
        await Expect(page.Locator(".cshut .tip")).ToBeVisibleAsync();
        (await locked.GetAttributeAsync("aria-describedby")).ShouldBe("reply-why");

        await shop.SayAsync($"conversations/{id}", "I am back");
        await Expect(page.Locator(".composer textarea")).ToBeVisibleAsync();
        await Expect(page.Locator(".composer textarea")).ToHaveValueAsync("Nearly too late");
        await Expect(page.Locator(".composer .win")).ToContainTextAsync("23 h");
        shop.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_takeover_shows_when_it_ends_and_can_be_extended()
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        await shop.App.Services.GetRequiredService<IDataWriter>().SaveAsync(db => { db.Set<Conversation>().AsTracking().First(c => c.Id == shop.Maya).TakeoverUntil = shop.App.Seed.Now.AddMinutes(90); });
        var page = await shop.OpenAsync($"conversations/{shop.Maya}");
        await Expect(page.Locator(".statebar")).ToContainTextAsync("The AI takes over again in 1 h 2");
        await page.GetByRole(AriaRole.Button, new() { Name = "Extend" }).ClickAsync();
        await Expect(page.Locator(".statebar")).ToContainTextAsync("The AI takes over again in 13 h");
        await page.GetByRole(AriaRole.Button, new() { Name = "How takeover works" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "Live chat and takeover" })).ToContainTextAsync("answers the customer’s next message");
        shop.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task On_a_phone_everything_is_within_reach_of_a_thumb()
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        var page = await shop.OpenAsync($"conversations/{shop.Maya}", 390);
        var send = page.Locator(".composer .sendr");
        await page.Locator(".composer textarea").FillAsync("Written with one hand, and long enough to need more than one line of this small screen");
        var (at, box) = ((await send.BoundingBoxAsync())!, (await page.Locator(".composer textarea").BoundingBoxAsync())!);
        (at.Width >= 44 && at.Height >= 44 && at.Y > 422).ShouldBeTrue();
        box.Height.ShouldBeGreaterThan(60, "the box grows with the text");
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue();
        await send.ClickAsync();
        await Expect(page.Locator(".timeline .msg.own").Last).ToContainTextAsync("Written with one hand");
        await Expect(page.Locator(".timeline .msg.own").Last).ToBeInViewportAsync();
        shop.Problems.ShouldBeEmpty();
    }

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);
}
