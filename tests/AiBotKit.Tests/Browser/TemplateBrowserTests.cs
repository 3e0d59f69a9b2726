using AiBotKit.Tests.Channels.WhatsApp.Templates;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>The two ways on when the window is closed, in the real browser: a template with its own form and preview, and an answer that is held.</summary>
public sealed class TemplateBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    private static readonly LocatorAssertionsToContainTextOptions Patient = new() { Timeout = 60_000 };
    private static readonly LocatorAssertionsToBeVisibleOptions Visible = new() { Timeout = 60_000 };

    [Fact]
    public async Task A_template_is_filled_in_previewed_checked_and_sent()
    {
        await using var shop = await TemplateShop.StartAsync();
        await using var context = await chromium.Browser.NewContextAsync();
        await OwnersBrowser.SetUpAsync(context, shop.Shop.App);
        var page = await OwnersBrowser.OpenAsync(context, shop.Shop.App, $"conversations/{shop.Conversation}");
        await Expect(page.Locator(".lockrow")).ToBeVisibleAsync(Visible);
        await Expect(page.Locator(".tway").First).ToContainTextAsync("4 approved");

        // By keyboard alone: the way, the choice, the blanks, a refusal at its blank, and out.
        await page.Locator(".tway").First.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Send an approved template" });
        await Expect(dialog.Locator("#template-choice")).ToBeFocusedAsync(new() { Timeout = 60_000 });
        await dialog.Locator("#template-choice").SelectOptionAsync("Order shipped");
        await Expect(dialog.Locator(".tbub .thead")).ToContainTextAsync("Order {{1}}", Patient);
        await dialog.GetByLabel("Heading").FillAsync("4471");
        await dialog.GetByLabel("Blank 1").FillAsync("Maya");
        await Expect(dialog.Locator(".tbub")).ToContainTextAsync("Hello Maya, your order", Patient);
        await page.Keyboard.PressAsync("Enter");
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("Fill in {{2}}.", Patient);
        await Expect(dialog.GetByLabel("Blank 2")).ToBeFocusedAsync(new() { Timeout = 60_000 });
        await page.Keyboard.TypeAsync("Friday");
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0, new() { Timeout = 60_000 });
        await dialog.GetByLabel("End of the link").FillAsync("4471");
        await Expect(dialog.Locator(".tbub")).ToContainTextAsync("with you on Friday.", Patient);
        (await shop.TextsAsync()).Count.ShouldBe(1, "nothing went out yet");
        await page.Keyboard.PressAsync("Enter");
        await Expect(dialog).ToBeHiddenAsync(new() { Timeout = 60_000 });

        var bubble = page.Locator(".timeline .msg.own").Last;
        await Expect(bubble).ToContainTextAsync("Hello Maya, your order is on its way and should be with you on Friday.", Patient);
        await Expect(bubble).ToContainTextAsync("Template: order shipped");
        await Expect(bubble.Locator(".tbtn")).ToHaveCountAsync(2);
        await Expect(bubble.Locator(".tick.read")).ToContainTextAsync("Read", Patient);
        (await shop.TextsAsync(2))[^1].ShouldBe("Hello Maya, your order is on its way and should be with you on Friday.");
        await Expect(page.Locator(".lockrow")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_answer_is_held_with_what_was_typed_taken_back_held_again_and_delivered_by_the_tap()
    {
        await using var shop = await TemplateShop.StartAsync(closed: false);
        await using var context = await chromium.Browser.NewContextAsync();
        await OwnersBrowser.SetUpAsync(context, shop.Shop.App);
        var page = await OwnersBrowser.OpenAsync(context, shop.Shop.App, $"conversations/{shop.Conversation}");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Message to" }).FillAsync("Yes, the moka grind is back.");
        await shop.CloseAsync();
        await page.ReloadAsync();
        await page.Locator("html[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await Expect(page.Locator(".lockrow")).ToContainTextAsync("Your text is kept.", Patient);

        await page.Locator(".tway").Last.ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Answer later" });
        await Expect(dialog.GetByLabel("Your answer")).ToHaveValueAsync("Yes, the moka grind is back.", new() { Timeout = 60_000 });
        await Expect(dialog.Locator(".tbub")).ToContainTextAsync("We have an answer to your question.", Patient);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Hold it and ask" }).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync(new() { Timeout = 60_000 });
        var held = page.Locator(".timeline .msg.held");
        await Expect(held).ToContainTextAsync("Held: goes out when", Patient);
        await Expect(held.Locator(".who2")).ToContainTextAsync("Ana Duarte");
        await Expect(page.Locator(".lockrow .mine")).ToBeHiddenAsync();

        await held.GetByRole(AriaRole.Button, new() { Name = "Do not send" }).ClickAsync();
        await Expect(held).ToHaveCountAsync(0, new() { Timeout = 60_000 });
        await page.Locator(".tway").Last.ClickAsync();
        await dialog.GetByLabel("Your answer").FillAsync("The moka grind is back on Monday.");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Hold it and ask" }).ClickAsync();
        await Expect(held).ToContainTextAsync("back on Monday", Patient);
        await shop.TextsAsync(3);
        await shop.TapAsync("Read it");
        await Expect(page.Locator(".timeline .msg.own").Last).ToContainTextAsync("The moka grind is back on Monday.", Patient);
        await Expect(held).ToHaveCountAsync(0, new() { Timeout = 60_000 });
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Message to" })).ToBeVisibleAsync(Visible);
        (await shop.TextsAsync(4)).Count(text => text == "The moka grind is back on Monday.").ShouldBe(1);
        (await shop.TextsAsync()).ShouldNotContain("Yes, the moka grind is back.");
    }

    [Theory]
    [InlineData(1440, ColorScheme.Light)]
    [InlineData(1440, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task The_two_ways_look_right_and_fit(int width, ColorScheme scheme)
    {
        await using var shop = await TemplateShop.StartAsync();
        await shop.HoldAsync(new { text = "Yes, the moka grind is back. I keep a bag for you.", author = "Ana Duarte" });
        await shop.TextsAsync(2);
        await using var context = await chromium.Browser.NewContextAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = width < 500 ? 844 : 900 } });
        await OwnersBrowser.SetUpAsync(context, shop.Shop.App);
        var page = await OwnersBrowser.OpenAsync(context, shop.Shop.App, $"conversations/{shop.Conversation}");
        await Expect(page.Locator(".timeline .msg.held")).ToBeVisibleAsync(Visible);
        await PictureAsync("closed");
        await page.Locator(".tway").First.ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Send an approved template" });
        await dialog.Locator("#template-choice").SelectOptionAsync("Order shipped");
        await dialog.GetByLabel("Blank 1").FillAsync("Maya");
        await Expect(dialog.Locator(".tbub")).ToContainTextAsync("Hello Maya", Patient);
        await PictureAsync("template");
        (await Axe.ProblemsAsync(page)).ShouldBeEmpty();
        await page.Keyboard.PressAsync("Escape");
        await page.Locator(".tway").Last.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "Answer later" }).Locator(".tbub")).ToBeVisibleAsync(Visible);
        await PictureAsync("later");
        (await Axe.ProblemsAsync(page)).ShouldBeEmpty();

        async Task PictureAsync(string name)
        {
            (await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth")).ShouldBeLessThanOrEqualTo(0, $"{name} is wider than {width}");
            await Pictures.KeepAsync(page, $"templates-{name}-{width}-{scheme.ToString().ToLowerInvariant()}");
        }
    }

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);
}
