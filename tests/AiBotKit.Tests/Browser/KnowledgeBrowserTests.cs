using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Tests.Fakes;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AiBotKit.Tests.Browser;

/// <summary>Teaching a bot in the real browser.</summary>
public sealed class KnowledgeBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    [Fact]
    public async Task A_long_text_is_pasted_kept_over_another_tab_and_learned_whole()
    {
        await using var app = new AppFixture(new Dictionary<string, string?> { ["Chatbots:0:Name"] = "Shop" });
        using var api = app.Api();
        var bot = (await api.GetFromJsonAsync<JsonElement>("/api/chatbots", TestContext.Current.CancellationToken)).GetProperty("items")[0].GetProperty("id").GetGuid();
        await using var context = await chromium.Browser.NewContextAsync();
        await (await OwnersBrowser.SetUpAsync(context, app)).CloseAsync();
        var page = await OwnersBrowser.OpenAsync(context, app, $"/bots/{bot}/knowledge");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Text", Exact = true }).ClickAsync();
        await page.GetByPlaceholder("Opening hours").FillAsync("Price list");

        // Far more than one message of the circuit may hold, in three bytes a letter.
        var text = string.Concat(Enumerable.Range(0, 9_000).Select(n => $"कॉफ़ी {n} costs {n} euros.\n"));
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Text" }).EvaluateAsync("(box, text) => box.value = text", text);
        await page.GetByRole(AriaRole.Tab, new() { Name = "Files" }).ClickAsync();
        await Expect(page.GetByPlaceholder("Opening hours")).ToBeHiddenAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Text", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Text" })).ToHaveValueAsync(text);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add text" }).ClickAsync();

        await Expect(page.Locator(".said")).ToContainTextAsync("Added. It is answered from now on.", new() { Timeout = 120_000 });
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Text" })).ToHaveValueAsync("");
        await Expect(page.Locator(".sources")).ToContainTextAsync("Price list");
        app.Sql("SELECT length(Content) FROM knowledge_documents").ShouldBe((long)text.Length);
    }
}
