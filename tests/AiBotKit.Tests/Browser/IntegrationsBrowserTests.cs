using System.Net;
using System.Net.Http.Json;
using AiBotKit.Accounts;
using AiBotKit.Tests.Channels.WhatsApp;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>The channels of a chatbot in the real browser: what one tab does the other shows, what is shared, and what each role sees.</summary>
public sealed class IntegrationsBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_one_tab_or_the_API_does_to_a_number_the_other_tab_shows_by_itself()
    {
        await using var shop = await ConnectShop.StartAsync();
        await using var context = await NewContextAsync();
        await (await OwnersBrowser.SetUpAsync(context, shop.Shop.App)).CloseAsync();
        var page = await OwnersBrowser.OpenAsync(context, shop.Shop.App, $"/bots/{shop.Chatbot}/integrations");
        await StateAsync(page, "not_connected");

        var connection = await shop.ConnectAsync(HttpStatusCode.Created);
        await StateAsync(page, "paused");
        var other = await OwnersBrowser.OpenAsync(context, shop.Shop.App, $"/bots/{shop.Chatbot}/integrations");
        await other.GetByRole(AriaRole.Switch, new() { Name = "Enable WhatsApp" }).ClickAsync();
        await StateAsync(other, "connected");
        await StateAsync(page, "connected");
        await Assertions.Expect(page.Locator(".botpick small")).ToContainTextAsync("WhatsApp", new() { Timeout = 60_000 });

        await PlanAsync(shop, "Free");
        await StateAsync(page, "locked");
        await PlanAsync(shop, "Basic");
        await StateAsync(page, "connected");
        await shop.Shop.Api.DeleteAsync($"/api/connections/{connection.GetProperty("id").GetGuid()}", Stop);
        await StateAsync(page, "disconnected");
        await StateAsync(other, "disconnected");
    }

    private static async Task PlanAsync(ConnectShop shop, string plan)
    {
        using var set = await shop.Shop.Api.PutAsJsonAsync($"/api/accounts/{shop.Shop.App.Get<FirstAccount>().Id}/plan", new { plan }, Stop);
        set.EnsureSuccessStatusCode();
    }

    private static Task StateAsync(IPage page, string state) => Assertions.Expect(page.Locator(".wacard .chip.big")).ToHaveAttributeAsync("data-state", state, new() { Timeout = 60_000 });

    private Task<IBrowserContext> NewContextAsync() => chromium.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
}
