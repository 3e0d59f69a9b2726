using AiBotKit.Assistant;
using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Conversations.Drafts;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiBotKit.Tests.Browser;

/// <summary>The draft button and the summary of a conversation that was taken over, in the real browser.</summary>
public sealed class DraftBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    private const string Hostile = "We open at 9. <img src=x onerror=alert(1)>";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1440)]
    [InlineData(390)]
    public async Task A_draft_comes_into_the_box_with_its_sources_and_goes_out_as_drafted(int width)
    {
        var knower = new Knower();
        await using var shop = await TalkingShop.StartAsync(knower);
        await shop.AskAsync("Do you sell beans?");
        var (page, problems) = await OpenAsync(shop, width);
        await shop.SwitchAsync(false);
        await shop.SayAsync(new { text = "When are you open? <b>Please</b>" });
        var card = page.Locator(".sumcard");
        await Expect(card).ToContainTextAsync("Do you sell beans?");
        await Expect(page.Locator(".timeline .msg.in").Last).ToContainTextAsync("When are you open?");
        await card.GetByRole(AriaRole.Button, new() { Name = "Make the summary anew" }).ClickAsync();
        await Expect(card).ToContainTextAsync("“When are you open? <b>Please</b>”");

        var box = page.Locator(".composer textarea");
        await page.GetByRole(AriaRole.Button, new() { Name = "Draft with AI" }).ClickAsync();
        await Expect(box).ToHaveValueAsync(Knower.Text);
        await Expect(page.Locator(".ddesk")).ToContainTextAsync("Opening hours");
        await Expect(page.Locator(".ddesk q")).ToContainTextAsync("Monday to Friday");
        await Pictures.KeepAsync(page, $"draft-{width}");

        await page.ReloadAsync();
        await page.Locator("html[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await Expect(box).ToHaveValueAsync(Knower.Text);
        await Expect(page.Locator(".ddesk")).ToContainTextAsync("Opening hours", new() { Timeout = 30_000 });
        await shop.SayAsync(new { text = "Are you there?" });
        await Expect(page.Locator(".dold")).ToContainTextAsync("Older than the latest message", new() { Timeout = 30_000 });

        await box.PressAsync("Control+Enter");
        var bubble = page.Locator(".timeline .msg.own").Last;
        await Expect(bubble).ToContainTextAsync(Knower.Text);
        await Expect(bubble).ToContainTextAsync("Sent as drafted by the AI");
        await Expect(bubble.Locator(".who2")).ToContainTextAsync("Ana Duarte");
        await Expect(box).ToHaveValueAsync("");
        await Expect(page.Locator(".ddesk")).ToHaveCountAsync(0);
        shop.App.Sql("SELECT count(*) FROM outbox WHERE Author = 2 AND UsagePeriod IS NOT NULL").ShouldBe(1L);
        await Pictures.KeepAsync(page, $"drafted-{width}");
        problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_typed_comes_back_and_writing_stops_the_making()
    {
        var knower = new Knower();
        await using var shop = await TalkingShop.StartAsync(knower);
        await shop.AskAsync("When are you open?");
        var (page, problems) = await OpenAsync(shop, 1440);
        await shop.SwitchAsync(false);
        var box = page.Locator(".composer textarea");
        var button = page.Locator(".adraft");
        await box.FillAsync("Half a thought");
        await Expect(page.Locator(".composer[data-typed]")).ToBeVisibleAsync();
        knower.Next = (_, _) => Task.FromResult(Knower.Grounded(Hostile));
        await button.ClickAsync();
        await Expect(box).ToHaveValueAsync("We open at 9.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Bring back my text" }).ClickAsync();
        await Expect(box).ToHaveValueAsync("Half a thought");
        await Expect(page.Locator(".ddesk")).ToHaveCountAsync(0);

        var (begun, stopped) = (new TaskCompletionSource(), new TaskCompletionSource());
        knower.Next = async (_, stop) =>
        {
            begun.TrySetResult();
            await using var end = stop.Register(() => stopped.TrySetResult());
            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
            return Knower.Grounded(Knower.Text);
        };
        await button.ClickAsync();
        await Expect(button).ToContainTextAsync("Stop");
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        await box.PressSequentiallyAsync(", and more");
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        await Expect(button).ToContainTextAsync("Draft with AI");
        await Expect(box).ToHaveValueAsync("Half a thought, and more");

        knower.Next = (_, _) => Task.FromResult(new Answer(AnswerKind.Fallback, "I do not know.", [], new AnswerTrace(), IsGap: true));
        await button.ClickAsync();
        await Expect(page.Locator(".dsaid")).ToContainTextAsync("The knowledge does not hold the answer.");
        await Expect(box).ToHaveValueAsync("Half a thought, and more");
        await Pictures.KeepAsync(page, "draft-refused");
        problems.ShouldBeEmpty();
    }

    private async Task<(IPage Page, List<string> Problems)> OpenAsync(TalkingShop shop, int width)
    {
        var context = await chromium.Browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = width < 500 ? 844 : 900 } });
        await OwnersBrowser.SetUpAsync(context, shop.App);
        var page = await OwnersBrowser.OpenAsync(context, shop.App, $"conversations/{(await shop.ConversationAsync()).GetProperty("id").GetGuid()}");
        var problems = new List<string>();
        page.PageError += (_, error) => problems.Add("script error: " + error);
        return (page, problems);
    }
}
