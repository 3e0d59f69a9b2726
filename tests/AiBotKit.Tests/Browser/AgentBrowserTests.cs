using AiBotKit.Tests.Accounts;
using AiBotKit.Tests.Conversations;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>An agent whose browser presses what is not for agents: what a page hides or disables, a script can press all the same.</summary>
public sealed class AgentBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    /// <summary>Whatever can be pressed and is not a way out of the page, disabled or in a closed dialog.</summary>
    private const string PressEverything =
        """
        () => {
          const all = [...document.querySelectorAll('main [role=switch], main .danger, dialog.confirm .danger')];
          for (const one of all) { one.disabled = false; one.click(); }
          return all.length;
        }
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_agent_can_neither_switch_nor_disconnect_the_number_nor_remove_knowledge_nor_delete_the_chatbot()
    {
        await using var shop = await TalkingShop.StartAsync();
        await using var context = await NewContextAsync();
        await OwnersBrowser.SetUpAsync(await NewContextAsync(), shop.App);
        var bot = (await Staff.ReadAsync(shop.Api, "/api/chatbots")).GetProperty("items")[0].GetProperty("id").GetGuid();
        var before = State(shop);
        var page = await OwnersBrowser.ColleagueAsync(context, shop.App, "Ben Okafor", $"bots/{bot}/integrations");
        await page.GetByText("Connection doctor").WaitForAsync();
        await page.EvaluateAsync(PressEverything);

        // What comes behind it on the same circuit is answered: what was pressed has been heard.
        await page.GetByLabel("First message").FillAsync("Hello from Ben");
        await page.Locator("a[href*='Hello%20from%20Ben']").First.WaitForAsync();
        foreach (var path in new[] { $"bots/{bot}/knowledge", "" })
        {
            page = await OwnersBrowser.OpenAsync(context, shop.App, path);
            await page.EvaluateAsync(PressEverything);
        }

        // Long enough for what must not happen.
        await Task.Delay(1_000, Stop);
        State(shop).ShouldBe(before);
        foreach (var closed in new[] { "setup", "actions", "integrations/whatsapp/connect" })
        {
            var answer = await page.GotoAsync(new Uri(shop.App.Address, $"bots/{bot}/{closed}").ToString());
            answer!.Status.ShouldBe(403, closed);
        }
    }

    [Fact]
    public async Task An_agent_cannot_erase_a_contact()
    {
        await using var shop = await TalkingShop.StartAsync();
        await using var context = await NewContextAsync();
        await OwnersBrowser.SetUpAsync(await NewContextAsync(), shop.App);
        await shop.AskAsync("Is anybody there?");
        var id = (await shop.ConversationAsync()).GetProperty("id").GetGuid();
        var page = await OwnersBrowser.ColleagueAsync(context, shop.App, "Ben Okafor", $"conversations/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Merge with another contact" }).WaitForAsync();
        await page.EvaluateAsync("() => [...document.querySelectorAll('button')].filter(one => one.textContent.includes('Erase')).forEach(one => one.click())");
        await Task.Delay(1_000, Stop);
        shop.App.Sql("SELECT COUNT(*) FROM erasures").ShouldBe(0L);
        (await shop.ConversationAsync()).GetProperty("id").GetGuid().ShouldBe(id);
    }

    private static string State(TalkingShop shop) =>
        (string)shop.App.Sql("SELECT (SELECT group_concat(coalesce(Enabled, 'null') || coalesce(DisconnectedAt, 'null')) FROM connections) || (SELECT count(*) FROM knowledge_documents) || ':' || (SELECT count(*) FROM chatbots)")!;

    private Task<IBrowserContext> NewContextAsync() => chromium.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
}
