using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using AiBotKit.Accounts;
using AiBotKit.Accounts.SecondFactor;
using AiBotKit.Durability.Audit;
using AiBotKit.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Accounts;

/// <summary>Codes of an authenticator app and recovery codes (S-A6).</summary>
public sealed partial class SecondFactorTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The test vectors of RFC 6238 (SHA-1), last six of their eight digits.</summary>
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_the_standard(long seconds, string code)
    {
        const string key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        TotpRules.Code(key, seconds / 30).ShouldBe(code);
        var at = DateTimeOffset.FromUnixTimeSeconds(seconds);
        TotpRules.MatchingStep(key, code, at, 0).ShouldBe(seconds / 30);
        TotpRules.MatchingStep(key, code, at.AddSeconds(30), 0).ShouldBe(seconds / 30);
        TotpRules.MatchingStep(key, code, at.AddSeconds(90), 0).ShouldBeNull();
        TotpRules.MatchingStep(key, code, at, seconds / 30).ShouldBeNull();
    }

    [Fact]
    public async Task A_code_is_asked_for_and_works_once()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var app = new AppFixture(services: services => services.AddSingleton<TimeProvider>(time));
        using var ana = await Staff.OwnerAsync(app);
        var (key, codes) = await EnrolAsync(app, time);
        codes.Count.ShouldBe(10);

        using var browser = Staff.Browser(app);
        (await Staff.SignInAsync(browser, "ana@example.com")).ShouldStartWith("/two-factor");
        (await Staff.StatusAsync(browser)).ShouldBe(401);
        time.Advance(TimeSpan.FromSeconds(30));
        var code = TotpRules.Code(key, TotpRules.StepOf(time.GetUtcNow()));
        (await CodeAsync(browser, code)).ShouldBe("/");
        (await Staff.StatusAsync(browser)).ShouldBe(200);

        using var second = Staff.Browser(app);
        await Staff.SignInAsync(second, "ana@example.com");
        (await CodeAsync(second, code)).ShouldEndWith("error=code");
        (await CodeAsync(second, codes[0].Replace("-", " ", StringComparison.Ordinal).ToUpperInvariant())).ShouldBe("/");
        using var third = Staff.Browser(app);
        await Staff.SignInAsync(third, "ana@example.com");
        (await CodeAsync(third, codes[0])).ShouldEndWith("error=code");
        app.Sql("SELECT RecoveryCodes FROM people").ShouldBeOfType<string>().ShouldNotContain(codes[1]);
    }

    [Fact]
    public async Task Five_wrong_codes_end_the_pending_sign_in()
    {
        await using var app = new AppFixture();
        using var ana = await Staff.OwnerAsync(app);
        var (key, _) = await EnrolAsync(app, TimeProvider.System);
        using var browser = Staff.Browser(app);
        await Staff.SignInAsync(browser, "ana@example.com");
        for (var i = 0; i < 5; i++)
        {
            (await CodeAsync(browser, "00000" + i)).ShouldEndWith("error=code");
        }

        var right = TotpRules.Code(key, TotpRules.StepOf(TimeProvider.System.GetUtcNow()) + 1);
        (await browser.GetStringAsync("/two-factor", Stop)).ShouldContain("Nothing is waiting here");
        (await Forms.PostAsync(browser, "/sign-in", "/account/second-factor", ("code", right))).ShouldBe("/sign-in?error=pending");
        (await Staff.StatusAsync(browser)).ShouldBe(401);
    }

    [Fact]
    public async Task Two_at_once_with_one_code_are_one_sign_in()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var app = new AppFixture(services: services => services.AddSingleton<TimeProvider>(time));
        using var ana = await Staff.OwnerAsync(app);
        var (key, _) = await EnrolAsync(app, time);
        time.Advance(TimeSpan.FromSeconds(30));
        var code = TotpRules.Code(key, TotpRules.StepOf(time.GetUtcNow()));
        using var one = Staff.Browser(app);
        using var two = Staff.Browser(app);
        await Staff.SignInAsync(one, "ana@example.com");
        await Staff.SignInAsync(two, "ana@example.com");
        var answers = await Task.WhenAll(CodeAsync(one, code), CodeAsync(two, code));
        answers.Count(answer => answer == "/").ShouldBe(1);
    }

    [Fact]
    public async Task Who_must_have_one_is_led_to_the_enrolment_and_can_do_nothing_else()
    {
        await using var app = new AppFixture();
        using var ana = await Staff.OwnerAsync(app);
        using var ben = await Staff.InvitedAsync(app, ana, "ben@example.com", "agent");
        using (var refused = await ana.PatchAsJsonAsync("/api/account", new { requiresSecondFactor = true }, Stop))
        {
            (await Staff.CodeAsync(refused)).ShouldBe("second_factor_missing");
        }

        var (key, _) = await EnrolAsync(app, TimeProvider.System);
        using var back = Staff.Browser(app);
        await Staff.SignInAsync(back, "ana@example.com");
        (await CodeAsync(back, TotpRules.Code(key, TotpRules.StepOf(TimeProvider.System.GetUtcNow()) + 1))).ShouldBe("/");
        (await back.PatchAsJsonAsync("/api/account", new { requiresSecondFactor = true }, Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);

        using (var api = await ben.GetAsync("/api/conversations", Stop))
        {
            api.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            (await Staff.CodeAsync(api)).ShouldBe("second_factor_required");
        }

        foreach (var path in new[] { "/", "/conversations", "/settings" })
        {
            using var page = await ben.GetAsync(path, Stop);
            page.StatusCode.ShouldBe(HttpStatusCode.Redirect, path);
            page.Headers.Location!.ToString().ShouldEndWith("/two-factor");
        }

        (await Staff.StatusAsync(ben, "/_blazor/negotiate")).ShouldBe(302);
        var html = await ben.GetStringAsync("/two-factor", Stop);
        var secret = Secret().Match(html).Groups[1].Value.Replace(" ", "", StringComparison.Ordinal);
        var (before, offer) = (app.Sql("SELECT COUNT(*) FROM people WHERE AuthenticatorKeyProtected IS NOT NULL"), Offer().Match(html).Groups[1].Value);
        before.ShouldBe(1L);
        using var wrong = await Forms.SendAsync(ben, "/two-factor", "/two-factor", ("_handler", "enrol"), ("Offer", offer), ("Code", "000000"));
        (await wrong.Content.ReadAsStringAsync(Stop)).ShouldContain("This code is not right");
        using var done = await Forms.SendAsync(ben, "/two-factor", "/two-factor", ("_handler", "enrol"), ("Offer", offer), ("Code", TotpRules.Code(secret, TotpRules.StepOf(TimeProvider.System.GetUtcNow()))));
        (await done.Content.ReadAsStringAsync(Stop)).ShouldContain("Keep these recovery codes");
        (await Staff.StatusAsync(ben)).ShouldBe(200);
    }

    [Fact]
    public async Task Ones_own_is_removed_with_the_password_only_and_who_loses_it_by_a_colleague_is_told()
    {
        await using var app = new AppFixture();
        using var ana = await Staff.OwnerAsync(app);
        using var first = await Staff.InvitedAsync(app, ana, "ben@example.com", "owner");
        using var made = await first.PostAsJsonAsync("/api/api-keys", new { name = "till", role = "owner" }, Stop);
        using var key = Staff.Browser(app);
        key.DefaultRequestHeaders.Authorization = new("Bearer", (await made.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(Stop)).GetProperty("key").GetString());
        var (secret, _) = await EnrolAsync(app, TimeProvider.System, "ben@example.com");
        using var ben = Staff.Browser(app);
        await Staff.SignInAsync(ben, "ben@example.com");
        (await CodeAsync(ben, TotpRules.Code(secret, TotpRules.StepOf(TimeProvider.System.GetUtcNow()) + 1))).ShouldBe("/");
        var id = await Staff.IdAsync(ana, "ben@example.com");

        // Neither by the session alone, nor by a key that the session made.
        foreach (var own in new[] { ben, key })
        {
            using var refused = await own.PatchAsJsonAsync($"/api/people/{id}", new { secondFactor = false }, Stop);
            refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            (await Staff.CodeAsync(refused)).ShouldBe("own_second_factor");
        }

        app.Sql("SELECT SecondFactorSince IS NOT NULL FROM people WHERE Email = 'ben@example.com'").ShouldBe(1L);
        (await ben.GetStringAsync("/settings/team", Stop)).ShouldNotContain("Remove the second factor of ben");
        (await ana.GetStringAsync("/settings/team", Stop)).ShouldContain("Remove the second factor of ben");

        (await ana.PatchAsJsonAsync($"/api/people/{id}", new { secondFactor = false }, Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Sql("SELECT SecondFactorSince IS NOT NULL FROM people WHERE Email = 'ben@example.com'").ShouldBe(0L);
        var mail = await Staff.TextAsync(app, "ben@example.com");
        mail.ShouldContain("Ana took your second factor away");
        var line = (await Staff.ReadAsync(ana, "/api/audit")).GetProperty("items").EnumerateArray().First(one => one.GetProperty("act").GetString() == "second_factor_off");
        (line.GetProperty("byName").GetString(), line.GetProperty("detail").GetString()).ShouldBe(("Ana", "ben"));
    }

    /// <summary>As the profile page does it.</summary>
    private static async Task<(string Key, IReadOnlyList<string> Codes)> EnrolAsync(AppFixture app, TimeProvider time, string email = "ana@example.com")
    {
        await using var scope = app.Services.CreateAsyncScope();
        var (enrol, people) = (scope.ServiceProvider.GetRequiredService<EnrolSecondFactor>(), scope.ServiceProvider.GetRequiredService<People>());
        var ana = (await people.FindByNameAsync(email)).ShouldNotBeNull();
        var offer = (await enrol.OfferAsync(ana.AccountId, ana.Id)).ShouldNotBeNull();
        var by = new Actor(ActorKind.Person, ana.Id, ana.DisplayName, null);
        (await enrol.ConfirmAsync(ana.AccountId, ana.Id, offer.Sealed, "000000", null, by, Stop)).Error.ShouldBe("code");
        (await enrol.ConfirmAsync(ana.AccountId, Guid.NewGuid(), offer.Sealed, "000000", null, by, Stop)).Error.ShouldBe("offer");
        var code = TotpRules.Code(offer.Key, TotpRules.StepOf(time.GetUtcNow()));
        var (codes, error) = await enrol.ConfirmAsync(ana.AccountId, ana.Id, offer.Sealed, code, null, by, Stop);
        error.ShouldBeNull();
        return (offer.Key, codes.ShouldNotBeNull());
    }

    private static Task<string> CodeAsync(HttpClient browser, string code) => Forms.PostAsync(browser, "/two-factor", "/account/second-factor", ("code", code), ("returnUrl", "/"));

    [GeneratedRegex("class=\"secret\">([A-Z2-7 ]+)<")]
    private static partial Regex Secret();

    [GeneratedRegex("name=\"Offer\" value=\"([^\"]+)\"")]
    private static partial Regex Offer();
}
