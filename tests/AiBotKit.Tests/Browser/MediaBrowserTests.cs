using AiBotKit.Tests.Conversations;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>Files of a customer in the conversation: a picture is seen, a voice note and a film play, a document is downloaded, and what is gone says so.</summary>
public sealed class MediaBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_kind_appears_without_reload_and_plays()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.Simulator.SayAsync(new { text = "hello" });
        await shop.WaitAsync(all => TalkingShop.Replies(all).Count == 1);
        await using var context = await chromium.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        await (await OwnersBrowser.SetUpAsync(context, shop.App)).CloseAsync();
        var page = await OwnersBrowser.OpenAsync(context, shop.App, $"/conversations/{(await shop.ConversationAsync()).GetProperty("id").GetGuid()}");
        var problems = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                problems.Add(message.Text);
            }
        };

        await shop.Simulator.SayAsync(new { type = "image", caption = "My bag arrived torn" });
        var picture = page.Locator(".pic img");
        await picture.WaitForAsync();
        await Assertions.Expect(picture).ToHaveJSPropertyAsync("complete", true);
        (await picture.EvaluateAsync<int>("img => img.naturalWidth")).ShouldBeGreaterThan(100);
        (await picture.GetAttributeAsync("src")).ShouldEndWith("/thumbnail");
        (await picture.EvaluateAsync<bool>("img => img.clientWidth === img.width && Math.abs(img.clientWidth / img.clientHeight - img.naturalWidth / img.naturalHeight) < 0.02 && Number(img.getAttribute('width')) > 0"))
            .ShouldBeTrue("its place is kept before it comes");

        // The original, large, over the page; it is given out as an attachment all the same.
        await page.Locator(".pic").ClickAsync();
        var large = page.Locator("dialog.lightbox img");
        await Assertions.Expect(large).ToHaveJSPropertyAsync("complete", true);
        (await large.GetAttributeAsync("src")).ShouldNotBeNull().ShouldNotContain("thumbnail");
        (await large.EvaluateAsync<int>("img => img.naturalWidth")).ShouldBeGreaterThan(100);
        (await Axe.ProblemsAsync(page)).ShouldBeEmpty();
        if (Environment.GetEnvironmentVariable("AIBOTKIT_SCREENSHOTS") is { } shots)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(shots, "lightbox.png") });
        }

        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator("dialog.lightbox")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator(".pic")).ToBeFocusedAsync();
        page.Url.ShouldContain("/conversations/");

        await shop.Simulator.SayAsync(new { type = "voice" });
        var seconds = await DurationAsync(page.Locator(".sound audio"));
        seconds.ShouldBeGreaterThan(0);
        await Assertions.Expect(page.Locator(".sound figcaption b")).ToHaveTextAsync(AiBotKit.Dashboard.Inbox.SoundView.Clock((long)(seconds * 1000)));
        await Assertions.Expect(page.Locator(".sound .wave rect")).ToHaveCountAsync(47);
        (await page.Locator(".sound .wave").EvaluateAsync<int>("one => new Set([...one.querySelectorAll('rect')].map(r => r.getAttribute('height'))).size")).ShouldBeGreaterThan(3, "drawn from the sound");
        await Assertions.Expect(page.Locator(".untranscribed")).ToContainTextAsync("Not transcribed");
        await Assertions.Expect(page.Locator(".msg", new() { Has = page.Locator(".sound") })).ToContainTextAsync("Not answered: voice note");
        shop.App.Sql("UPDATE media SET Transcript = 'I need <b>twelve</b> kilos' WHERE Family = 'voice'");
        await shop.Simulator.SayAsync(new { type = "video" });
        (await DurationAsync(page.Locator(".film"))).ShouldBeGreaterThan(0);
        await Assertions.Expect(page.Locator(".transcript p")).ToHaveTextAsync("I need <b>twelve</b> kilos");
        await shop.Simulator.SayAsync(new { type = "document" });
        var link = page.Locator(".file a");
        (await link.GetAttributeAsync("download")).ShouldBe("invoice-2041.pdf");
        (await link.EvaluateAsync<string>("async a => (await fetch(a.href)).headers.get('content-disposition')")).ShouldBe("attachment; filename=invoice-2041.pdf; filename*=UTF-8''invoice-2041.pdf");

        await shop.Simulator.FaultAsync("media-gone", new { next = 10 });
        await shop.Simulator.SayAsync(new { type = "image" });
        await page.GetByText("WhatsApp does not have this file, or not any more. It is tried again by itself.").WaitForAsync();
        (await Axe.ProblemsAsync(page)).ShouldBeEmpty();
        problems.ShouldBeEmpty();
        await Pictures.KeepViewsAsync(page, "media");
    }

    /// <summary>In seconds, once the browser has read its head.</summary>
    private static async Task<double> DurationAsync(ILocator player)
    {
        await player.WaitForAsync();
        return await player.EvaluateAsync<double>("one => one.readyState >= 1 ? one.duration : new Promise((yes, no) => { one.onloadedmetadata = () => yes(one.duration); one.onerror = () => no(one.error.message); })").WaitAsync(TimeSpan.FromMinutes(4), Stop);
    }
}
