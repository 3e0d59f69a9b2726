using AiBotKit.Tests.Fakes;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>The page that describes the REST API.</summary>
public sealed class ApiPageTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    [Fact]
    public async Task It_shows_every_group_of_routes_and_asks_nobody_but_this_server()
    {
        await using var app = new AppFixture();
        await using var context = await chromium.Browser.NewContextAsync();
        var page = await context.NewPageAsync();
        var strangers = new List<string>();
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(app.Address.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
            {
                strangers.Add(request.Url);
            }
        };
        await page.GotoAsync(new Uri(app.Address, "api-docs").ToString());
        await Assertions.Expect(page.GetByText("Conversations", new() { Exact = true }).First).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await Assertions.Expect(page.GetByText("Chatbots", new() { Exact = true }).First).ToBeVisibleAsync();
        strangers.ShouldBeEmpty();
    }
}
