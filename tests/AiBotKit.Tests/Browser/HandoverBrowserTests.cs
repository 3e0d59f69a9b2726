using System.Net.Http.Json;
using AiBotKit.Accounts;
using AiBotKit.Chatbots;
using AiBotKit.Storage;
using AiBotKit.Tests.Conversations;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiBotKit.Tests.Browser;

/// <summary>Handover in the real browser: the owner sets it, a customer asks for a person, and one click takes over.</summary>
public sealed class HandoverBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    [Fact]
    public async Task The_owner_sets_the_hours_and_the_words_and_what_cannot_be_read_is_said_where_it_stands()
    {
        await using var shop = await TalkingShop.StartAsync();
        await using var context = await chromium.Browser.NewContextAsync();
        await OwnersBrowser.SetUpAsync(context, shop.App);
        var page = await OwnersBrowser.OpenAsync(context, shop.App, $"bots/{Bot(shop)}/actions");
        var form = page.Locator("#handover-form");
        var save = form.GetByRole(AriaRole.Button, new() { Name = "Save handover" });
        await Expect(save).ToBeDisabledAsync();
        await form.GetByLabel("Monday").FillAsync("9 to 5");
        await save.ClickAsync();
        await Expect(form.GetByRole(AriaRole.Alert)).ToContainTextAsync("Write the times of a day as 09:00-17:00");
        await form.GetByLabel("Monday").FillAsync("9:00-12:30, 13:30-17:00");
        await form.GetByLabel("Your own words").FillAsync("captain");
        await save.ClickAsync();
        await Expect(form.GetByRole(AriaRole.Status)).ToContainTextAsync("Saved.");
        await Expect(form.GetByLabel("Monday")).ToHaveValueAsync("09:00-12:30, 13:30-17:00");
        await page.ReloadAsync();
        await Expect(page.Locator("#handover-form").GetByLabel("Your own words")).ToHaveValueAsync("captain");
    }

    [Fact]
    public async Task A_plan_without_handover_shows_it_locked()
    {
        await using var shop = await TalkingShop.StartAsync();
        await using var context = await chromium.Browser.NewContextAsync();
        await OwnersBrowser.SetUpAsync(context, shop.App);
        using (var set = await shop.Api.PutAsJsonAsync($"/api/accounts/{shop.App.Get<FirstAccount>().Id}/plan", new { plan = "Basic" }, TestContext.Current.CancellationToken))
        {
            set.EnsureSuccessStatusCode();
        }

        var page = await OwnersBrowser.OpenAsync(context, shop.App, $"bots/{Bot(shop)}/actions");
        await Expect(page.Locator("#handover-form .say.wait")).ToContainTextAsync("Human handover is");
        await Expect(page.Locator("#handover-form").GetByLabel("Monday")).ToBeDisabledAsync();
    }

    [Theory]
    [InlineData(1440, 900)]
    [InlineData(390, 844)]
    public async Task Who_asks_for_a_person_waits_in_sight_and_one_click_takes_over(int width, int height)
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("What does the grinder cost?");
        await shop.AskAsync("Thanks. Can I talk to a human?");
        var id = (await shop.ConversationAsync()).GetProperty("id").GetGuid();
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await using var context = await chromium.Browser.NewContextAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = height } });
            await (scheme == ColorScheme.Light ? OwnersBrowser.SetUpAsync(context, shop.App) : OwnersBrowser.SignInAsync(context, shop.App, "/sign-in"));
            var page = await OwnersBrowser.OpenAsync(context, shop.App, $"conversations/{id}");
            await Expect(page.Locator(".statebar.wait")).ToContainTextAsync("The customer asked for one.");
            await Pictures.KeepAsync(page, $"handover-waiting-{width}-{scheme}".ToLowerInvariant(), whole: true);
            await page.GetByRole(AriaRole.Button, new() { Name = "Take over" }).ClickAsync();
            await Expect(page.Locator(".timeline .ev.person").Last).ToContainTextAsync("Ana Duarte has joined the conversation");
            await Expect(page.Locator(".composer textarea")).ToBeFocusedAsync();
            (await shop.ConversationAsync()).GetProperty("waitingReason").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
            await page.GotoAsync(new Uri(shop.App.Address, $"bots/{Bot(shop)}/actions").ToString());
            await Expect(page.Locator("#handover-form")).ToBeVisibleAsync();
            (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width);
            await Pictures.KeepAsync(page, $"handover-settings-{width}-{scheme}".ToLowerInvariant(), whole: true);
            await shop.SwitchAsync(true);
            await shop.AskAsync("I want a human, please");
        }
    }

    private static Guid Bot(TalkingShop shop)
    {
        using var db = shop.App.Get<ReadDb>().Open();
        return db.Set<Chatbot>().Single().Id;
    }
}
