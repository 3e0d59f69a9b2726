using AiBotKit.Tests.Api;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>axe-core finds nothing serious on any page, in both themes, wide and narrow.</summary>
public sealed class AccessibilityTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    [Fact]
    public async Task No_page_has_a_serious_violation()
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        var bot = await shop.App.Seed.FirstChatbotAsync(shop.AccountId);
        var names = new Dictionary<string, Guid> { ["chatbot"] = bot, ["conversation"] = shop.Maya };
        var paths = RouteTable.Rows.Where(row => row.Method == "GET" && !row.IsApi && row is { Owner: "200" } && (row.Anonymous == "sign-in" || row.Route is "GET /sign-in" or "GET /sign-up" or "GET /forgot-password" or "GET /setup"))
            .Where(row => !row.Route.Contains("_blazor", StringComparison.Ordinal) && !row.Route.Contains("_framework", StringComparison.Ordinal))
            .Select(row => row.Request(names).RequestUri!.OriginalString.TrimStart('/')).ToList();
        paths.Count.ShouldBeGreaterThan(12);
        var found = new List<string>();
        foreach (var (width, scheme) in new[] { (1440, ColorScheme.Light), (390, ColorScheme.Dark) })
        {
            foreach (var path in paths)
            {
                var page = await shop.OpenAsync(path, width, scheme);
                foreach (var problem in await Axe.ProblemsAsync(page))
                {
                    found.Add($"{path} {width} {scheme}: {problem}");
                }

                await page.CloseAsync();
            }
        }

        found.ShouldBeEmpty(string.Join('\n', found));
    }

    [Theory]
    [InlineData("", "button[aria-label^='Delete ']")]
    [InlineData("bots/{bot}/integrations", "button:has-text('Disconnect')")]
    [InlineData("bots/{bot}/integrations", "[data-open=keys]")]
    public async Task No_dialog_has_a_serious_violation(string path, string opener)
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        foreach (var (width, scheme) in new[] { (1440, ColorScheme.Dark), (390, ColorScheme.Light) })
        {
            var page = await shop.OpenAsync(path.Replace("{bot}", shop.ChatbotId.ToString(), StringComparison.Ordinal), width, scheme);
            var button = page.Locator(opener).First;
            if (!await button.IsVisibleAsync())
            {
                await page.Locator(".me").ClickAsync();
            }

            await button.ClickAsync();
            var dialog = page.Locator("dialog[open]");
            await dialog.WaitForAsync();
            (await Axe.ProblemsAsync(page)).ShouldBeEmpty($"{path} {width}");

            // In the middle of the window, whatever style sheet comes last.
            var box = (await dialog.BoundingBoxAsync())!;
            (box.X + (box.Width / 2)).ShouldBe(width / 2f, 2, $"{path} {width}");
            await page.Keyboard.PressAsync("Escape");
            await dialog.WaitForAsync(new() { State = WaitForSelectorState.Hidden });
            await page.CloseAsync();
        }

        shop.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_violation_is_found()
    {
        await using var context = await chromium.Browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.SetContentAsync("<html lang='en'><head><title>t</title></head><body><main><h1>t</h1><img src='data:,'><button></button></main></body></html>");
        (await Axe.ProblemsAsync(page)).Select(p => p.Split(':')[0]).ShouldBe(["button-name", "image-alt"], ignoreOrder: true);
    }
}
