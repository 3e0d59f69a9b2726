using System.Net.Http.Json;
using System.Text.RegularExpressions;
using AiBotKit.Accounts.SecondFactor;
using AiBotKit.Tests.Accounts;
using AiBotKit.Tests.Fakes;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>Profile, team, keys and mail in the real browser, and a session that ends while its page is open.</summary>
public sealed class SettingsBrowserTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_whose_session_is_ended_elsewhere_leaves_within_five_seconds()
    {
        await using var app = new AppFixture();
        await using var context = await chromium.Browser.NewContextAsync();
        var page = await OwnersBrowser.SetUpAsync(context, app);
        using var phone = Staff.Browser(app);
        await Staff.SignInAsync(phone, "ana@example.com");
        var theirs = (await Staff.ReadAsync(phone, "/api/sessions")).GetProperty("items").EnumerateArray().Single(s => !s.GetProperty("current").GetBoolean());
        (await phone.DeleteAsync($"/api/sessions/{theirs.GetProperty("id").GetGuid()}", Stop)).EnsureSuccessStatusCode();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/sign-in"));
    }

    [Fact]
    public async Task A_page_whose_session_vanished_from_the_store_leaves_within_five_seconds()
    {
        await using var app = new AppFixture();
        await using var context = await chromium.Browser.NewContextAsync();
        var page = await OwnersBrowser.SetUpAsync(context, app);
        // By nobody who could tell the circuit: as when another process ends it, or its time is over.
        app.Sql("DELETE FROM sessions");
        // How often it looks is the promise; how long a busy machine takes then is not.
        AiBotKit.Accounts.Sessions.RevalidateCircuits.Every.ShouldBeLessThan(TimeSpan.FromSeconds(5));
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/sign-in"));
    }

    [Fact]
    public async Task An_owner_signs_an_agent_out_everywhere()
    {
        await using var app = new AppFixture();
        await using var anas = await chromium.Browser.NewContextAsync();
        await using var bens = await chromium.Browser.NewContextAsync();
        await (await OwnersBrowser.SetUpAsync(anas, app)).CloseAsync();
        var ben = await OwnersBrowser.ColleagueAsync(bens, app, "Ben Okafor", "/conversations");
        var team = await OwnersBrowser.OpenAsync(anas, app, "/settings/team");
        await team.GetByRole(AriaRole.Button, new() { Name = "Sign Ben Okafor out everywhere" }).ClickAsync();
        await Assertions.Expect(team.GetByText("Ben Okafor is signed out everywhere.")).ToBeVisibleAsync();
        await Assertions.Expect(team.GetByRole(AriaRole.Button, new() { Name = "Sign Ben Okafor out everywhere" })).ToHaveCountAsync(0);
        await Assertions.Expect(ben).ToHaveURLAsync(new Regex("/sign-in"));
    }

    [Fact]
    public async Task An_owner_sets_up_a_second_factor_invites_an_agent_and_makes_a_key()
    {
        await using var app = new AppFixture();
        await using var context = await chromium.Browser.NewContextAsync();
        var page = await OwnersBrowser.SetUpAsync(context, app);
        var problems = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                problems.Add(message.Text);
            }
        };
        page = await OwnersBrowser.OpenAsync(context, app, "/settings");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set up a second factor" }).ClickAsync();
        var secret = (await page.Locator("code.secret").InnerTextAsync()).Replace(" ", "", StringComparison.Ordinal);
        await page.GetByLabel("Code", new() { Exact = true }).FillAsync(TotpRules.Code(secret, TotpRules.StepOf(TimeProvider.System.GetUtcNow())));
        await page.GetByRole(AriaRole.Button, new() { Name = "Set up", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator(".codes li")).ToHaveCountAsync(10);
        await page.GetByRole(AriaRole.Button, new() { Name = "I kept them" }).ClickAsync();
        await Assertions.Expect(page.GetByText("On: you are asked for a code")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Team" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "E-mail", Exact = true }).FillAsync("ben@example.com");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send the invitation" }).ClickAsync();
        await Assertions.Expect(page.GetByText("The invitation for ben@example.com is on its way.")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "API keys" }).ClickAsync();
        await page.GetByLabel("What is it for?").FillAsync("Till");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the key" }).ClickAsync();
        var key = await page.Locator("code.secret").InnerTextAsync();
        using var till = Staff.Browser(app);
        till.DefaultRequestHeaders.Authorization = new("Bearer", key);
        (await Staff.StatusAsync(till, "/api/people")).ShouldBe(200);

        await page.GetByRole(AriaRole.Link, new() { Name = "Mail" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Read the mail to ben@example.com" }).ClickAsync();
        await Assertions.Expect(page.Locator("pre.raw")).ToContainTextAsync("/invitation?token=");
        problems.ShouldBeEmpty();
    }

    /// <summary>Pictures for people to look at, when <c>AIBOTKIT_SCREENSHOTS</c> names a folder.</summary>
    [Fact]
    [Trait("only", "pictures")]
    public async Task Every_screen_of_the_settings_can_be_painted()
    {
        var folder = Environment.GetEnvironmentVariable("AIBOTKIT_SCREENSHOTS");
        Assert.SkipWhen(folder is null, "AIBOTKIT_SCREENSHOTS names no folder");
        await using var app = new AppFixture(new Dictionary<string, string?> { ["Accounts:SignUp"] = "Open" });
        await using var signedIn = await chromium.Browser.NewContextAsync();
        await OwnersBrowser.SetUpAsync(signedIn, app);
        using var ana = Staff.Browser(app);
        await Staff.SignInAsync(ana, "ana@example.com");
        using var ben = await Staff.InvitedAsync(app, ana, "ben@example.com", "agent");
        (await ana.PostAsJsonAsync("/api/invitations", new { email = "kim@example.com", role = "owner" }, Stop)).EnsureSuccessStatusCode();
        (await ana.PostAsJsonAsync("/api/api-keys", new { name = "Till at the counter", role = "agent" }, Stop)).EnsureSuccessStatusCode();
        var token = await Staff.TokenAsync(app, "kim@example.com");
        var cookies = await signedIn.CookiesAsync();
        (string Name, string Path, bool SignedIn)[] screens =
        [
            ("profile", "settings", true), ("team", "settings/team", true), ("keys", "settings/api-keys", true), ("mail", "settings/mail", true), ("audit2", "audit", true),
            ("signup", "sign-up", false), ("forgot", "forgot-password?error=mail_sent", false), ("reset", "reset-password?token=x&error=reset_token", false), ("invitation", "invitation?token=" + token, false), ("twofactor", "two-factor", false),
        ];
        foreach (var (width, scheme) in Pictures.Views)
        {
            foreach (var (name, path, asAna) in screens)
            {
                await using var context = await chromium.Browser.NewContextAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 900 } });
                if (asAna)
                {
                    await context.AddCookiesAsync(cookies.Where(c => c.Name == "aibotkit").Select(c => new Cookie { Name = c.Name, Value = c.Value, Url = app.Address.ToString() }));
                }

                var page = await context.NewPageAsync();
                await page.GotoAsync(new Uri(app.Address, path).ToString());
                await page.EvaluateAsync("document.fonts.ready");
                await page.WaitForTimeoutAsync(500);
                if (name == "profile")
                {
                    await page.GetByRole(AriaRole.Button, new() { Name = "Set up a second factor" }).ClickAsync();
                    await page.Locator("svg.qr").WaitForAsync();
                }

                await page.ScreenshotAsync(new() { Path = Path.Combine(folder!, $"{name}-{width}-{scheme.ToString().ToLowerInvariant()}.png"), FullPage = true });
            }
        }
    }
}
