using AiBotKit.Conversations;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>Writes every screen in both themes and sizes as pictures for people to look at, when <c>AIBOTKIT_SCREENSHOTS</c> names a folder.</summary>
public sealed class ScreenshotTour(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    [Fact]
    [Trait("only", "pictures")]
    public async Task Every_screen_can_be_painted_in_both_themes_and_sizes()
    {
        var folder = Environment.GetEnvironmentVariable("AIBOTKIT_SCREENSHOTS");
        Assert.SkipWhen(folder is null, "AIBOTKIT_SCREENSHOTS names no folder");
        await using var app = new DashboardApp();
        var (account, maya) = await CoffeeShop.OpenAsync(app.Seed);
        app.Services.GetRequiredService<DashboardApp.SignedInAs>().AccountId = account;
        var hard = await HardToShow.AddAsync(app.Seed, account);
        Guid hannah;
        await using (var db = app.Services.GetRequiredService<ReadDb>().Open())
        {
            hannah = await db.Set<Conversation>().Where(c => c.ContactName == "Hannah Cole").Select(c => c.Id).SingleAsync(TestContext.Current.CancellationToken);
        }

        await app.Services.GetRequiredService<IDataWriter>().SaveAsync(db => { db.Set<Conversation>().AsTracking().First(c => c.Id == maya).TakeoverUntil = app.Seed.Now.AddMinutes(212); });
        await app.Seed.SuggestionAsync(account, maya, "Yes, we grind for moka pots: pick Moka at checkout.");
        var bot = await app.Seed.FirstChatbotAsync(account);
        var (paused, broken, locked) = (
            await app.Seed.ChatbotAsync(account, "Night desk", "15550100301", c => c.Enabled = false),
            await app.Seed.ChatbotAsync(account, "Returns", "15550100302", c => c.BrokenReason = "The provider refuses the key. Put in a new one."),
            await app.Seed.ChatbotAsync(account, "Gift cards", "15550100303", c => c.PausedByPlan = true));
        (string Name, string Path)[] screens = [("instructions", $"bots/{bot}/setup"), ("sources", $"bots/{bot}/knowledge"), ("gaps", $"bots/{bot}/gaps"), ("rules", $"bots/{bot}/actions"), ("card-on", $"bots/{bot}/integrations"), ("card-paused", $"bots/{paused}/integrations"), ("card-broken", $"bots/{broken}/integrations"), ("card-locked", $"bots/{locked}/integrations"), ("poster", $"bots/{bot}/poster"), ("newbot", "bots/new"), ("bots", ""), ("inbox", "conversations"), ("inbox-search", "conversations?q=the"), ("inbox-nothing", "conversations?owner=mine"), ("chat", $"conversations/{maya}"), ("chat-closed", $"conversations/{hannah}"), ("health", "health"), ("dead", "dead-letters"), ("audit", "audit"), ("nowhere", "no-such-page"), ("contact", $"conversations/{maya}/contact"), ("hard", $"conversations/{hard}"), ("signin", "sign-in?error=credentials"), ("setup", "setup?token=x")];
        foreach (var (width, scheme) in Pictures.Views)
        {
            await using var context = await chromium.Browser.NewContextAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = width == 390 ? 844 : 900 }, TimezoneId = "Europe/Berlin" });
            foreach (var (name, path) in screens)
            {
                var page = await context.NewPageAsync();
                await page.GotoAsync(new Uri(app.Address, path).ToString());
                if (name is "inbox" or "inbox-search" || (name is "chat" or "hard" && width != 390))
                {
                    await page.Locator(".rowi").First.WaitForAsync();
                }

                await page.EvaluateAsync("document.fonts.ready");
                await page.WaitForTimeoutAsync(250);
                await ShootAsync(name);
                if (name == "chat")
                {
                    await page.Locator(".whyb:not(.none)").First.ClickAsync();
                    await page.Locator(".why").WaitForAsync();
                    await page.Locator(".why").ScrollIntoViewIfNeededAsync();
                    await page.WaitForTimeoutAsync(200);
                    await ShootAsync("why");
                }

                if (name == "bots")
                {
                    await page.Locator(".me").ClickAsync();
                    await page.WaitForTimeoutAsync(300);
                    await ShootAsync("menu");
                }

                await page.CloseAsync();

                Task ShootAsync(string what) => page.ScreenshotAsync(new() { Path = Path.Combine(folder!, $"{what}-{width}-{scheme.ToString().ToLowerInvariant()}.png") });
            }
        }
    }
}
