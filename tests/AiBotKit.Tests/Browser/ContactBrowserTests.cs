using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>The contact panel in the real browser: own name, merge and split, export, erase.</summary>
public sealed class ContactBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    private static readonly LocatorAssertionsToContainTextOptions Patient = new() { Timeout = 60_000 };

    [Fact]
    public async Task A_contact_is_renamed_merged_and_split_again()
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        var other = await shop.App.Seed.ConversationAsync(shop.AccountId, shop.ChatbotId, "15550104040", "Maya at work");
        await shop.App.Seed.SayAsync(shop.AccountId, other, MessageRole.Customer, "Written from the office", shop.App.Seed.Now.AddHours(-2));
        await shop.App.Services.GetRequiredService<KeepSearchIndex>().RunOnceAsync(TestContext.Current.CancellationToken);
        var page = await shop.OpenAsync($"conversations/{shop.Maya}");
        await page.GetByLabel("Your name for this contact").FillAsync("Maya <b>the</b> roaster");
        await page.Locator(".rename").GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.Locator(".chead .who b")).ToContainTextAsync("Maya <b>the</b> roaster", Patient);
        await Expect(page.Locator(".rowi[aria-current]")).ToContainTextAsync("Maya <b>the</b> roaster", Patient);

        await page.GetByRole(AriaRole.Button, new() { Name = "Merge with another contact" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Merge with another contact" });
        await dialog.GetByLabel("Name or number").FillAsync("at work");
        await Expect(dialog.Locator(".hits li")).ToContainTextAsync("Maya at work", Patient);
        await Pictures.KeepAsync(page, "merge");
        (await Axe.ProblemsAsync(page)).ShouldBeEmpty();
        await dialog.Locator(".hits button").First.ClickAsync();
        await Expect(page.Locator(".timeline")).ToContainTextAsync("Written from the office", Patient);
        await Expect(page.Locator(".timeline .ev").Last).ToContainTextAsync("Ana Duarte has merged two contacts", Patient);
        await Expect(page.Locator(".alias")).ToContainTextAsync("wa_15550104040", Patient);
        await Expect(dialog).ToBeHiddenAsync();

        await page.Locator(".alias li", new() { HasText = "wa_15550104040" }).GetByRole(AriaRole.Button, new() { Name = "Split" }).ClickAsync();
        await Expect(page.Locator(".alias")).Not.ToContainTextAsync("wa_15550104040", new() { Timeout = 60_000 });
        await page.GetByRole(AriaRole.Link, new() { Name = "Open the other conversation" }).ClickAsync();
        await Expect(page.Locator(".timeline")).ToContainTextAsync("Written from the office", Patient);
        await OwnersBrowser.IsAtAsync(page, other.ToString());
        shop.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_contact_is_exported_and_erased_after_one_question()
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        var page = await shop.OpenAsync($"conversations/{shop.Maya}");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Export" }).ClickAsync());
        (await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken)).ShouldContain("moka pot");
        await page.GetByRole(AriaRole.Button, new() { Name = "Erase", Exact = true }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Erase this contact?" });
        await Expect(dialog).ToContainTextAsync("It cannot be taken back");
        await Pictures.KeepAsync(page, "erase");
        (await Axe.ProblemsAsync(page)).ShouldBeEmpty();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Erase for good" }).ClickAsync();
        await page.WaitForURLAsync("**/conversations", new() { Timeout = 60_000 });
        await Expect(page.Locator(".rows")).Not.ToContainTextAsync("Maya Lindqvist", new() { Timeout = 60_000 });
        await using var db = shop.App.Services.GetRequiredService<ReadDb>().Open();
        (await db.Set<Conversation>().CountAsync(c => c.Id == shop.Maya, TestContext.Current.CancellationToken)).ShouldBe(0);
        shop.Problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1440, ColorScheme.Light)]
    [InlineData(1440, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task The_panel_fits_its_screen_and_everyone_can_use_it(int width, ColorScheme scheme)
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        await shop.App.Seed.ConversationAsync(shop.AccountId, shop.ChatbotId, "US.13491208655302741918", "Maya", c => c.MergedIntoId = shop.Maya);
        var page = await shop.OpenAsync($"conversations/{shop.Maya}/contact", width, scheme);
        await page.Locator(".person-acts").ScrollIntoViewIfNeededAsync();
        await Expect(page.Locator(".places")).ToContainTextAsync("Tidewick Assistant");
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue();
        (await Axe.ProblemsAsync(page)).ShouldBeEmpty();
        await Pictures.KeepAsync(page, $"panel-{width}-{scheme}");
    }

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);
}
