using AiBotKit.Tests.Conversations;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>Two people of the team and a customer's phone at once.</summary>
public sealed class TeamBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_agents_see_each_other_write_and_the_second_is_warned()
    {
        await using var shop = await TalkingShop.StartAsync();
        await using var anas = await chromium.Browser.NewContextAsync(Size(1440));
        await using var bens = await chromium.Browser.NewContextAsync(Size(390));
        await shop.AskAsync("Is anybody there?");
        await shop.SwitchAsync(false);
        var path = $"conversations/{(await shop.ConversationAsync()).GetProperty("id").GetGuid()}";
        await OwnersBrowser.SetUpAsync(anas, shop.App);
        var ana = await OwnersBrowser.OpenAsync(anas, shop.App, path);
        var ben = await OwnersBrowser.ColleagueAsync(bens, shop.App, "Ben Okafor", path);
        var (onAnas, onBens) = (ana.Locator(".present"), ben.Locator(".present"));
        await Expect(onAnas).ToContainTextAsync("Ben Okafor has this open too");
        await Expect(onBens).ToContainTextAsync("Ana Duarte has this open too");

        await ben.Locator(".composer textarea").PressSequentiallyAsync("Hello, Ben here");
        await Expect(onAnas).ToContainTextAsync("Ben Okafor is writing an answer");
        await ana.Locator(".composer textarea").PressSequentiallyAsync("Yes, ");
        await Expect(onAnas).ToContainTextAsync("Ben Okafor began to write before you. The customer could get two answers.");
        await Pictures.KeepAsync(ana, "team-collision-1440");
        await Pictures.KeepAsync(ben, "team-collision-390");

        await ben.Locator(".composer .sendr").ClickAsync();
        await Expect(ana.Locator(".timeline .msg.own").Last).ToContainTextAsync("Hello, Ben here");
        await Expect(onAnas).ToContainTextAsync("Ben Okafor answered while you were writing. Read it before you send.");
        await Expect(ana.Locator(".composer textarea")).ToHaveValueAsync("Yes, ");
        await PhoneHasAsync(shop, "Hello, Ben here");
        await ana.Locator(".composer textarea").FillAsync("");
        await ben.CloseAsync();
        await Expect(onAnas).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_conversation_is_assigned_and_labelled_and_both_lists_say_so()
    {
        await using var shop = await TalkingShop.StartAsync();
        await using var anas = await chromium.Browser.NewContextAsync(Size(1440));
        await using var bens = await chromium.Browser.NewContextAsync(Size(1440));
        await shop.AskAsync("Where is my parcel?");
        var path = $"conversations/{(await shop.ConversationAsync()).GetProperty("id").GetGuid()}";
        await OwnersBrowser.SetUpAsync(anas, shop.App);
        var ben = await OwnersBrowser.ColleagueAsync(bens, shop.App, "Ben Okafor", "conversations");
        var ana = await OwnersBrowser.OpenAsync(anas, shop.App, path);
        await ana.GetByLabel("Looked after by").SelectOptionAsync(new SelectOptionValue { Label = "Ben Okafor" });
        await Expect(ana.Locator(".timeline .ev").Last).ToContainTextAsync("Ana Duarte assigned this to Ben Okafor");
        await Expect(ben.Locator(".rowi .asg")).ToContainTextAsync("You");
        await ben.GetByRole(AriaRole.Button, new() { Name = "Mine 1" }).ClickAsync();
        await Expect(ben.Locator(".rowi")).ToHaveCountAsync(1);

        await ana.GetByLabel("Add a label").FillAsync("Parcel lost");
        await ana.Keyboard.PressAsync("Enter");
        await Expect(ana.Locator(".labels li")).ToHaveCountAsync(1);
        await ana.GetByLabel("Add a label").FillAsync("VIP");
        await ana.Keyboard.PressAsync("Enter");
        await Expect(ana.Locator(".labels li")).ToHaveCountAsync(2);
        await Expect(ben.Locator(".rowi .l3")).ToContainTextAsync("Parcel lost");
        await Pictures.KeepAsync(ana, "team-assigned-1440");
        await ben.GotoAsync(new Uri(shop.App.Address, "conversations").ToString());
        await ben.Locator("html[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await ben.Locator(".picks select").Last.SelectOptionAsync("VIP");
        await Expect(ben.Locator(".rowi")).ToHaveCountAsync(1);
        await OwnersBrowser.IsAtAsync(ben, "?label=VIP");
        await ana.GetByRole(AriaRole.Button, new() { Name = "Take the label VIP away" }).ClickAsync();
        await Expect(ben.Locator(".nothing")).ToContainTextAsync("Nothing matches");
        await ana.SetViewportSizeAsync(390, 844);
        await ana.GotoAsync(new Uri(shop.App.Address, path + "/contact").ToString());
        await Expect(ana.GetByLabel("Looked after by")).ToBeVisibleAsync();
        (await ana.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue();
        await Pictures.KeepAsync(ana, "team-assigned-390");
    }

    [Fact]
    public async Task A_slash_in_the_composer_calls_up_a_canned_reply_by_keyboard_alone()
    {
        await using var shop = await TalkingShop.StartAsync();
        await using var context = await chromium.Browser.NewContextAsync(Size(1440));
        await shop.AskAsync("When are you open?");
        await shop.SwitchAsync(false);
        await OwnersBrowser.SetUpAsync(context, shop.App);
        var page = await OwnersBrowser.OpenAsync(context, shop.App, "conversations/canned");
        await Expect(page.Locator(".nothing")).ToContainTextAsync("No canned replies yet");
        await WriteAsync(page, "hours", "We are open from 9 to 18. {agent} of {chatbot}");
        await Expect(page.Locator(".cannedlist li")).ToHaveCountAsync(1);
        await WriteAsync(page, "hello", "Hi {first_name|there}!");
        await Expect(page.Locator(".cannedlist li")).ToHaveCountAsync(2);
        await WriteAsync(page, "hours", "again");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Another canned reply is called /hours");
        await Pictures.KeepAsync(page, "canned-1440");
        await page.SetViewportSizeAsync(390, 844);
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue();
        await Pictures.KeepAsync(page, "canned-390");
        await page.SetViewportSizeAsync(1440, 900);

        await page.GotoAsync(new Uri(shop.App.Address, $"conversations/{(await shop.ConversationAsync()).GetProperty("id").GetGuid()}").ToString());
        await page.Locator("html[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        var (box, list) = (page.Locator(".composer textarea"), page.Locator(".cannedbox"));
        await box.PressSequentiallyAsync("Good day. /");
        await Expect(list.Locator("li")).ToHaveCountAsync(2);
        await Pictures.KeepAsync(page, "canned-list-1440");
        await page.Keyboard.TypeAsync("ho");
        await Expect(list.Locator("li")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("Enter");
        await Expect(box).ToHaveValueAsync("Good day. We are open from 9 to 18. Ana Duarte of Shop");
        await Expect(list).ToBeHiddenAsync();

        // A slash inside a word is a slash.
        await page.Keyboard.TypeAsync(" 24/7");
        await Expect(list).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(page.Locator(".timeline .msg.own").Last).ToContainTextAsync("Ana Duarte of Shop 24/7");
        await PhoneHasAsync(shop, "Good day. We are open from 9 to 18. Ana Duarte of Shop 24/7");

        await page.SetViewportSizeAsync(390, 844);
        await page.GetByRole(AriaRole.Button, new() { Name = "Canned replies" }).ClickAsync();
        await Expect(list.Locator("li")).ToHaveCountAsync(2);
        await Pictures.KeepAsync(page, "canned-list-390");
        await list.Locator("li").First.ClickAsync();
        await Expect(box).Not.ToHaveValueAsync("/");
        await Expect(box).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("^Hi .+!$"));
    }

    private static async Task WriteAsync(IPage page, string shortcut, string text)
    {
        await page.Locator("#canned-shortcut").FillAsync(shortcut);
        await page.Locator("#canned-text").FillAsync(text);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
    }

    private static async Task PhoneHasAsync(TalkingShop shop, string text)
    {
        await shop.WaitAsync(all => all.Any(m => TalkingShop.Text(m) == text && TalkingShop.Status(m) is not ("new" or "sending" or "unconfirmed")));
        (await shop.Simulator.GetAsync($"/sim/customers/{Simulator.SimulatorFixture.Customer}/messages")).GetRawText().ShouldContain(text);
    }

    private static BrowserNewContextOptions Size(int width) => new() { ViewportSize = new() { Width = width, Height = width < 500 ? 844 : 900 }, TimezoneId = "Europe/Berlin" };

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);
}
