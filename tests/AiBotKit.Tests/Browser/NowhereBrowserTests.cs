using AiBotKit.Tests.Fakes;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>An address that leads nowhere, in the real browser: a 404 that is a page with a way home.</summary>
public sealed class NowhereBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    [Fact]
    public async Task Somebody_signed_in_stays_in_the_dashboard_and_finds_home()
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        var page = await shop.OpenAsync("");
        var answer = await page.GotoAsync(new Uri(shop.App.Address, "no-such-page?x=1").ToString());
        answer!.Status.ShouldBe(404);
        await page.Locator("html[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        page.Url.ShouldEndWith("/no-such-page?x=1");
        await Expect(page.Locator(".nothing")).ToContainTextAsync("There is nothing at this address");
        await Expect(page.Locator(".rail")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "To My Bots" }).ClickAsync();
        await Expect(page.Locator(".botc").First).ToBeVisibleAsync();
        shop.Problems.ShouldHaveSingleItem().ShouldContain("404");
    }

    [Fact]
    public async Task Somebody_not_signed_in_is_told_too_and_led_to_the_sign_in()
    {
        await using var app = new AppFixture();
        await using var context = await chromium.Browser.NewContextAsync();
        var page = await context.NewPageAsync();
        var answer = await page.GotoAsync(new Uri(app.Address, "no/such/page").ToString());
        answer!.Status.ShouldBe(404);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("There is nothing at this address");
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Sign in" })).ToBeVisibleAsync();
    }

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);
}
