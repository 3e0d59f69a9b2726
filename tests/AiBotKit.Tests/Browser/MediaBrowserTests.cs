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

        await shop.Simulator.SayAsync(new { type = "voice" });
        (await DurationAsync(page.Locator(".sound audio"))).ShouldBeGreaterThan(0);
        await shop.Simulator.SayAsync(new { type = "video" });
        (await DurationAsync(page.Locator(".film"))).ShouldBeGreaterThan(0);
        await shop.Simulator.SayAsync(new { type = "document" });
        var link = page.Locator(".file a");
        (await link.GetAttributeAsync("download")).ShouldBe("invoice-2041.pdf");
        (await link.EvaluateAsync<string>("async a => (await fetch(a.href)).headers.get('content-disposition')")).ShouldBe("attachment; filename=invoice-2041.pdf; filename*=UTF-8''invoice-2041.pdf");

        await shop.Simulator.FaultAsync("media-gone", new { next = 10 });
        await shop.Simulator.SayAsync(new { type = "image" });
        await page.GetByText("WhatsApp does not have this file, or not any more. It is tried again by itself.").WaitForAsync();
        (await Axe.ProblemsAsync(page)).ShouldBeEmpty();
        problems.ShouldBeEmpty();
        await ShootAsync(page);
    }

    /// <summary>In seconds, once the browser has read its head.</summary>
    private static async Task<double> DurationAsync(ILocator player)
    {
        await player.WaitForAsync();
        return await player.EvaluateAsync<double>("one => one.readyState >= 1 ? one.duration : new Promise((yes, no) => { one.onloadedmetadata = () => yes(one.duration); one.onerror = () => no(one.error.message); })").WaitAsync(TimeSpan.FromMinutes(4), Stop);
    }

    private static async Task ShootAsync(IPage page)
    {
        if (Environment.GetEnvironmentVariable("AIBOTKIT_SCREENSHOTS") is not { } folder)
        {
            return;
        }

        foreach (var (width, scheme) in new[] { (1440, ColorScheme.Light), (1440, ColorScheme.Dark), (390, ColorScheme.Light), (390, ColorScheme.Dark) })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await page.SetViewportSizeAsync(width, 1600);
            await page.WaitForTimeoutAsync(300);
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"media-{width}-{scheme.ToString().ToLowerInvariant()}.png") });
        }
    }
}
