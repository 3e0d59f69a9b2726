using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using AiBotKit.Accounts;
using AiBotKit.Tests.Channels.WhatsApp;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>The channels of a chatbot in the real browser: what one tab does the other shows, what is shared, and what each role sees.</summary>
public sealed class IntegrationsBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_one_tab_or_the_API_does_to_a_number_the_other_tab_shows_by_itself()
    {
        await using var shop = await ConnectShop.StartAsync();
        await using var context = await NewContextAsync();
        await (await OwnersBrowser.SetUpAsync(context, shop.Shop.App)).CloseAsync();
        var page = await OwnersBrowser.OpenAsync(context, shop.Shop.App, $"/bots/{shop.Chatbot}/integrations");
        await StateAsync(page, "not_connected");

        var connection = await shop.ConnectAsync(HttpStatusCode.Created);
        await StateAsync(page, "paused");
        var other = await OwnersBrowser.OpenAsync(context, shop.Shop.App, $"/bots/{shop.Chatbot}/integrations");
        await other.GetByRole(AriaRole.Switch, new() { Name = "Enable WhatsApp" }).ClickAsync();
        await StateAsync(other, "connected");
        await StateAsync(page, "connected");
        await Assertions.Expect(page.Locator(".botpick small")).ToContainTextAsync("WhatsApp", new() { Timeout = 60_000 });

        await PlanAsync(shop, "Free");
        await StateAsync(page, "locked");
        await PlanAsync(shop, "Basic");
        await StateAsync(page, "connected");
        await shop.Shop.Api.DeleteAsync($"/api/connections/{connection.GetProperty("id").GetGuid()}", Stop);
        await StateAsync(page, "disconnected");
        await StateAsync(other, "disconnected");
    }

    [Fact]
    public async Task On_a_plan_without_WhatsApp_a_disconnected_number_leads_to_the_plans_and_to_no_poster()
    {
        await using var shop = await ConnectShop.StartAsync();
        await using var context = await NewContextAsync();
        await (await OwnersBrowser.SetUpAsync(context, shop.Shop.App)).CloseAsync();
        var connection = await shop.ConnectAsync(HttpStatusCode.Created);
        await shop.Shop.Api.DeleteAsync($"/api/connections/{connection.GetProperty("id").GetGuid()}", Stop);
        await PlanAsync(shop, "Free");
        var page = await OwnersBrowser.OpenAsync(context, shop.Shop.App, $"/bots/{shop.Chatbot}/integrations");
        await StateAsync(page, "locked");
        await page.GetByText("WhatsApp comes with Basic, Essential and Business").WaitForAsync();
        (await page.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).CountAsync()).ShouldBe(0);
        (await page.GetByText("You are on").CountAsync()).ShouldBe(0);
        var poster = await OwnersBrowser.OpenAsync(context, shop.Shop.App, $"/bots/{shop.Chatbot}/poster");
        await poster.GetByText("The number is disconnected").WaitForAsync();
        (await poster.GetByRole(AriaRole.Img).CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task An_agent_reads_the_doctor_and_is_led_to_no_page_that_is_refused()
    {
        await using var shop = await ConnectShop.StartAsync();
        await using var context = await NewContextAsync();
        await shop.ConnectAsync(HttpStatusCode.Created);
        var page = await OwnersBrowser.ColleagueAsync(context, shop.Shop.App, "Ben Agent", $"/bots/{shop.Chatbot}/integrations");
        await page.GotoAsync(new Uri(shop.Shop.App.Address, $"/bots/{shop.Chatbot}/integrations").ToString());
        await StateAsync(page, "paused");
        var links = await page.Locator("main a, .botnav a").EvaluateAllAsync<string[]>("all => all.map(one => one.href).filter(href => href.startsWith(location.origin))");
        links.ShouldContain(link => link.EndsWith("/doctor", StringComparison.Ordinal));
        foreach (var link in links.Distinct(StringComparer.Ordinal))
        {
            (await page.APIRequest.GetAsync(link)).Status.ShouldBe(200, link);
        }

        await page.GetByRole(AriaRole.Link, new() { Name = "Connection doctor" }).ClickAsync();
        await page.GetByText("The key owns this number.").WaitForAsync();
        (await page.Locator(".docacts").CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task The_card_shares_the_number_by_copy_by_code_and_on_a_poster_that_a_camera_reads()
    {
        await using var shop = await ConnectShop.StartAsync();
        await using var context = await NewContextAsync();
        await context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await (await OwnersBrowser.SetUpAsync(context, shop.Shop.App)).CloseAsync();
        await shop.ConnectAsync(HttpStatusCode.Created);
        var page = await OwnersBrowser.OpenAsync(context, shop.Shop.App, $"/bots/{shop.Chatbot}/integrations");
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy" }).ClickAsync();
        await Assertions.Expect(page.Locator(".copyb")).ToHaveAttributeAsync("data-done", "yes");
        (await page.EvaluateAsync<string>("navigator.clipboard.readText()")).ShouldBe("https://wa.me/15550100002");
        (await DecodeAsync(await page.Locator(".qrf img").ScreenshotAsync())).ShouldBe("https://wa.me/15550100002");

        await page.GetByLabel("First message, already typed for them").FillAsync("Hi & hello");
        await page.GetByRole(AriaRole.Link, new() { Name = "Poster to print" }).ClickAsync();
        await page.GetByText("Point your camera here").WaitForAsync();
        (await DecodeAsync(await page.ScreenshotAsync())).ShouldBe("https://wa.me/15550100002?text=Hi%20%26%20hello");
    }

    [Fact]
    public async Task Reconnected_in_place_it_says_that_it_is_on_as_it_is()
    {
        await using var shop = await ConnectShop.StartAsync(new Dictionary<string, string?> { ["WhatsApp:Onboarding:PartnerKey"] = ConnectShop.PartnerKey });
        await using var context = await NewContextAsync();
        await (await OwnersBrowser.SetUpAsync(context, shop.Shop.App)).CloseAsync();
        var connection = await shop.ConnectAsync(HttpStatusCode.Created);
        await shop.SwitchAsync(connection, true);
        var page = await OwnersBrowser.OpenAsync(context, shop.Shop.App, $"/bots/{shop.Chatbot}/integrations");
        await shop.KeysAsync("replaced-key");
        await shop.SayAsync("hello?");
        await StateAsync(page, "broken");
        await page.GetByRole(AriaRole.Button, new() { Name = "Reconnect" }).ClickAsync();
        await ConnectBrowserTests.WalkAsync(page, "15550100002");
        await page.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        await page.GetByText("Connected. WhatsApp is on: new messages are answered.").WaitForAsync();
        await StateAsync(page, "connected");
    }

    [Fact]
    public async Task A_message_that_came_while_it_was_paused_says_so_in_the_inbox()
    {
        await using var shop = await ConnectShop.StartAsync();
        await using var context = await NewContextAsync();
        await (await OwnersBrowser.SetUpAsync(context, shop.Shop.App)).CloseAsync();
        await shop.ConnectAsync(HttpStatusCode.Created);
        await shop.SayAsync("Anybody there?");
        await shop.WaitAsync(all => all.Count == 1);
        var page = await OwnersBrowser.OpenAsync(context, shop.Shop.App, $"/conversations/{(await shop.ThreadAsync()).GetProperty("id").GetGuid()}");
        await page.Locator(".msg").Filter(new() { HasText = "Anybody there?" }).GetByText("Received while paused").WaitForAsync();
    }

    [Fact]
    public async Task A_chatbot_is_deleted_with_what_was_said_beforehand()
    {
        await using var shop = await ConnectShop.StartAsync();
        await using var context = await NewContextAsync();
        await (await OwnersBrowser.SetUpAsync(context, shop.Shop.App)).CloseAsync();
        var connection = await shop.ConnectAsync(HttpStatusCode.Created);
        await shop.SayAsync("Keep this");
        await shop.WaitAsync(all => all.Count == 1);
        var page = await OwnersBrowser.OpenAsync(context, shop.Shop.App, "/");
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete Second" }).ClickAsync();
        var dialog = page.Locator("dialog.confirm[open]");
        await Assertions.Expect(dialog).ToContainTextAsync("+1 555 010 0002 is disconnected from WhatsApp, and its credentials are deleted.");
        await Assertions.Expect(dialog).ToContainTextAsync("1 conversation stays readable.");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Delete Second" })).ToHaveCountAsync(0);
        (await shop.ReadAsync(connection)).GetProperty("state").GetString().ShouldBe("disconnected");
        (await shop.MessagesAsync()).Single().GetProperty("text").GetString().ShouldBe("Keep this");
    }

    [Fact]
    public async Task The_trial_chat_answers_by_what_is_not_saved_yet_and_saving_keeps_it()
    {
        await using var app = new AiBotKit.Tests.Fakes.AppFixture(new Dictionary<string, string?> { ["Chatbots:0:Name"] = "Shop" });
        await using var context = await NewContextAsync();
        await (await OwnersBrowser.SetUpAsync(context, app)).CloseAsync();
        var bot = Guid.Parse(app.Sql("SELECT hex(Id) FROM chatbots")!.ToString()!);
        var page = await OwnersBrowser.OpenAsync(context, app, $"/bots/{bot}/setup");
        await page.GetByLabel("When it does not know").FillAsync("Ask my grandmother.");
        await page.GetByLabel("Ask as a customer").FillAsync("What is the airspeed of an unladen swallow?");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await page.Locator(".trylog .msg.out").GetByText("Ask my grandmother.").WaitForAsync();
        app.Sql("SELECT FallbackMessage FROM chatbots").ShouldNotBe("Ask my grandmother.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(page.Locator(".said")).Not.ToBeEmptyAsync();
        await page.ReloadAsync();
        await Assertions.Expect(page.GetByLabel("When it does not know")).ToHaveValueAsync("Ask my grandmother.");
    }

    /// <summary>By a decoder that is none of ours.</summary>
    private static async Task<string> DecodeAsync(byte[] picture)
    {
        var folder = Directory.CreateTempSubdirectory("aibotkit-poster-").FullName;
        var file = Path.Combine(folder, "picture.png");
        await File.WriteAllBytesAsync(file, picture, Stop);
        using var process = Process.Start(new ProcessStartInfo("zbarimg", ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", file]) { RedirectStandardOutput = true })!;
        var text = await process.StandardOutput.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        Directory.Delete(folder, true);
        return text.TrimEnd('\n');
    }

    private static async Task PlanAsync(ConnectShop shop, string plan)
    {
        using var set = await shop.Shop.Api.PutAsJsonAsync($"/api/accounts/{shop.Shop.App.Get<FirstAccount>().Id}/plan", new { plan }, Stop);
        set.EnsureSuccessStatusCode();
    }

    private static Task StateAsync(IPage page, string state) => Assertions.Expect(page.Locator(".wacard .chip.big")).ToHaveAttributeAsync("data-state", state, new() { Timeout = 60_000 });

    private Task<IBrowserContext> NewContextAsync() => chromium.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
}
