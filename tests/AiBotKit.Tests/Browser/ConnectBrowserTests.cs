using System.Net;
using System.Net.Http.Json;
using AiBotKit.Chatbots;
using AiBotKit.Storage;
using AiBotKit.Tests.Channels.WhatsApp;
using AiBotKit.Tests.Fakes;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>An owner connects a number in the real browser: the sign-up in its frame with every way it can end, the move of a number, connecting by key, the doctor.</summary>
public sealed class ConnectBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    private static readonly string[] StepNames = ["Sign in", "Pick a number", "Approve"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"asText":true}""")]
    [InlineData("""{"asMeta":true}""")]
    [InlineData("""{"outcome":"phone-app"}""")]
    [InlineData("""{"asMeta":true,"asText":true}""")]
    [InlineData("""{"twice":true,"slowMs":300}""")]
    public async Task A_sign_up_that_is_finished_connects_and_proves_the_way_back(string behaviour)
    {
        await using var shop = await StartAsync(behaviour);
        await using var context = await NewContextAsync();
        var (page, problems) = await OpenAsync(context, shop);
        await WalkAsync(page, "15550100002");
        await page.GetByText("We received our own test event").WaitForAsync();
        await Pictures.KeepViewsAsync(page, "connect-done");
        (await shop.ListAsync()).Single(c => c.GetProperty("phoneNumberId").GetString() == ConnectShop.SecondNumber).GetProperty("state").GetString().ShouldBe("paused");
        problems.ShouldBeEmpty();

        var doctor = await OwnersBrowser.OpenAsync(context, shop.Shop.App, $"/bots/{shop.Chatbot}/integrations/whatsapp/doctor");
        await doctor.GetByRole(AriaRole.Button, new() { Name = "Check again" }).ClickAsync();
        await doctor.GetByText("The key owns this number.").WaitForAsync();
        await doctor.GetByText("Nothing is wrong: 9 checks pass, 1 cannot be told yet.").WaitForAsync();
        await Pictures.KeepViewsAsync(doctor, "doctor");
    }

    [Theory]
    [InlineData(0, "while signing in")]
    [InlineData(1, "while picking a number")]
    [InlineData(2, "at the permissions")]
    public async Task Cancelled_at_any_step_it_says_where_and_can_be_begun_again(int step, string words)
    {
        await using var shop = await StartAsync("{}");
        await using var context = await NewContextAsync();
        var (page, _) = await OpenAsync(context, shop);
        var frame = page.FrameLocator("dialog iframe");
        for (var i = 0; i < step; i++)
        {
            await frame.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        }

        await page.Locator(".steps li.now").Filter(new() { HasText = StepNames[step] }).WaitForAsync();
        await frame.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await page.GetByText(words).WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start again" }).ClickAsync();
        await frame.GetByText("Sign in to Meta Business").WaitForAsync();
        (await shop.ListAsync()).Count.ShouldBe(1);
    }

    /// <summary>As the sign-in at Meta does, which tells the provider's page how it ended.</summary>
    [Fact]
    public async Task A_window_that_the_providers_page_opens_knows_that_page()
    {
        await using var shop = await StartAsync("{}");
        await using var context = await NewContextAsync();
        var (page, _) = await OpenAsync(context, shop);
        await page.FrameLocator("dialog iframe").GetByText("Sign in to Meta Business").WaitForAsync();
        var provider = new Uri(shop.Shop.Simulator.Url).GetLeftPart(UriPartial.Authority);
        var frame = page.Frames.Single(one => one.Url.StartsWith(provider, StringComparison.Ordinal));
        var popup = await page.RunAndWaitForPopupAsync(() => frame.EvaluateAsync("() => { open(location.href, 'meta', 'width=400,height=400'); }"));
        (await popup.EvaluateAsync<bool>("opener !== null")).ShouldBeTrue();
    }

    /// <summary>Chosen on the simulator's own page, as a person who looks at the product would.</summary>
    [Fact]
    public async Task Every_way_in_which_the_page_ends_says_what_to_do()
    {
        (string Ending, string Words)[] endings =
        [
            ("An error of the page", "Something went wrong on our side. Start it again. If it stays, tell the provider its error number, 524126"),
            ("Cancelled because of an error", "Something went wrong on our side. Start it again."),
            ("Finished, but no number chosen", "Start it again and pick a number."),
            ("Left at BUSINESS_ACCOUNT_SELECTION", "the first step makes one with you"),
            ("Left at WABA_PHONE_PROFILE_PICKER", "we guide you through its move"),
            ("Left at WHATSAPP_BUSINESS_PROFILE_SETUP", "filling in the business profile"),
            ("Left at PHONE_NUMBER_SETUP", "take a text message or a call"),
            ("Left at PHONE_NUMBER_VERIFICATION", "must be deleted there first"),
            ("Left at PERMISSIONS", "Without them no message can be sent or received."),
            ("Exchange answers 502 for good", "The provider could not be asked for the number."),
            ("Exchange gives another number's key", "The provider gave a key that does not own this number"),
        ];
        await using var shop = await StartAsync("{}");
        await using var context = await NewContextAsync();
        var (page, _) = await OpenAsync(context, shop);
        foreach (var (ending, words) in endings)
        {
            await EndWithAsync(page, ending);
            await WalkAsync(page, "15550100002");
            await page.GetByText(words).WaitForAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Start again" }).ClickAsync();
        }

        (await shop.ListAsync()).Count.ShouldBe(1);
        await EndWithAsync(page, "Finished");
        await WalkAsync(page, "15550100002");
        await page.GetByText("We received our own test event").WaitForAsync();
    }

    [Theory]
    [InlineData("The key cannot be proved once")]
    [InlineData("Exchange answers 502 once")]
    public async Task What_failed_for_a_moment_is_tried_again_without_a_second_sign_up(string ending)
    {
        await using var shop = await StartAsync("{}");
        await using var context = await NewContextAsync();
        var (page, _) = await OpenAsync(context, shop);
        await EndWithAsync(page, ending);
        await WalkAsync(page, "15550100002");
        await page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await page.GetByText("We received our own test event").WaitForAsync();
    }

    [Fact]
    public async Task A_sign_up_that_ends_without_a_word_is_asked_for()
    {
        await using var shop = await StartAsync("""{"outcome":"silent"}""");
        await using var context = await NewContextAsync();
        var (page, problems) = await OpenAsync(context, shop);
        var check = page.GetByRole(AriaRole.Button, new() { Name = "I have finished there: check now" });
        await check.ClickAsync();
        await page.GetByText("The provider does not know this sign-up as finished.").WaitForAsync();
        await WalkAsync(page, "15550100002");
        await page.FrameLocator("dialog iframe").GetByText("All set").WaitForAsync();
        await Pictures.KeepViewsAsync(page, "connect-silent");
        await check.ClickAsync();
        await page.GetByText("We received our own test event").WaitForAsync();
        problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task From_the_sign_up_one_click_leads_to_connecting_by_key()
    {
        await using var shop = await StartAsync("{}");
        await using var context = await NewContextAsync();
        var (page, _) = await OpenAsync(context, shop);
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect by API key instead" }).ClickAsync();
        await page.GetByLabel("API key").WaitForAsync();
    }

    [Fact]
    public async Task Closed_while_the_server_connects_the_card_shows_the_number_all_the_same()
    {
        await using var shop = await StartAsync("""{"slowMs":1500}""");
        await using var context = await NewContextAsync();
        await (await OwnersBrowser.SetUpAsync(context, shop.Shop.App)).CloseAsync();
        var page = await OwnersBrowser.OpenAsync(context, shop.Shop.App, $"/bots/{shop.Chatbot}/integrations");
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync();
        await WalkAsync(page, "15550100002");
        await page.GetByText("Checking the number").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await Assertions.Expect(page.Locator(".wacard .chip.big")).ToHaveAttributeAsync("data-state", "paused", new() { Timeout = 60_000 });
        await shop.WaitAsync(async () => (await shop.ListAsync()).Any(c => c.GetProperty("phoneNumberId").GetString() == ConnectShop.SecondNumber && c.GetProperty("state").GetString() == "paused"));
    }

    /// <summary>
    /// Each condition alone: the provider's origin in another window, and the right window that shows another origin. Our policy keeps the latter from being
    /// shown at all, so it is switched off here.
    /// </summary>
    [Fact]
    public async Task Neither_the_right_origin_nor_the_right_window_is_enough_alone()
    {
        await using var shop = await StartAsync("{}");
        await using var context = await chromium.Browser.NewContextAsync(new() { BypassCSP = true });
        var (page, _) = await OpenAsync(context, shop);
        await page.FrameLocator("dialog iframe").GetByText("Sign in to Meta Business").WaitForAsync();
        var state = System.Text.RegularExpressions.Regex.Match((await page.Locator("dialog iframe").GetAttributeAsync("src"))!, "state=([0-9a-f]+)").Groups[1].Value;
        var cancel = "/embedded-signup/foreign#" + Uri.EscapeDataString($$"""{"type":"PINNACLE_EMBEDDED_SIGNUP","event":"CANCEL","state":"{{state}}","data":{"current_step":"PERMISSIONS"} }""");
        var origin = new Uri(shop.Shop.Simulator.Url).GetLeftPart(UriPartial.Authority);
        await page.EvaluateAsync("window.said = []; addEventListener('message', e => said.push([e.origin, e.source === document.querySelector('dialog iframe').contentWindow])); 0");

        await page.EvaluateAsync("src => { const other = document.createElement('iframe'); other.src = src; document.body.append(other); }", origin + cancel);
        await page.WaitForFunctionAsync($"() => said.some(([from, ours]) => from === '{origin}' && !ours)");
        var lookalike = origin.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        await page.EvaluateAsync("src => { document.querySelector('dialog iframe').src = src; }", lookalike + cancel);
        await page.WaitForFunctionAsync($"() => said.some(([from, ours]) => from === '{lookalike}' && ours)");
        await page.WaitForTimeoutAsync(1_000);
        (await page.Locator("dialog iframe").CountAsync()).ShouldBe(1, "neither was heard");

        await page.EvaluateAsync("src => { document.querySelector('dialog iframe').src = src; }", origin + cancel);
        await page.GetByText("at the permissions").WaitForAsync();
    }

    [Theory]
    [InlineData("""{"foreign":true}""")]
    [InlineData("""{"otherState":true}""")]
    public async Task A_message_of_another_origin_or_sign_up_is_not_heard(string behaviour)
    {
        await using var shop = await StartAsync(behaviour);
        await using var context = await NewContextAsync();
        var (page, _) = await OpenAsync(context, shop);
        await page.EvaluateAsync("window.heard = new Promise(hear => addEventListener('message', e => { if (JSON.stringify(e.data).includes('FINISH')) hear(e.origin); })); 0");
        await WalkAsync(page, "15550100002");
        await page.FrameLocator("dialog iframe").GetByText("All set").WaitForAsync();
        (await page.EvaluateAsync<string>("window.heard")).ShouldBe(behaviour.Contains("foreign", StringComparison.Ordinal) ? "null" : new Uri(shop.Shop.Simulator.Url).GetLeftPart(UriPartial.Authority));

        // The same words from the right frame are heard, so a second is long enough for those that must not be.
        await page.WaitForTimeoutAsync(1_000);
        (await page.Locator("dialog iframe").CountAsync()).ShouldBe(1, "nothing was heard: the frame is still shown");
        (await shop.ListAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_number_at_another_provider_is_moved_step_by_step()
    {
        await using var shop = await StartAsync("{}");
        await ElsewhereAsync(shop, 2388001);
        await using var context = await NewContextAsync();
        var (page, _) = await OpenAsync(context, shop);
        await WalkAsync(page, "15550100002", last: true);
        await page.GetByText("The number still has a two-step PIN.").WaitForAsync();
        await Pictures.KeepViewsAsync(page, "connect-move");
        await page.GetByRole(AriaRole.Button, new() { Name = "Check again and continue" }).ClickAsync();
        await page.GetByText("Not yet: the provider still says the same.").WaitForAsync();
        await ElsewhereAsync(shop, 2388103);
        await page.GetByRole(AriaRole.Button, new() { Name = "Check again and continue" }).ClickAsync();
        await page.GetByText("The business or its WhatsApp account is not ready for the move.").WaitForAsync();
        await ElsewhereAsync(shop);
        await page.GetByRole(AriaRole.Button, new() { Name = "Check again and continue" }).ClickAsync();
        await page.GetByText("We received our own test event").WaitForAsync();
    }

    [Fact]
    public async Task A_number_is_connected_by_its_key()
    {
        await using var shop = await StartAsync("{}");
        await using var context = await NewContextAsync();
        var (page, problems) = await OpenAsync(context, shop, "?way=key");
        await page.GetByLabel("API key").FillAsync("not-a-key");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show my numbers" }).ClickAsync();
        await page.GetByText("The provider does not accept this key.").WaitForAsync();
        await page.GetByLabel("API key").FillAsync(ConnectShop.SecondKey);
        await page.GetByRole(AriaRole.Button, new() { Name = "Show my numbers" }).ClickAsync();
        await page.GetByText("+1 555 010 0002").WaitForAsync();
        await Pictures.KeepViewsAsync(page, "connect-key");
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync();
        await page.GetByText("We received our own test event").WaitForAsync();
        problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_form_for_Meta_directly_says_what_it_needs_and_keeps_no_key_of_the_other_way()
    {
        await using var app = new AppFixture(new Dictionary<string, string?> { ["Chatbots:0:Name"] = "Shop" });
        await using var context = await NewContextAsync();
        var (page, problems) = await OpenAsync(context, app, OnlyBot(app), "?way=key");
        await page.GetByLabel("API key").FillAsync(ConnectShop.SecondKey);
        await page.GetByRole(AriaRole.Button, new() { Name = "Meta Cloud directly" }).ClickAsync();
        (await page.GetByLabel("Access token").InputValueAsync()).ShouldBeEmpty();
        await page.GetByLabel("Access token").FillAsync("a-token");
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("App secret (appSecret) is missing.");
        await page.GetByLabel("App secret").FillAsync(ConnectShop.AppSecret);
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("https address"); // Meta cannot deliver to this machine, and nothing was asked of it.
        (await page.GetByLabel("Access token").InputValueAsync()).ShouldBe("a-token", "what was typed stays");
        await Pictures.KeepViewsAsync(page, "connect-meta");
        (await Axe.ProblemsAsync(page)).ShouldBeEmpty();
        app.Sql("SELECT count(*) FROM connections").ShouldBe(0L);
        problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_number_is_connected_to_Meta_directly()
    {
        await using var shop = await StartAsync("{}");
        await using var context = await NewContextAsync();
        var (page, problems) = await OpenAsync(context, shop, "?way=key");
        await page.GetByRole(AriaRole.Button, new() { Name = "Meta Cloud directly" }).ClickAsync();
        await page.GetByLabel("Access token").FillAsync(ConnectShop.SecondKey);
        await page.GetByLabel("WhatsApp Business Account id").FillAsync("200000000000002");
        await page.GetByLabel("Phone number id").FillAsync(ConnectShop.SecondNumber);
        await page.GetByLabel("App secret").FillAsync(ConnectShop.AppSecret);
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync();
        await page.GetByText("This provider sends no test events.").WaitForAsync();
        problems.ShouldBeEmpty();
        var connection = (await shop.ListAsync()).Single(c => c.GetProperty("phoneNumberId").GetString() == ConnectShop.SecondNumber);
        (connection.GetProperty("provider").GetString(), connection.GetProperty("state").GetString()).ShouldBe(("MetaCloud", "paused"));
        await shop.SwitchAsync(connection, true);
        await shop.SayAsync("straight from Meta");
        await shop.WaitAsync(all => all.Any(m => m.GetProperty("role").GetString() == "assistant"));
    }

    [Fact]
    public async Task Without_a_public_address_a_real_provider_is_explained_and_not_opened()
    {
        await using var app = new AppFixture(new Dictionary<string, string?>
        {
            ["Chatbots:0:Name"] = "Shop",
            ["WhatsApp:Onboarding:BaseUrl"] = "https://onboarding.pinnacle.example",
            ["WhatsApp:Onboarding:PartnerId"] = "us",
            ["WhatsApp:Onboarding:PartnerKey"] = ConnectShop.PartnerKey,
        });
        await using var context = await NewContextAsync();
        var (page, _) = await OpenAsync(context, app, OnlyBot(app));
        await page.GetByText("set PublicUrl to its https address").WaitForAsync();
        await Pictures.KeepViewsAsync(page, "connect-refused");
    }

    private static Guid OnlyBot(AppFixture app)
    {
        using var db = app.Get<ReadDb>().Open();
        return db.Set<Chatbot>().Single().Id;
    }

    private static async Task<ConnectShop> StartAsync(string behaviour)
    {
        var shop = await ConnectShop.StartAsync(new Dictionary<string, string?> { ["WhatsApp:Onboarding:PartnerKey"] = ConnectShop.PartnerKey });
        using var content = new StringContent(behaviour, System.Text.Encoding.UTF8, "application/json");
        using var set = await shop.Shop.Simulator.Http.PutAsync("/sim/signup", content, Stop);
        set.StatusCode.ShouldBe(HttpStatusCode.OK);
        return shop;
    }

    private Task<IBrowserContext> NewContextAsync() => chromium.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });

    private static Task<(IPage Page, List<string> Problems)> OpenAsync(IBrowserContext context, ConnectShop shop, string query = "") => OpenAsync(context, shop.Shop.App, shop.Chatbot, query);

    private static async Task<(IPage Page, List<string> Problems)> OpenAsync(IBrowserContext context, AppFixture app, Guid chatbot, string query = "")
    {
        await (await OwnersBrowser.SetUpAsync(context, app)).CloseAsync();
        var problems = new List<string>();
        var page = await OwnersBrowser.OpenAsync(context, app, $"/bots/{chatbot}/integrations/whatsapp/connect{query}");
        page.PageError += (_, error) => problems.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                problems.Add(message.Text);
            }
        };
        return (page, problems);
    }

    /// <summary>Through the provider's page to its end, with the first or the last of the numbers that have these digits.</summary>
    internal static async Task WalkAsync(IPage page, string digits, bool last = false)
    {
        var frame = page.FrameLocator("dialog iframe");
        await frame.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        var number = frame.Locator(".opt").Filter(new() { HasText = digits });
        await (last ? number.Last : number.First).ClickAsync();
        await Pictures.KeepViewsAsync(page, "connect-frame");
        await frame.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await frame.GetByRole(AriaRole.Button, new() { Name = "Allow" }).ClickAsync();
    }

    /// <summary>The choice on the simulator's page.</summary>
    private static async Task EndWithAsync(IPage page, string ending)
    {
        var frame = page.FrameLocator("dialog iframe");
        var choice = frame.GetByLabel("Sign-up ends with");
        if (!await choice.IsVisibleAsync())
        {
            await frame.GetByText("Test: how it ends").ClickAsync();
        }

        var set = page.WaitForResponseAsync(answer => answer.Request.Method == "PUT" && answer.Url.EndsWith("/sim/signup", StringComparison.Ordinal));
        await choice.SelectOptionAsync(new SelectOptionValue { Label = ending });
        (await set).Status.ShouldBe(200);
    }

    private static async Task ElsewhereAsync(ConnectShop shop, params int[] obstacles)
    {
        using var set = await shop.Shop.Simulator.Http.PutAsJsonAsync($"/sim/numbers/{ConnectShop.MovedNumber}/elsewhere", new { elsewhere = true, obstacles }, Stop);
        set.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }
}
