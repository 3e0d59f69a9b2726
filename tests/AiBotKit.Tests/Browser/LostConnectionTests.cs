using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Fakes;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>An open conversation over a line that breaks again and again while customers write: the same page shows every message once, in order, none missing.</summary>
public sealed class LostConnectionTests(ChromiumFixture chromium, ITestOutputHelper output) : IClassFixture<ChromiumFixture>
{
    private const int Cuts = 200;
    private const string Other = "15550100102";

    /// <summary>Passing it says that something never came: a browser gives up a handshake that nobody answers after four minutes, and comes back then.</summary>
    private static readonly TimeSpan Ceiling = TimeSpan.FromMinutes(6);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cut_200_times_while_customers_write_the_page_shows_every_message_once_and_in_order()
    {
        var seed = LongRun.Seed();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("hello");
        await shop.SwitchAsync(false);
        await using var line = new CuttableLine(shop.App.Address);
        await using var context = await chromium.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        await (await OwnersBrowser.SetUpAsync(context, shop.App)).CloseAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(line.Address, $"/conversations/{(await shop.ConversationAsync()).GetProperty("id").GetGuid()}").ToString());
        await page.Locator("html[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });

        var states = new System.Collections.Concurrent.ConcurrentQueue<string>();
        page.FrameNavigated += (_, frame) => states.Enqueue("navigated to " + frame.Url);
        page.Console += (_, message) => states.Enqueue(message.Text);

        // A page that was loaded anew would be whole by itself: it must be this one. And no moment of it may show a message twice.
        await page.EvaluateAsync(
            """
            () => {
              window.sameOne = true; window.moments = 0; window.doubles = 0; window.backs = 0;
              // The circuit says when it is back, whatever carries it: a socket, or polling when the cut fell into its handshake.
              document.addEventListener('components-reconnect-state-changed', e => { console.log('reconnect: ' + e.detail.state); if (e.detail.state === 'hide') window.backs++; }, true);
              new MutationObserver(() => {
                const keys = [...document.querySelectorAll('.timeline .msg')].map(m => m.dataset.key);
                window.moments++;
                if (new Set(keys).size !== keys.length) window.doubles++;
              }).observe(document.querySelector('.timeline ol'), { childList: true, subtree: true });
            }
            """);

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var writing = WriteAsync(shop, enough.Token);
        var started = TimeProvider.System.GetTimestamp();
        for (var cut = 0; cut < Cuts; cut++)
        {
            var down = random.Next(2) == 0;
            line.Cut(down);
            if (down)
            {
                // Something is said into the gap; then the line is back.
                await shop.Simulator.SayAsync(new { text = $"into gap {cut}" });
                line.Mend();
            }

            await BackAsync(page, cut, states);
            (await page.Locator("#blazor-error-ui").IsVisibleAsync()).ShouldBeFalse($"after cut {cut}: {string.Join("; ", states.TakeLast(12))}");
            await Task.Delay(random.Next(60), Stop);
        }

        output.WriteLine($"{Cuts} cuts in {TimeProvider.System.GetElapsedTime(started).TotalSeconds:F0} s");
        await enough.CancelAsync();
        await writing;
        line.Cut(true);
        await shop.Simulator.SayAsync(new { text = "the last one" });
        await shop.WaitAsync(all => all.Exists(m => TalkingShop.Text(m) == "the last one"));
        line.Mend();
        await BackAsync(page, Cuts, states);
        await Assertions.Expect(page.Locator(".timeline .msg").Last).ToContainTextAsync("the last one", new() { Timeout = (float)Ceiling.TotalMilliseconds });

        var expected = Stored(shop);
        var shown = await page.EvaluateAsync<string[]>("[...document.querySelectorAll('.timeline .msg')].map(m => m.dataset.key)");
        expected.Except(shown).ShouldBeEmpty("gaps");
        shown.GroupBy(key => key).Where(key => key.Count() > 1).ShouldBeEmpty("doubles");
        shown.SequenceEqual(expected).ShouldBeTrue("in order");
        expected.Length.ShouldBeGreaterThan(Cuts / 2);
        (await page.EvaluateAsync<bool>("window.sameOne === true")).ShouldBeTrue("it is the page that was opened at the beginning");
        (await page.EvaluateAsync<int>("window.doubles")).ShouldBe(0);
        (await page.EvaluateAsync<int>("window.moments")).ShouldBeGreaterThan(Cuts / 4);
        (await page.EvaluateAsync<int>("window.backs")).ShouldBe(Cuts + 1);
        await Assertions.Expect(page.Locator("#blazor-error-ui")).ToBeHiddenAsync();

        // The list beside it is whole as well.
        await Assertions.Expect(page.Locator(".rowi")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Locator(".rowi[aria-current]")).ToContainTextAsync("the last one");
        output.WriteLine($"{expected.Length} messages");
    }

    /// <summary>The page has its circuit again, once more than so many times.</summary>
    private static async Task BackAsync(IPage page, int before, IEnumerable<string> states)
    {
        try
        {
            await page.WaitForFunctionAsync("before => window.backs > before", before, new() { Timeout = (float)Ceiling.TotalMilliseconds });
        }
        catch (TimeoutException)
        {
            throw new ShouldAssertException($"The circuit did not come back after cut {before}; last heard: {string.Join("; ", states.TakeLast(12))}");
        }
    }

    /// <summary>What the store has of the open conversation, by the keys that the page has for it.</summary>
    private static string[] Stored(TalkingShop shop) => ((string)shop.App.Sql(
        "SELECT group_concat('m' || Seq) FROM (SELECT m.Seq FROM messages m JOIN conversations c ON c.Id = m.ConversationId WHERE c.SessionId = 'wa_15550100101' AND m.Role <> 3 ORDER BY m.At, m.Seq)")!).Split(',');

    /// <summary>One customer of the open conversation and one of another write.</summary>
    private static async Task WriteAsync(TalkingShop shop, CancellationToken enough)
    {
        for (var n = 0; !enough.IsCancellationRequested; n++)
        {
            await shop.Simulator.SayAsync(new { text = $"number {n}" });
            await shop.Simulator.SayAsync(new { text = $"elsewhere {n}" }, Other);
            try
            {
                await Task.Delay(400, enough);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
