using System.Collections.Concurrent;
using System.Net.Http.Json;
using AiBotKit.Accounts;
using AiBotKit.Storage;
using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Fakes;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiBotKit.Tests.Browser;

/// <summary>What reaches somebody who looks elsewhere: the number in the title, the tone, the browser's notification; each only as it was switched on.</summary>
public sealed class NoticeBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    private const string Second = "15550100102";

    /// <summary>The browser's own notification and tone cannot be seen by a test: what would be shown and sounded is written down instead.</summary>
    private const string Recorder =
        """
        (() => {
          let permission = localStorage.getItem('test-permission') ?? 'default';
          window.Notification = class {
            static get permission() { return permission; }
            static async requestPermission() { note('asked'); permission = localStorage.getItem('test-answer') ?? 'granted'; localStorage.setItem('test-permission', permission); return permission; }
            constructor(title, options) { window.shown = this; note(`shown ${title}|${options.body}|${options.silent}`); }
            close() { note('closed'); }
          };
          AudioContext.prototype.createOscillator = new Proxy(AudioContext.prototype.createOscillator, { apply(made, self, args) { note('sine'); return Reflect.apply(made, self, args); } });
        })();
        """;

    [Fact]
    public async Task The_title_begins_with_how_many_wait_on_every_page_and_the_number_goes_with_the_last_one()
    {
        await using var shop = await TalkingShop.StartAsync();
        await using var context = await chromium.Browser.NewContextAsync();
        await (await OwnersBrowser.SetUpAsync(context, shop.App)).CloseAsync();
        var inbox = await OwnersBrowser.OpenAsync(context, shop.App, "/conversations");
        var health = await OwnersBrowser.OpenAsync(context, shop.App, "/health");
        await Expect(inbox).ToHaveTitleAsync("Inbox · AI Bot Kit");
        await shop.AskAsync("Can I talk to a human?");
        await Expect(inbox).ToHaveTitleAsync("(1) Inbox · AI Bot Kit");
        await Expect(health).ToHaveTitleAsync("(1) Health · AI Bot Kit");
        await Expect(health.Locator("link[rel=icon]")).ToHaveAttributeAsync("href", new System.Text.RegularExpressions.Regex("favicon-waiting"));
        await shop.Simulator.SayAsync(new { text = "A human please" }, Second);
        await Expect(health).ToHaveTitleAsync("(2) Health · AI Bot Kit");

        // Who does not want the number switches it off, in every tab at once.
        await inbox.Locator(".bell").ClickAsync();
        await inbox.GetByLabel("count who waits in the title").UncheckAsync();
        await Expect(inbox).ToHaveTitleAsync("Inbox · AI Bot Kit");
        await Expect(health).ToHaveTitleAsync("Health · AI Bot Kit");
        await Expect(health.Locator("link[rel=icon]")).Not.ToHaveAttributeAsync("href", new System.Text.RegularExpressions.Regex("favicon-waiting"));
        await inbox.GetByLabel("count who waits in the title").CheckAsync();
        await inbox.Keyboard.PressAsync("Escape");
        await Expect(health).ToHaveTitleAsync("(2) Health · AI Bot Kit");

        // From page to page: the circuit writes the title anew each time.
        await inbox.GetByRole(AriaRole.Link, new() { Name = "Plan", Exact = true }).ClickAsync();
        await Expect(inbox).ToHaveTitleAsync("(2) Plan and usage · AI Bot Kit");
        await inbox.Locator(".rail a[href=conversations]").ClickAsync();
        await Expect(inbox).ToHaveTitleAsync("(2) Inbox · AI Bot Kit");
        var late = await OwnersBrowser.OpenAsync(context, shop.App, "/settings");
        await Expect(late).ToHaveTitleAsync(new System.Text.RegularExpressions.Regex(@"^\(2\) "));

        foreach (var customer in new[] { Tests.Simulator.SimulatorFixture.Customer, Second })
        {
            await inbox.GotoAsync(new Uri(shop.App.Address, $"/conversations/{(await shop.ConversationAsync(customer)).GetProperty("id").GetGuid()}").ToString());
            await inbox.Locator("html[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
            await inbox.GetByRole(AriaRole.Button, new() { Name = "Take over" }).ClickAsync();
            await Expect(inbox.Locator(".statebar.person")).ToBeVisibleAsync();
        }

        await Expect(health).ToHaveTitleAsync("Health · AI Bot Kit");
        await Expect(health.Locator("link[rel=icon]")).Not.ToHaveAttributeAsync("href", new System.Text.RegularExpressions.Regex("favicon-waiting"));
        (await inbox.TitleAsync()).ShouldNotStartWith("(");
    }

    [Fact]
    public async Task Switched_on_each_event_is_told_once_over_all_tabs_but_not_what_is_open_and_a_click_leads_there()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        var first = (await shop.ConversationAsync()).GetProperty("id").GetGuid();
        await using var context = await chromium.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        var notes = await RecordAsync(context);
        await (await OwnersBrowser.SetUpAsync(context, shop.App)).CloseAsync();
        var page = await OwnersBrowser.OpenAsync(context, shop.App, "/conversations");
        var bell = page.Locator(".bell");
        await Expect(bell).ToHaveAttributeAsync("aria-label", "Sound and notifications are off");
        await bell.ClickAsync();
        await page.GetByRole(AriaRole.Switch, new() { Name = "Sound" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Switch, new() { Name = "Sound" })).ToBeCheckedAsync();
        await Patience.UntilAsync(() => notes.Contains("sine"), "the tone is heard when it is switched on");
        notes.ShouldNotContain("asked");
        await page.GetByRole(AriaRole.Switch, new() { Name = "Browser notifications" }).ClickAsync();
        await Expect(bell).ToHaveAttributeAsync("aria-label", "Sound and notifications are on");
        notes.Count(note => note == "asked").ShouldBe(1);
        await ShootAsync(page, "notices");
        (await Axe.ProblemsAsync(page)).ShouldBeEmpty();
        await page.Keyboard.PressAsync("Escape");

        // Two more tabs; one of them is looking at the first customer's conversation, which that person has taken over.
        var elsewhere = await OwnersBrowser.OpenAsync(context, shop.App, "/health");
        var open = await OwnersBrowser.OpenAsync(context, shop.App, $"/conversations/{first}");
        await open.Keyboard.PressAsync("t");
        await Expect(open.Locator(".statebar.person")).ToBeVisibleAsync();
        notes.Clear();
        await shop.Simulator.SayAsync(new { text = "Seen at once" });
        await Expect(open.Locator(".timeline .msg").Last).ToContainTextAsync("Seen at once");
        await shop.Simulator.SayAsync(new { text = "Can I talk to a human?\nI am in a hurry" }, Second);
        await Patience.UntilAsync(() => notes.Any(IsShown), "who waits is told");
        await Patience.UntilAsync(() => notes.Contains("sine"), "and heard");
        notes.Where(IsShown).ShouldHaveSingleItem().ShouldMatch(@"^shown .+ waits for a person\|Can I talk to a human\? I am in a hurry\|true$");

        // Nobody looks at it any more: now it is told. What was seen is not told late.
        await open.GotoAsync(new Uri(shop.App.Address, "/health").ToString());
        await open.Locator("html[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        notes.Clear();
        await shop.Simulator.SayAsync(new { text = "Are you there?" });
        await Patience.UntilAsync(() => notes.Any(IsShown), "what is written to me is told");
        notes.Where(IsShown).ShouldHaveSingleItem().ShouldMatch(@"^shown .+ wrote to you\|Are you there\?\|true$");
        var shower = (await Task.WhenAll(context.Pages.Select(async one => (Page: one, Has: await one.EvaluateAsync<bool>("!!window.shown && window.shown.onclick !== null"))))).Last(one => one.Has).Page;
        await shower.EvaluateAsync("window.shown.onclick()");

        await Expect(shower).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/conversations/[0-9a-f-]{36}$"));

        // Given to this person by somebody else.
        await shower.GotoAsync(new Uri(shop.App.Address, "/health").ToString());
        await shower.Locator("html[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        notes.Clear();
        Guid ana;
        await using (var db = shop.App.Get<ReadDb>().Open())
        {
            ana = db.Set<Person>().Single().Id;
        }

        using (var given = await shop.Api.PostAsJsonAsync($"/api/conversations/{(await shop.ConversationAsync(Second)).GetProperty("id").GetGuid()}/assignee", new { personId = ana }, TestContext.Current.CancellationToken))
        {
            given.EnsureSuccessStatusCode();
        }

        await Patience.UntilAsync(() => notes.Any(IsShown), "what is assigned to me is told");
        notes.Where(IsShown).ShouldHaveSingleItem().ShouldMatch(@"^shown .+ is yours to look after\|.+ assigned this to Ana Duarte\|true$");

        // Without the text: only the name. Without the kind: nothing.
        await shower.GotoAsync(new Uri(shop.App.Address, "/health").ToString());
        await page.GotoAsync(new Uri(shop.App.Address, "/conversations").ToString());
        await page.Locator("html[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.Locator(".bell").ClickAsync();
        await page.GetByLabel("show what it is about").UncheckAsync();
        await page.GetByLabel("begins to wait").UncheckAsync();
        await page.Keyboard.PressAsync("Escape");
        notes.Clear();
        await shop.Simulator.SayAsync(new { text = "A human, please" }, "15550100103");
        await Expect(page).ToHaveTitleAsync("(2) Inbox · AI Bot Kit");
        await shop.Simulator.SayAsync(new { text = "My secret" });
        await Patience.UntilAsync(() => notes.Any(IsShown), "what is written to me is still told");
        notes.Where(IsShown).ShouldHaveSingleItem().ShouldMatch(@"^shown .+ wrote to you\|\|true$");
    }

    [Fact]
    public async Task A_refused_permission_is_explained_and_nothing_is_switched_on()
    {
        await using var shop = await TalkingShop.StartAsync();
        foreach (var width in new[] { 1440, 390 })
        {
            await using var context = await chromium.Browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = 844 } });
            await context.AddInitScriptAsync("localStorage.setItem('test-answer', 'denied')");
            var notes = await RecordAsync(context);
            await (width == 1440 ? OwnersBrowser.SetUpAsync(context, shop.App) : OwnersBrowser.SignInAsync(context, shop.App, "/sign-in"));
            var page = await OwnersBrowser.OpenAsync(context, shop.App, "/conversations");
            await page.Locator(".bell").ClickAsync();
            await page.GetByRole(AriaRole.Switch, new() { Name = "Browser notifications" }).ClickAsync();
            await Expect(page.Locator("#notices-why")).ToContainTextAsync("Your browser refuses notifications of this page");
            await Expect(page.GetByRole(AriaRole.Switch, new() { Name = "Browser notifications" })).Not.ToBeCheckedAsync();
            await Expect(page.Locator(".bell")).ToHaveAttributeAsync("aria-label", "Sound and notifications are off");
            notes.Count(note => note == "asked").ShouldBe(1);
            (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width);
            await ShootAsync(page, $"notices-refused-{width}");
        }
    }

    private static bool IsShown(string note) => note.StartsWith("shown ", StringComparison.Ordinal);

    private static async Task<ConcurrentQueue<string>> RecordAsync(IBrowserContext context)
    {
        var notes = new ConcurrentQueue<string>();
        await context.ExposeFunctionAsync<string>("note", notes.Enqueue);
        await context.AddInitScriptAsync(Recorder);
        return notes;
    }

    private static async Task ShootAsync(IPage page, string name)
    {
        // The popover comes in with a short movement.
        await page.WaitForTimeoutAsync(300);
        await Pictures.KeepAsync(page, name);
    }
}
