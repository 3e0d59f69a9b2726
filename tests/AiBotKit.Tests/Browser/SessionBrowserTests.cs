using System.Net;
using AiBotKit.Tests.Accounts;
using AiBotKit.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>Sessions as somebody at a page has them, where almost nothing is a request (S-A8), and the entry when it was tried too often (S-A4).</summary>
public sealed class SessionBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    private static readonly TimeSpan Ceiling = TimeSpan.FromMinutes(2);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_works_at_an_open_page_stays_signed_in_and_an_open_page_alone_is_no_work()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var app = new AppFixture(new Dictionary<string, string?> { ["Accounts:SessionIdleHours"] = "1" }, services => services.AddSingleton<TimeProvider>(time));
        await using var context = await chromium.Browser.NewContextAsync();
        await OwnersBrowser.SetUpAsync(context, app);
        var page = await OwnersBrowser.OpenAsync(context, app, "settings");
        await page.EvaluateAsync("() => { const real = Date.now; window.ahead = 0; Date.now = () => real() + window.ahead; }");
        for (var i = 1; i <= 3; i++)
        {
            var seen = Seen(app);
            time.Advance(TimeSpan.FromMinutes(40));
            await page.EvaluateAsync("by => { window.ahead = by; }", i * 40 * 60_000);

            // What a script does is nobody's hand.
            await page.EvaluateAsync("() => document.querySelector('h1').click()");
            await Task.Delay(200, Stop);
            Seen(app).ShouldBe(seen);
            await page.Locator("h1").First.ClickAsync();
            await UntilAsync(() => Seen(app) > seen);
        }

        time.Advance(TimeSpan.FromMinutes(61));
        await page.WaitForURLAsync("**/sign-in*", new() { Timeout = (float)Ceiling.TotalMilliseconds });
    }

    [Fact]
    public async Task Who_tried_too_often_sees_the_page_that_says_so()
    {
        await using var app = new AppFixture();
        using var program = app.Anonymous();
        for (var i = 0; i < 10; i++)
        {
            await Staff.SignInAsync(program, "ana@example.com", "wrong");
        }

        await using var context = await chromium.Browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(app.Address, "sign-in").ToString());
        await page.GetByLabel("E-mail").FillAsync("ana@example.com");
        await page.GetByLabel("Password").FillAsync("wrong");
        var answer = await page.RunAndWaitForResponseAsync(() => page.Keyboard.PressAsync("Enter"), one => one.Url.EndsWith("/account/sign-in", StringComparison.Ordinal));
        answer.Status.ShouldBe((int)HttpStatusCode.TooManyRequests);
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Too many tries. Wait 15 minutes");
        await Assertions.Expect(page.GetByLabel("Password")).ToBeVisibleAsync();
    }

    private static long Seen(AppFixture app) => (long)app.Sql("SELECT LastSeenAt FROM sessions")!;

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(Ceiling);
        while (!condition())
        {
            await Task.Delay(50, patience.Token);
        }
    }
}
