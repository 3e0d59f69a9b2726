using AiBotKit.Durability;
using AiBotKit.Conversations;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>The real server and the real browser: what an owner sees and does. Every page also proves that it broke no security policy.</summary>
public sealed class DashboardBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    [Fact]
    public async Task A_new_message_appears_in_list_and_conversation_without_reload_and_reading_it_clears_unread()
    {
        await using var shop = await ShopAsync();
        var page = await shop.OpenAsync("conversations");
        var row = page.Locator(".rowi", new() { HasText = "Jonas Weber" });
        await Expect(row.Locator(".l2")).ToContainTextAsync("invoice 2207");
        var jonas = (await row.Locator("a").GetAttributeAsync("href"))!;
        await shop.SayAsync(jonas, "It is urgent");
        await Expect(row.Locator(".l2")).ToContainTextAsync("It is urgent");
        await Expect(row.Locator(".count")).ToContainTextAsync("2");

        await row.Locator("a").ClickAsync();
        await Expect(page.Locator(".timeline")).ToContainTextAsync("It is urgent");
        await Expect(row.Locator(".count")).ToHaveCountAsync(0);
        await shop.SayAsync(jonas, "Hello? Are you there?");
        await Expect(page.Locator(".timeline .msg").Last).ToContainTextAsync("Are you there?");
        await Expect(row.Locator(".count")).ToHaveCountAsync(0);
        shop.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task After_a_broken_connection_the_page_catches_up_with_what_it_missed()
    {
        await using var shop = await ShopAsync();
        var page = await shop.OpenAsync($"conversations/{shop.Maya}", routeSockets: true);
        await Expect(page.Locator(".timeline .msg").Last).ToContainTextAsync("Here is the new bag");
        await shop.CutAsync();
        await Expect(page.Locator("#components-reconnect-modal")).ToBeVisibleAsync();
        await shop.SayAsync($"conversations/{shop.Maya}", "Said while the line was down");
        shop.Mend();
        await Expect(page.Locator(".timeline .msg").Last).ToContainTextAsync("Said while the line was down", new() { Timeout = 30_000 });
    }

    [Fact]
    public async Task Why_this_answer_shows_passages_scores_floor_and_trace()
    {
        await using var shop = await ShopAsync();
        var page = await shop.OpenAsync($"conversations/{shop.Maya}");
        var answer = page.Locator(".msg.bot").First;
        await Expect(answer.Locator(".ref")).ToHaveCountAsync(3);
        await answer.Locator(".whyb").ClickAsync();
        var why = page.Locator(".why");
        await Expect(why.Locator(".pass li")).ToHaveCountAsync(3);
        foreach (var expected in new[] { "Grind guide.md", "below the floor of .42, not used", "qwen3-8b, prompt 7", "812 in, 64 out", "English", "Every sentence is supported" })
        {
            await Expect(why).ToContainTextAsync(expected);
        }

        await Expect(page.Locator(".whyb.none")).ToContainTextAsync("Not in the knowledge");
        await page.Keyboard.PressAsync("Escape");
        await Expect(why).ToHaveCountAsync(0);
        shop.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Hostile_names_and_texts_open_no_dialog_and_make_no_request()
    {
        await using var shop = await ShopAsync();
        var first = "";
        for (var i = 0; i < HostileTexts.All.Count; i++)
        {
            var text = HostileTexts.All[i];
            var id = await shop.App.Seed.ConversationAsync(shop.AccountId, shop.ChatbotId, $"1555020{i:0000}", text);
            await shop.App.Seed.SayAsync(shop.AccountId, id, MessageRole.Customer, text, shop.App.Seed.Now, change: m =>
            {
                m.Type = "document";
                m.Content = System.Text.Json.JsonSerializer.Serialize(new { kind = "media", mimeType = text, fileName = text, forwarded = true, referral = new { sourceType = text, sourceUrl = text, headline = text, body = text } });
            });
            await shop.App.Seed.SayAsync(shop.AccountId, id, MessageRole.Owner, text, shop.App.Seed.Now, MessageStatus.Failed, m => (m.AuthorName, m.FailureReason) = (text, text));
            first = id.ToString();
        }

        // All of them pass by in the list; every one is then opened in the same page.
        var page = await shop.OpenAsync($"conversations/{first}");
        await Expect(page.Locator(".timeline .msg")).ToHaveCountAsync(2);
        await page.Locator(".rowi a").Nth(1).WaitForAsync();
        for (var i = 1; i < HostileTexts.All.Count; i++)
        {
            await page.Keyboard.PressAsync("j");
            var next = await page.EvaluateAsync<string>("document.activeElement.getAttribute('href')");
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.Locator(".rowi[aria-current] a")).ToHaveAttributeAsync("href", next);
        }

        await page.EvaluateAsync("document.querySelector('.rows').scrollTo(0, 1e6)");
        await page.WaitForTimeoutAsync(300);
        shop.Problems.ShouldBeEmpty();
        shop.Strangers.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_inbox_can_be_walked_by_keyboard_alone()
    {
        await using var shop = await ShopAsync();
        var page = await shop.OpenAsync("conversations");
        await page.Locator(".rowi").First.WaitForAsync();
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("k");
        await page.Keyboard.PressAsync("j");
        var second = await page.Locator(".rowi a").Nth(1).GetAttributeAsync("href");
        (await page.EvaluateAsync<string>("document.activeElement.getAttribute('href')")).ShouldBe(second);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".timeline")).ToBeVisibleAsync();
        await OwnersBrowser.IsAtAsync(page, second!);
        await page.Keyboard.PressAsync("/");
        (await page.EvaluateAsync<string>("document.activeElement.type")).ShouldBe("search");
        await shop.App.Services.GetRequiredService<KeepSearchIndex>().RunOnceAsync(TestContext.Current.CancellationToken);
        await page.Keyboard.TypeAsync("jonas");
        await Expect(page.Locator(".rowi")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("?");
        await Expect(page.Locator("#keys")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#keys")).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator(".hint")).ToContainTextAsync("Pick a conversation");

        // The circuit puts its own elements in the place of the server's, and with them goes the focus of who was faster.
        await page.ReloadAsync();
        await page.Locator("html[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.Keyboard.PressAsync("Tab");
        (await page.EvaluateAsync<string>("document.activeElement.className")).ShouldBe("skip");
        shop.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_scrolls_sideways_on_a_phone_and_the_rail_is_a_bottom_bar()
    {
        await using var shop = await ShopAsync();
        foreach (var width in new[] { 390, 320 })
        {
            foreach (var path in new[] { "", "conversations", $"conversations/{shop.Maya}", $"conversations/{shop.Maya}/contact", "health", "dead-letters", "audit", "sign-in", "setup?token=x" })
            {
                var page = await shop.OpenAsync(path, width);
                (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width, $"/{path} at {width}");
                if (path == "health")
                {
                    var bar = await page.Locator(".rail").BoundingBoxAsync();
                    (bar!.Y + bar.Height).ShouldBe(844, 1);
                }

                await page.CloseAsync();
            }
        }

        shop.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_theme_follows_the_system_until_the_viewer_chooses()
    {
        await using var shop = await ShopAsync();
        var page = await shop.OpenAsync("", scheme: ColorScheme.Dark);
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        (await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor")).ShouldBe("rgb(12, 17, 15)");
        await page.Locator(".me").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Light" }).ClickAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        await page.ReloadAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        (await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor")).ShouldBe("rgb(245, 247, 245)");
        shop.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task My_bots_health_and_dead_letters_show_what_is_stored()
    {
        await using var shop = await ShopAsync();
        var page = await shop.OpenAsync("");
        var card = page.Locator(".botc").First;
        await Expect(card).ToContainTextAsync("Tidewick Assistant");
        await Expect(card).ToContainTextAsync("WhatsApp on");
        await Expect(card.Locator(".stats dd").Nth(1)).ToHaveTextAsync("9");
        await Expect(card).ToContainTextAsync("No knowledge yet");
        await Expect(page.Locator(".botc").Nth(1)).ToContainTextAsync("WhatsApp paused");
        await page.GetByRole(AriaRole.Link, new() { Name = "Health" }).ClickAsync();
        await Expect(page.Locator(".fig.bad")).ToContainTextAsync("Dead letters");
        await page.GetByRole(AriaRole.Link, new() { Name = "Dead letters" }).ClickAsync();
        var letter = page.Locator(".tbl tr", new() { HasText = "has no sender" });
        await letter.GetByRole(AriaRole.Button, new() { Name = "Raw" }).ClickAsync();
        await Expect(page.Locator("pre.raw")).ToContainTextAsync("onerror=alert(1)");
        shop.Problems.ShouldBeEmpty();
        shop.Strangers.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_plain_GET_of_a_conversation_changes_nothing_and_carries_the_policy()
    {
        await using var shop = await ShopAsync();
        using var client = shop.App.CreateClient();
        await using var before = shop.App.Services.GetRequiredService<ReadDb>().Open();
        var unread = await before.Set<Conversation>().Where(c => c.Unread > 0).Select(c => new { c.Id, c.Unread }).ToListAsync(TestContext.Current.CancellationToken);
        foreach (var row in unread)
        {
            var answer = await client.GetAsync(new Uri($"conversations/{row.Id}", UriKind.Relative), TestContext.Current.CancellationToken);
            answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
            answer.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'; script-src 'self' 'nonce-");
        }

        await using var after = shop.App.Services.GetRequiredService<ReadDb>().Open();
        (await after.Set<Conversation>().Where(c => c.Unread > 0).Select(c => new { c.Id, c.Unread }).ToListAsync(TestContext.Current.CancellationToken)).ShouldBe(unread);
        unread.Count.ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task Another_accounts_conversation_is_not_there()
    {
        await using var shop = await ShopAsync();
        var (stranger, theirBot) = await shop.App.Seed.AccountAsync("Somebody else's bot", "15550199000");
        var theirs = await shop.App.Seed.ConversationAsync(stranger, theirBot, "15550300001", "Not yours");
        await shop.App.Seed.SayAsync(stranger, theirs, MessageRole.Customer, "private words", shop.App.Seed.Now);
        var page = await shop.OpenAsync($"conversations/{theirs}");
        await Expect(page.Locator(".nothing")).ToContainTextAsync("There is nothing at this address");
        (await page.ContentAsync()).ShouldNotContain("private words");
        (await page.ContentAsync()).ShouldNotContain("Not yours");
        await page.GetByRole(AriaRole.Link, new() { Name = "To My Bots" }).ClickAsync();
        await Expect(page.Locator(".botc").First).ToBeVisibleAsync();
        shop.Problems.ShouldHaveSingleItem().ShouldContain("404");
    }

    [Fact]
    public async Task A_dead_letter_appears_in_its_list_and_count_without_reload()
    {
        await using var shop = await ShopAsync();
        var page = await shop.OpenAsync("dead-letters");
        await Expect(page.Locator(".tbl tbody tr")).ToHaveCountAsync(2);
        await shop.App.Seed.DeadLetterAsync(shop.AccountId, "webhook_item", "It came while somebody looked.", "{}");
        await Expect(page.Locator(".tbl tbody tr").First).ToContainTextAsync("It came while somebody looked.");
        await Expect(page.Locator(".rail .nb", new() { HasText = "3" })).ToBeVisibleAsync();
        shop.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Reading_never_moves_and_a_pill_counts_what_came_meanwhile()
    {
        await using var shop = await ShopAsync();
        for (var i = 0; i < 80; i++)
        {
            await shop.SayAsync($"conversations/{shop.Maya}", $"Line {i}");
        }

        var page = await shop.OpenAsync($"conversations/{shop.Maya}");
        await Expect(page.Locator(".timeline .msg").Last).ToContainTextAsync("Line 79");
        await Expect(page.Locator(".latest")).ToBeHiddenAsync();
        await page.EvaluateAsync("document.querySelector('.timeline').scrollTop = 400");
        var before = await page.EvaluateAsync<int>("document.querySelector('.timeline').scrollTop");
        await shop.SayAsync($"conversations/{shop.Maya}", "One more");
        await Expect(page.Locator(".latest b")).ToHaveTextAsync("1");
        (await page.EvaluateAsync<int>("document.querySelector('.timeline').scrollTop")).ShouldBe(before);

        var top = await page.Locator(".timeline .msg").First.TextContentAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Load earlier" }).ClickAsync();
        await Expect(page.Locator(".timeline .msg").First).Not.ToHaveTextAsync(top!);
        await page.Locator(".latest").ClickAsync();
        await Expect(page.Locator(".latest")).ToBeHiddenAsync();
        shop.Problems.ShouldBeEmpty();
    }

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    private async Task<OpenShop> ShopAsync() => await OpenShop.StartAsync(chromium.Browser);
}
