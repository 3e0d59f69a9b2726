using AiBotKit.Conversations.Leads;
using AiBotKit.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>An owner sets up lead capture and reads, searches and takes away what it brought.</summary>
public sealed class LeadsBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    [Fact]
    public async Task An_owner_sets_up_the_form_and_sees_how_the_talk_goes()
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        var page = await shop.OpenAsync($"bots/{shop.ChatbotId}/actions");
        var section = page.Locator("#leadform");
        await section.GetByRole(AriaRole.Checkbox, new() { Name = "Off" }).CheckAsync();
        await section.GetByText("At start").ClickAsync();
        await section.GetByLabel("Questions of your own").FillAsync("Which size?\nCompany");
        await section.GetByLabel("Ask for consent first").CheckAsync();
        await section.GetByLabel("Consent text").FillAsync("May we keep it?");
        await section.GetByLabel("Send a mail for each lead").CheckAsync();
        var save = section.GetByRole(AriaRole.Button, new() { Name = "Save lead capture" });
        await save.ClickAsync();
        await Assertions.Expect(section.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Say who gets the mail.");
        await section.GetByLabel("Who gets the mail").FillAsync("sales@example.com");
        await save.ClickAsync();
        await Assertions.Expect(section.GetByRole(AriaRole.Status)).ToHaveTextAsync("Saved. The next message follows it.");
        await Assertions.Expect(save).ToBeDisabledAsync();
        await section.GetByText("How the talk goes").ClickAsync();
        await Assertions.Expect(section.Locator(".bub").First).ToContainTextAsync("May we keep it?");
        await Assertions.Expect(section.Locator(".bub").Last).ToHaveTextAsync("Thank you, Ana Duarte! We have your details.");

        page = await shop.OpenAsync($"bots/{shop.ChatbotId}/actions");
        await Assertions.Expect(page.Locator("#leadform").GetByLabel("Questions of your own")).ToHaveValueAsync("Which size?\nCompany");
        await Assertions.Expect(page.Locator("#leadform").GetByLabel("Who gets the mail")).ToHaveValueAsync("sales@example.com");
        shop.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Leads_are_a_tab_beside_the_conversations_with_pages_search_and_exports()
    {
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        var page = await shop.OpenAsync("conversations");
        await page.GetByRole(AriaRole.Link, new() { Name = "Leads" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "No leads yet" })).ToBeVisibleAsync();
        await FillAsync(shop, 23);
        await Assertions.Expect(page.Locator(".leads tbody tr")).ToHaveCountAsync(10, new() { Timeout = 15_000 });
        await page.GetByRole(AriaRole.Button, new() { Name = "Older" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Older" }).ClickAsync();
        await Assertions.Expect(page.Locator(".lpages")).ToContainTextAsync("Page 3 of 3 · 23 leads");
        await Assertions.Expect(page.Locator(".leads tbody tr")).ToHaveCountAsync(3);
        await page.GetByLabel("Search leads").FillAsync("INES");
        await Assertions.Expect(page.Locator(".leads tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator(".leads tbody tr")).ToContainTextAsync("Inês");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "CSV" }).ClickAsync());
        (await File.ReadAllLinesAsync(await download.PathAsync(), TestContext.Current.CancellationToken)).Length.ShouldBe(2, "what is searched for is what is taken away");
        await page.GetByLabel("Search leads").FillAsync("nobody at all");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Nothing matches" })).ToBeVisibleAsync();
        await page.GetByLabel("Search leads").FillAsync("inês");
        await page.GetByRole(AriaRole.Link, new() { Name = "View the conversation with Inês" }).ClickAsync();
        await page.WaitForURLAsync($"**/conversations/{shop.Maya}");
        shop.Problems.ShouldBeEmpty();
        shop.Strangers.ShouldBeEmpty();
    }

    /// <summary>Pictures for people to look at, when <c>AIBOTKIT_SCREENSHOTS</c> names a folder.</summary>
    [Fact]
    [Trait("only", "pictures")]
    public async Task Both_screens_can_be_painted()
    {
        var folder = Environment.GetEnvironmentVariable("AIBOTKIT_SCREENSHOTS");
        Assert.SkipWhen(folder is null, "AIBOTKIT_SCREENSHOTS names no folder");
        await using var shop = await OpenShop.StartAsync(chromium.Browser);
        await PaintAsync("leads-none", "conversations/leads");
        await FillAsync(shop, 12);
        await PaintAsync("leads", "conversations/leads");
        await PaintAsync("leads-form", $"bots/{shop.ChatbotId}/actions", async page =>
        {
            await page.GetByLabel("Ask for consent first").CheckAsync();
            await page.GetByLabel("Send a mail for each lead").CheckAsync();
            await page.GetByText("How the talk goes").ClickAsync();
        });
        await PaintAsync("leads-tab", "conversations");

        async Task PaintAsync(string name, string path, Func<IPage, Task>? before = null)
        {
            foreach (var (width, scheme) in Pictures.Views)
            {
                var page = await shop.OpenAsync(path, width, scheme);
                await (before?.Invoke(page) ?? Task.CompletedTask);
                await page.EvaluateAsync("document.fonts.ready");
                await page.WaitForTimeoutAsync(250);
                await page.ScreenshotAsync(new() { Path = Path.Combine(folder!, $"{name}-{width}-{scheme.ToString().ToLowerInvariant()}.png"), FullPage = name != "leads-tab" });
                await page.CloseAsync();
            }
        }
    }

    /// <summary>The earliest (on the last page) is the only Inês, of Maya's conversation.</summary>
    private static Task FillAsync(OpenShop shop, int count) => shop.App.Services.GetRequiredService<IDataWriter>().SaveAsync(db =>
    {
        for (var i = 0; i < count; i++)
        {
            var state = new LeadState
            {
                Stage = i == count - 1 ? LeadStage.Field : LeadStage.Done,
                LeadId = Guid.CreateVersion7(),
                Language = "en",
                Epoch = 0,
                BegunAt = shop.App.Seed.Now.AddMinutes(i - 300),
                AskedAt = shop.App.Seed.Now,
                Name = i == 0 ? "Inês" : i % 4 == 1 ? "Maximiliane Freifrau von Hohenstein-Waldburg" : $"Ana {i}",
                Email = i % 5 == 3 ? null : i % 4 == 1 ? "maximiliane.hohenstein-waldburg@a-rather-long-company.example.com" : $"ana{i}@example.com",
                Phone = i % 3 == 0 ? "+15550100101" : null,
                Own = i % 2 == 0 ? [new LeadAnswer("Which size?", "42, or 43 when they run small"), new LeadAnswer("Company", "Tidewick Coffee")] : [],
            };
            var lead = state.ToLead()!;
            db.Add(new Lead
            {
                Id = lead.Id,
                AccountId = shop.AccountId,
                ChatbotId = shop.ChatbotId,
                ConversationId = shop.Maya,
                Name = lead.Name,
                Email = lead.Email,
                Phone = lead.Phone,
                Own = lead.Own,
                Words = lead.Words,
                ConsentText = i % 2 == 0 ? "May we keep it?" : null,
                ConsentAt = i % 2 == 0 ? lead.CreatedAt : null,
                CreatedAt = lead.CreatedAt,
                CompletedAt = lead.IsComplete ? lead.CreatedAt : null,
            });
        }
    });
}
