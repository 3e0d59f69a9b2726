using System.Net.Http.Json;
using AiBotKit.Accounts;
using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Fakes;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>Plan and usage as an owner and an operator see them. With <c>AIBOTKIT_SCREENSHOTS</c> every screen is painted in both sizes.</summary>
public sealed class PlanBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    private static readonly Dictionary<string, string?> Settings = new() { ["Chatbots:0:Name"] = "Aldgate Coffee", ["Plans:OperatorContact"] = "operator@example.com" };

    [Fact]
    public async Task The_operator_sets_a_plan_and_every_page_says_what_is_left()
    {
        await using var app = new AppFixture(Settings);
        await using var context = await chromium.Browser.NewContextAsync();
        var page = await OwnersBrowser.SetUpAsync(context, app);
        var pill = page.Locator(".usage");
        await Expect(pill).ToHaveAttributeAsync("title", "Unlimited plan, no limit. AI messages used in this period: 0");
        var tables = await OwnersBrowser.OpenAsync(context, app, "/operator");
        await tables.GetByLabel("Plan of My business").SelectOptionAsync("Essential");
        await tables.GetByLabel("Extra messages of My business").FillAsync("1");
        await tables.GetByRole(AriaRole.Button, new() { Name = "Set" }).ClickAsync();
        await Expect(tables.Locator(".accts tbody tr").First).ToContainTextAsync("of 3,000");
        await Expect(pill).ToHaveAttributeAsync("title", "Essential plan. Messages left: 3,000 of 3,000");

        app.Sql("INSERT INTO usage_counters (AccountId, PeriodStart, AiMessages) SELECT Id, PlanStartedAt, 2400 FROM accounts");
        await page.ReloadAsync();
        await Expect(page.Locator(".usagenote")).ToContainTextAsync("Four fifths of the monthly AI messages are used. 600 are left until");
        foreach (var path in new[] { "conversations", "health", "audit", "dead-letters", "plan" })
        {
            await page.GotoAsync(new Uri(app.Address, path).ToString());
            await Expect(pill).ToContainTextAsync("Messages left: 600/3,000");
        }

        await Expect(page.Locator(".bigring")).ToContainTextAsync("600");
        await Expect(page.Locator(".plans .here")).ToContainTextAsync("Essential");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "operator@example.com" })).ToHaveAttributeAsync("href", "mailto:operator@example.com");
        app.Sql("UPDATE usage_counters SET AiMessages = 3000");
        await page.ReloadAsync();
        await Expect(page.Locator(".usagenote.out")).ToContainTextAsync("The monthly AI messages are used up.");
    }

    [Fact]
    public async Task At_the_limit_the_conversation_says_why_nobody_answered_and_a_person_still_can()
    {
        await using var shop = await TalkingShop.StartAsync(new Dictionary<string, string?> { ["Plans:Unlimited:AiMessages"] = "1" });
        await shop.AskAsync("Are you open?");
        TalkingShop.Outcome(await shop.SayAsync(new { text = "And on Sunday?" })).ShouldBe("quota");
        await using var context = await chromium.Browser.NewContextAsync();
        await OwnersBrowser.SetUpAsync(context, shop.App);
        var page = await OwnersBrowser.OpenAsync(context, shop.App, $"/conversations/{(await shop.ConversationAsync()).GetProperty("id").GetGuid()}");
        await Expect(page.Locator(".usage")).ToContainTextAsync("Messages left: 0/1");
        await Expect(page.Locator(".timeline .msg.in").Last).ToContainTextAsync("No reply: quota. The monthly AI messages were used up");
        await Expect(page.Locator(".statebar")).ToContainTextAsync("The monthly AI messages are used up.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Take over" }).ClickAsync();
        await page.Locator(".composer textarea").FillAsync("From ten to four.");
        await page.Locator(".composer").GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).Last.ClickAsync();
        await Expect(page.Locator(".timeline .msg.own").Last).ToContainTextAsync("From ten to four.");
        await Expect(page.Locator(".usage")).ToContainTextAsync("Messages left: 0/1");
    }

    [Fact]
    public async Task Plan_and_operator_fit_their_window()
    {
        await using var app = new AppFixture(Settings);
        using var api = app.Api();
        using (var set = await api.PutAsJsonAsync($"/api/accounts/{app.Get<FirstAccount>().Id}/plan", new { plan = "Basic" }, TestContext.Current.CancellationToken))
        {
            set.EnsureSuccessStatusCode();
        }

        app.Sql("INSERT INTO usage_counters (AccountId, PeriodStart, AiMessages) SELECT Id, PlanStartedAt, 250 FROM accounts");
        var isSetUp = false;
        foreach (var (width, scheme) in Pictures.Views)
        {
            await using var context = await chromium.Browser.NewContextAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = width == 390 ? 844 : 900 } });
            await (await (isSetUp ? OwnersBrowser.SignInAsync(context, app, "/sign-in") : OwnersBrowser.SetUpAsync(context, app))).CloseAsync();
            isSetUp = true;
            foreach (var path in new[] { "plan", "operator", "", "conversations" })
            {
                var page = await OwnersBrowser.OpenAsync(context, app, "/" + path);
                await Expect(page.Locator(".usage")).ToBeVisibleAsync();
                (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width, path);
                await Pictures.KeepAsync(page, $"plans-{(path.Length == 0 ? "bots" : path)}-{width}-{scheme}".ToLowerInvariant(), whole: true);
                await page.CloseAsync();
            }
        }
    }

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);
}
