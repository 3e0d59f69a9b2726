using AiBotKit.Durability;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>The list of conversations in the real browser: filters in the address, search with marked hits, the keyboard, and a list that holds still while it is read.</summary>
public sealed class InboxBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    [Fact]
    public async Task Those_who_wait_come_first_and_a_filter_stays_through_a_reload_and_into_a_conversation_and_back()
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        var page = await shop.OpenAsync("conversations");
        var rows = page.Locator(".rowi");
        await Expect(rows).ToHaveCountAsync(9);
        await Expect(rows.Nth(0)).ToContainTextAsync("Waiting for a person");
        await Expect(rows.Nth(0)).ToContainTextAsync("+1 555 010 7719");
        await Expect(rows.Nth(1)).ToContainTextAsync("Café Lumen");
        await Expect(rows.Nth(2)).ToContainTextAsync("Latest");

        await page.GetByRole(AriaRole.Button, new() { Name = "Waiting 2" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(2);
        await OwnersBrowser.IsAtAsync(page, "/conversations?owner=waiting");
        await page.ReloadAsync();
        await page.Locator("html[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Waiting 2" })).ToHaveAttributeAsync("aria-pressed", "true");

        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".timeline")).ToContainTextAsync("Is anybody there?");
        await OwnersBrowser.IsAtAsync(page, "?owner=waiting");
        await Expect(rows).ToHaveCountAsync(2);
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator(".hint")).ToBeVisibleAsync();
        await OwnersBrowser.IsAtAsync(page, "/conversations?owner=waiting");

        await page.GetByRole(AriaRole.Button, new() { Name = "failed" }).ClickAsync();
        await Expect(page.Locator(".nothing")).ToContainTextAsync("Nothing matches");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show all" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(9);
        await page.GetByRole(AriaRole.Button, new() { Name = "failed" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows).ToContainTextAsync("Maya Lindqvist");
        await Expect(rows.Locator(".bad")).ToContainTextAsync("Not delivered");
        shop.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_bots_card_and_its_editor_lead_to_its_own_conversations()
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        var page = await shop.OpenAsync("");
        await page.GetByRole(AriaRole.Link, new() { Name = "Conversations of Wholesale Desk" }).ClickAsync();
        await Expect(page.Locator(".nothing")).ToContainTextAsync("Nothing matches");
        await Expect(page.GetByLabel("Chatbot").Locator("option:checked")).ToHaveTextAsync("Wholesale Desk");
        await page.GetByLabel("Chatbot").SelectOptionAsync(shop.ChatbotId.ToString());
        await Expect(page.Locator(".rowi")).ToHaveCountAsync(9);
        await OwnersBrowser.IsAtAsync(page, $"?bot={shop.ChatbotId}");

        var editor = await shop.OpenAsync($"bots/{shop.ChatbotId}/integrations");
        await editor.Locator(".tolist").ClickAsync();
        await Expect(editor.GetByLabel("Chatbot").Locator("option:checked")).ToHaveTextAsync("Tidewick Assistant");
        await Expect(editor.Locator(".rowi")).ToHaveCountAsync(9);
        shop.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_search_marks_its_hits_and_opens_the_conversation_at_the_message_by_keyboard_alone()
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        for (var i = 0; i < 80; i++)
        {
            await shop.App.Seed.SayAsync(shop.AccountId, shop.Maya, MessageRole.Customer, i == 4 ? "Is the crème brûlée syrup vegan?" : $"Line {i}", shop.App.Seed.Now.AddMinutes(-200 + i));
        }

        await IndexAsync(shop);
        var page = await shop.OpenAsync("conversations");
        await page.Locator(".rowi").First.WaitForAsync();
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("creme brul");
        var hit = page.Locator(".found");
        await Expect(hit).ToHaveCountAsync(1);
        await Expect(hit.Locator("mark")).ToHaveTextAsync(["crème", "brûlée"]);
        await OwnersBrowser.IsAtAsync(page, "?q=creme%20brul");

        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        var sought = page.Locator(".timeline .sought");
        await Expect(sought).ToContainTextAsync("crème brûlée");
        await Expect(sought).ToBeInViewportAsync();
        await Expect(page.Locator(".latest")).ToBeVisibleAsync();
        await Expect(hit).ToHaveCountAsync(1);

        await page.Keyboard.PressAsync("/");
        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.TypeAsync("lindqvist");
        await Expect(page.Locator(".sect")).ToContainTextAsync("People");
        await Expect(page.Locator(".rowi .l1 mark")).ToHaveTextAsync("Lindqvist");
        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.TypeAsync("2231");
        await Expect(page.Locator(".rowi")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.TypeAsync("zzzzzz");
        await Expect(page.Locator(".nothing")).ToContainTextAsync("Nothing found");
        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.PressAsync("Delete");
        await Expect(page.Locator(".rowi")).ToHaveCountAsync(9);
        shop.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Hostile_texts_are_found_as_text()
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        for (var i = 0; i < HostileTexts.All.Count; i++)
        {
            var id = await shop.App.Seed.ConversationAsync(shop.AccountId, shop.ChatbotId, $"1555020{i:0000}", "needle " + HostileTexts.All[i]);
            await shop.App.Seed.SayAsync(shop.AccountId, id, MessageRole.Customer, "needle " + HostileTexts.All[i], shop.App.Seed.Now);
        }

        await IndexAsync(shop);
        var page = await shop.OpenAsync("conversations?q=needle");
        await Expect(page.Locator(".found").First).ToBeVisibleAsync();
        while (await page.Locator(".more button").CountAsync() > 0)
        {
            var shown = await page.Locator(".found").CountAsync();
            await page.Locator(".more button").ClickAsync();
            await Expect(page.Locator(".found").Nth(shown)).ToBeAttachedAsync();
        }

        await Expect(page.Locator(".found")).ToHaveCountAsync(HostileTexts.All.Count);
        foreach (var typed in new[] { "<img src=x onerror=alert(1)>", "\" OR Text : needle", "javascript:alert(1)" })
        {
            await page.Locator(".search input").FillAsync(typed);
            await page.WaitForTimeoutAsync(200);
        }

        shop.Problems.ShouldBeEmpty();
        shop.Strangers.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_being_read_in_the_list_does_not_move_when_messages_come()
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        var ids = new List<Guid>();
        for (var i = 0; i < 60; i++)
        {
            var id = await shop.App.Seed.ConversationAsync(shop.AccountId, shop.ChatbotId, $"1555030{i:0000}", $"Customer {i:00}");
            await shop.App.Seed.SayAsync(shop.AccountId, id, MessageRole.Customer, "Hello", shop.App.Seed.Now.AddDays(-2).AddMinutes(-i));
            ids.Add(id);
        }

        var page = await shop.OpenAsync("conversations");
        await page.Locator(".rowi").First.WaitForAsync();
        await page.EvaluateAsync("document.querySelector('.rows').scrollTop = 2400");
        var seen = page.Locator(".rowi", new() { HasText = "Customer 25" });
        await Expect(seen).ToBeVisibleAsync();
        await Expect(page.Locator(".newer")).ToHaveCountAsync(0);
        var before = (await seen.BoundingBoxAsync())!.Y;

        await shop.App.Seed.SayAsync(shop.AccountId, ids[25], MessageRole.Customer, "Anything new?", shop.App.Seed.Now);
        await shop.App.Seed.SayAsync(shop.AccountId, ids[55], MessageRole.Customer, "And here?", shop.App.Seed.Now);
        await Expect(page.Locator(".newer")).ToContainTextAsync("2 new");
        await Expect(seen.Locator(".l2")).ToContainTextAsync("Anything new?");
        (await seen.BoundingBoxAsync())!.Y.ShouldBe(before, 1);

        // Everybody else is still met once on the way down.
        await page.EvaluateAsync("document.querySelector('.rows').scrollTop += 900");
        await Expect(page.Locator(".rowi", new() { HasText = "Customer 35" })).ToBeVisibleAsync();
        (await page.EvaluateAsync<bool>("(l => new Set(l).size === l.length)([...document.querySelectorAll('.rowi a')].map(a => a.href))")).ShouldBeTrue();

        await page.Locator(".newer").ClickAsync();
        await Expect(page.Locator(".newer")).ToHaveCountAsync(0);
        await Expect(page.Locator(".rowi").Nth(2)).ToContainTextAsync("Customer 55");
        shop.Problems.ShouldBeEmpty();
    }

    private static Task IndexAsync(OpenShop shop) => shop.App.Services.GetRequiredService<KeepSearchIndex>().RunOnceAsync(TestContext.Current.CancellationToken);

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);
}
