using AiBotKit.Durability;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>One conversation in the real browser: the AI replies switch, the contact, what was merged into it.</summary>
public sealed class ConversationBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    [Fact]
    public async Task The_AI_replies_switch_works_by_keyboard_and_every_viewer_sees_who_answers_next()
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        var page = await shop.OpenAsync($"conversations/{shop.Maya}");
        var colleague = await shop.OpenAsync($"conversations/{shop.Maya}");
        var toggle = page.GetByRole(AriaRole.Switch, new() { Name = "AI replies" });
        await Expect(toggle).Not.ToBeCheckedAsync();
        await Expect(page.Locator(".statebar.person")).ToContainTextAsync("A person answers next.");

        await toggle.FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await Expect(toggle).ToBeCheckedAsync();
        await Expect(page.Locator(".statebar.ai")).ToContainTextAsync("The AI answers next.");
        await Expect(page.Locator(".timeline .ev").Last).ToContainTextAsync("Ana Duarte has handed the conversation back to the AI");
        await Expect(page.Locator(".timeline > ol > li").Last).ToHaveAttributeAsync("data-own", "ai");
        await Expect(page.Locator(".rowi[aria-current]")).ToContainTextAsync("AI");
        await Expect(colleague.GetByRole(AriaRole.Switch)).ToBeCheckedAsync();
        await Expect(colleague.Locator(".statebar.ai")).ToBeVisibleAsync();

        await colleague.Keyboard.PressAsync("t");
        await Expect(colleague.GetByRole(AriaRole.Switch)).Not.ToBeCheckedAsync();
        await Expect(toggle).Not.ToBeCheckedAsync();
        await Expect(page.Locator(".timeline .ev").Last).ToContainTextAsync("Ana Duarte has joined the conversation");
        await Expect(page.Locator(".timeline > ol > li").Last).ToHaveAttributeAsync("data-own", "person");
        shop.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_note_for_the_team_appears_in_the_conversation_for_every_colleague_as_it_was_typed()
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        var page = await shop.OpenAsync($"conversations/{shop.Maya}");
        var colleague = await shop.OpenAsync($"conversations/{shop.Maya}");
        var box = page.GetByLabel("Note for the team");
        var add = page.GetByRole(AriaRole.Button, new() { Name = "Add note" });
        await Expect(add).ToBeDisabledAsync();
        await box.FillAsync("Asks for <b>a discount</b> each time");
        await add.ClickAsync();
        foreach (var viewer in new[] { page, colleague })
        {
            await Expect(viewer.Locator(".notec").Last).ToContainTextAsync("Asks for <b>a discount</b> each time");
            await Expect(viewer.Locator(".notec").Last).ToContainTextAsync("Ana Duarte");
        }

        await Expect(box).ToHaveValueAsync("");
        (await Axe.ProblemsAsync(page)).ShouldBeEmpty();
        shop.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reply_that_was_on_its_way_when_the_AI_was_switched_off_is_told()
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        await shop.App.Seed.SayAsync(shop.AccountId, shop.Maya, MessageRole.Assistant, "Half said", shop.App.Seed.Now, MessageStatus.Sending);
        var page = await shop.OpenAsync($"conversations/{shop.Maya}");
        await Expect(page.Locator(".statebar")).ToContainTextAsync("already on its way to WhatsApp and may still arrive");
        shop.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_contact_stands_beside_the_conversation_and_is_a_screen_of_its_own_on_a_phone()
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        var wide = await shop.OpenAsync($"conversations/{shop.Maya}");
        await Expect(wide.GetByRole(AriaRole.Complementary, new() { Name = "Contact" })).ToContainTextAsync("wa_15550102231");
        await Expect(wide.Locator(".chead .about")).ToBeHiddenAsync();

        var phone = await shop.OpenAsync($"conversations/{shop.Maya}", 390);
        await Expect(phone.Locator(".panel")).ToBeHiddenAsync();
        await phone.GetByRole(AriaRole.Link, new() { Name = "Contact", Exact = true }).ClickAsync();
        await Expect(phone.Locator(".panel")).ToContainTextAsync("A person");
        await Expect(phone.Locator(".timeline")).ToBeHiddenAsync();
        await phone.Keyboard.PressAsync("Escape");
        await Expect(phone.Locator(".timeline")).ToBeVisibleAsync();
        await phone.GetByRole(AriaRole.Link, new() { Name = "Contact", Exact = true }).ClickAsync();
        await phone.GoBackAsync();
        await Expect(phone.Locator(".timeline")).ToBeVisibleAsync();
        shop.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_said_under_an_earlier_name_is_part_of_the_conversation()
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        var earlier = await shop.App.Seed.ConversationAsync(shop.AccountId, shop.ChatbotId, "US.13491208655302741918", "Maya", c => c.MergedIntoId = shop.Maya);
        await shop.App.Seed.SayAsync(shop.AccountId, earlier, MessageRole.Customer, "Said before the number was known", shop.App.Seed.Now.AddHours(-30));
        foreach (var address in new[] { shop.Maya, earlier })
        {
            var page = await shop.OpenAsync($"conversations/{address}");
            await Expect(page.Locator(".timeline .msg").First).ToContainTextAsync("Said before the number was known");
            await Expect(page.Locator(".alias")).ToContainTextAsync("wa_US.13491208655302741918");
        }

        shop.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_circuit_that_comes_back_shows_every_message_once()
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        var page = await shop.OpenAsync($"conversations/{shop.Maya}", routeSockets: true);
        var before = await page.Locator(".timeline .msg").CountAsync();
        for (var round = 0; round < 2; round++)
        {
            await shop.CutAsync();
            await Expect(page.Locator("#components-reconnect-modal")).ToBeVisibleAsync();
            await shop.SayAsync($"conversations/{shop.Maya}", $"While the line was down, {round}");
            shop.Mend();
            await Expect(page.Locator(".timeline .msg").Last).ToContainTextAsync($"While the line was down, {round}", new() { Timeout = 30_000 });
            await shop.SayAsync($"conversations/{shop.Maya}", $"And after it, {round}");
            await Expect(page.Locator(".timeline .msg").Last).ToContainTextAsync($"And after it, {round}");
        }

        await Expect(page.Locator(".timeline .msg")).ToHaveCountAsync(before + 4);
        (await page.EvaluateAsync<int>("new Set([...document.querySelectorAll('.timeline .msg')].map(m => m.dataset.key)).size")).ShouldBe(before + 4);
    }

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);
}
