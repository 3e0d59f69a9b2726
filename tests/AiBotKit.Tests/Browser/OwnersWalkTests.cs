using AiBotKit.Tests.Channels.WhatsApp;
using AiBotKit.Tests.Fakes;
using AiBotKit.Tests.Simulator;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>
/// The whole way of an owner who has never seen the product, by mouse and keyboard only: sign up, make a bot, teach it, connect a number through the
/// embedded sign-up, switch it on, be written to from a phone, see the answer, pause, disconnect.
/// </summary>
public sealed class OwnersWalkTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    private const string Customer = SimulatorFixture.Customer;
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 30_000 };

    [Theory]
    [InlineData(1440, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task From_a_new_account_to_a_live_number_and_back(int width, ColorScheme scheme)
    {
        await using var simulator = await SimulatorFixture.StartAsync("PartnerKey=" + ConnectShop.PartnerKey);
        await using var app = new AppFixture(new Dictionary<string, string?>
        {
            ["Accounts:SignUp"] = "open",
            ["Simulator:Enabled"] = "true",
            ["Simulator:Url"] = simulator.Url,
            ["WhatsApp:Onboarding:PartnerKey"] = ConnectShop.PartnerKey,
            ["Conversations:QuietWindowMs"] = "0",
            ["WhatsApp:CallbackSecret"] = SimulatorFixture.Secret,
        });
        await using var context = await chromium.Browser.NewContextAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = width == 390 ? 844 : 900 }, TimezoneId = "Europe/Lisbon" });
        var page = await context.NewPageAsync();
        var shots = new Pictures(page, $"walk-{width}-{scheme}");

        // Signs up.
        await page.GotoAsync(new Uri(app.Address, "sign-up").ToString());
        await page.GetByLabel("Name of your business").FillAsync("Tidewick Coffee");
        await page.GetByLabel("Your name").FillAsync("Ana Duarte");
        await page.GetByLabel("E-mail").FillAsync("ana@tidewick.example");
        await page.GetByLabel("Password").FillAsync("seven green kettles sing");
        await shots.TakeAsync("1-sign-up");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make my account" }).ClickAsync();
        await LiveAsync(page);
        await shots.TakeAsync("2-first-run");

        // Makes a bot.
        await page.GetByRole(AriaRole.Link, new() { Name = "Create bot" }).ClickAsync();
        await page.GetByLabel("Name").FillAsync("Tidewick Assistant");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create bot" }).ClickAsync();

        // Teaches it.
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "It knows nothing yet" })).ToBeVisibleAsync(Patient);
        await page.GetByLabel("Question", new() { Exact = true }).FillAsync("Do you grind for moka pots?");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Answer" }).FillAsync("Yes, pick Moka at checkout.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add question" }).ClickAsync();
        await Expect(page.Locator(".sources")).ToContainTextAsync("Do you grind for moka pots?");
        await shots.TakeAsync("3-taught");

        // Tries it.
        if (width == 390)
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Try it" }).ClickAsync();
        }

        await page.GetByLabel("Ask as a customer").FillAsync("do you grind for a moka pot?");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".trylog .msg.bot").Last).ToContainTextAsync("pick Moka at checkout", new() { Timeout = 30_000 });
        await shots.TakeAsync("4-tried");
        if (width == 390)
        {
            await page.Locator("#try").GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        }

        // Connects a number through the embedded sign-up.
        await page.GetByRole(AriaRole.Link, new() { Name = "Channels" }).ClickAsync();
        await Expect(page.GetByText("A Meta Business account")).ToBeVisibleAsync();
        await shots.TakeAsync("5-not-connected");
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync();
        var frame = page.FrameLocator("dialog iframe");
        await frame.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync(new() { Timeout = 30_000 });
        await shots.TakeAsync("6-picks-number");
        await frame.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await frame.GetByRole(AriaRole.Button, new() { Name = "Allow" }).ClickAsync();
        await Expect(page.GetByText("We received our own test event")).ToBeVisibleAsync(Patient);
        await shots.TakeAsync("7-connected");
        await page.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();

        // It is connected and off; a message now is kept and not answered.
        await Expect(page.Locator(".wacard [data-state=paused]")).ToBeVisibleAsync(Patient);
        await simulator.SayAsync(new { text = "do you grind for moka while you are closed?" });
        await Expect(page.GetByText("1 message received while paused")).ToBeVisibleAsync(Patient);
        await shots.TakeAsync("8-paused");

        // Switches it on; the customer gets an answer to what is asked from then on.
        await page.GetByRole(AriaRole.Switch).ClickAsync();
        await Expect(page.GetByText("Your WhatsApp channel is active. Messages are being processed by your AI agent.")).ToBeVisibleAsync(Patient);
        foreach (var words in new[] { "End-to-end encrypted", "Secure messaging via WhatsApp", "Instant replies", "Your bot responds in real time", "2B+ users on WhatsApp", "Reach customers on the world's most popular messaging app", "Share with your customers", "Disable WhatsApp" })
        {
            await Expect(page.GetByText(words, new() { Exact = true }).First).ToBeVisibleAsync();
        }

        await shots.TakeAsync("9-on");
        await simulator.SayAsync(new { text = "Do you grind for moka pots?" });
        await page.GetByRole(AriaRole.Link, new() { Name = "Inbox" }).ClickAsync();
        await page.Locator(".rowi a").First.ClickAsync();
        await Expect(page.Locator(".msg.bot").Last).ToContainTextAsync("pick Moka at checkout", new() { Timeout = 30_000 });
        await Expect(page.Locator(".msg.bot")).ToHaveCountAsync(1);
        await shots.TakeAsync("10-answered");

        // Disconnects.
        await page.GotoAsync(new Uri(app.Address, "/").ToString());
        await LiveAsync(page);
        await page.GetByRole(AriaRole.Link, new() { Name = "Tidewick Assistant", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Channels" }).ClickAsync();
        await page.GetByRole(AriaRole.Switch).ClickAsync();
        await Expect(page.Locator(".wacard [data-state=paused]")).ToBeVisibleAsync(Patient);
        await page.GetByRole(AriaRole.Button, new() { Name = "Disconnect…" }).ClickAsync();
        await shots.TakeAsync("11-disconnecting");
        await page.GetByRole(AriaRole.Button, new() { Name = "Disconnect", Exact = true }).ClickAsync();
        await Expect(page.Locator(".wacard [data-state=disconnected]")).ToBeVisibleAsync(Patient);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true })).ToBeVisibleAsync();
        await shots.TakeAsync("12-disconnected");
        app.Sql("SELECT count(*) FROM connections WHERE ApiKeyProtected IS NOT NULL").ShouldBe(0L);
        app.Sql("SELECT count(*) FROM messages WHERE Role = 0").ShouldBe(2L);
    }

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    private static Task LiveAsync(IPage page) => page.Locator("html[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });

    /// <summary>Pictures for people to look at, when <c>AIBOTKIT_SCREENSHOTS</c> names a folder.</summary>
    private sealed class Pictures(IPage page, string name)
    {
        private readonly string? _folder = Environment.GetEnvironmentVariable("AIBOTKIT_SCREENSHOTS");

        public async Task TakeAsync(string step)
        {
            if (_folder is not null)
            {
                await page.EvaluateAsync("document.fonts.ready");
                await page.WaitForTimeoutAsync(300);
                await page.ScreenshotAsync(new() { Path = Path.Combine(_folder, $"{name}-{step}.png") });
            }
        }
    }
}
