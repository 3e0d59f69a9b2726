using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Conversations.Drafts;
using AiBotKit.Tests.Simulator;
using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace AiBotKit.Tests.Browser;

/// <summary>Two agents at one conversation and the customer's phone, each in a browser of their own.</summary>
/// <param name="Ana">The owner, at a desk.</param>
/// <param name="Ben">An agent, on a small screen.</param>
/// <param name="Phone">The customer's.</param>
internal sealed record TwoAgents(TalkingShop Shop, Guid Id, IPage Ana, IPage Ben, IPage Phone) : IAsyncDisposable
{
    /// <summary>Passing it says that something never came.</summary>
    public static readonly LocatorAssertionsToContainTextOptions Patient = new() { Timeout = 120_000 };

    /// <param name="began">How long ago the customer wrote; just now, and answered, when not given.</param>
    public static async Task<TwoAgents> OpenAsync(IBrowser browser, Knower knower, TimeSpan began = default, bool takenOver = false)
    {
        var shop = await TalkingShop.StartAsync(knower);
        if (began == default)
        {
            await shop.AskAsync("When are you open?");
        }
        else
        {
            await shop.Simulator.ControlAsync("/sim/customers", new { phone = SimulatorFixture.Customer });
            (await shop.PostSignedAsync(TextCallback.Body("wamid.before", "When are you open?", at: TimeProvider.System.GetUtcNow() - began))).ShouldBe(200);
            await shop.WaitAsync(all => all.Any(m => TalkingShop.Outcome(m) is not null));
        }

        if (takenOver)
        {
            await shop.SwitchAsync(false);
        }

        var id = (await shop.ConversationAsync()).GetProperty("id").GetGuid();
        var (anas, bens, theirs) = (await ContextAsync(browser, 1440), await ContextAsync(browser, 390), await ContextAsync(browser, 390));
        await (await OwnersBrowser.SetUpAsync(anas, shop.App)).CloseAsync();
        var ana = await OwnersBrowser.OpenAsync(anas, shop.App, $"conversations/{id}");
        var ben = await OwnersBrowser.ColleagueAsync(bens, shop.App, "Ben Okafor", $"conversations/{id}");
        var phone = await theirs.NewPageAsync();
        await phone.GotoAsync(shop.Simulator.Url + "/phone#" + SimulatorFixture.Customer);
        await Expect(phone.Locator("#pmi")).ToBeVisibleAsync();
        return new TwoAgents(shop, id, ana, ben, phone);
    }

    /// <summary>The customer types and sends.</summary>
    public async Task WriteAsync(string text)
    {
        await Phone.Locator("#pmi").FillAsync(text);
        await Phone.Locator("#pmi").PressAsync("Enter");
    }

    /// <summary>The last bubble on the customer's phone.</summary>
    public Task ReceivesAsync(string text) => Expect(Phone.Locator("#chat .pm").Last).ToContainTextAsync(text, Patient);

    public async ValueTask DisposeAsync()
    {
        foreach (var page in new[] { Ana, Ben, Phone })
        {
            await page.Context.CloseAsync();
        }

        await Shop.DisposeAsync();
    }

    private static Task<IBrowserContext> ContextAsync(IBrowser browser, int width) =>
        browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = width < 500 ? 844 : 900 }, TimezoneId = "Europe/Berlin" });
}
