using System.Net;
using System.Net.Http.Json;
using AiBotKit.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Accounts;

/// <summary>The e-mail that people sign in with: changed by who reads the new one's mail, and never held by who only named it.</summary>
public sealed class EmailTests
{
    private const string Other = "nine purple teapots hum";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_happens_when_the_link_is_used_ends_all_sessions_and_is_told_to_the_old_address()
    {
        await using var app = new AppFixture();
        using var ana = await Staff.OwnerAsync(app);
        using var phone = Staff.Browser(app);
        await Staff.SignInAsync(phone, "ana@example.com");
        using (var wrong = await AskAsync(ana, "duarte@example.com", Other))
        {
            wrong.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            (await Staff.CodeAsync(wrong)).ShouldBe("wrong_password");
        }

        (await AskAsync(ana, "ana@example.com")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await AskAsync(ana, "nobody")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var api = app.Api();
        (await AskAsync(api, "duarte@example.com")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        app.Sql("SELECT COUNT(*) FROM email_proofs").ShouldBe(0L);

        (await AskAsync(ana, "Duarte@example.com ")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        app.Sql("SELECT COUNT(*) FROM email_proofs WHERE length(Hash) = 32").ShouldBe(1L);
        var token = await Staff.TokenAsync(app, "duarte@example.com");
        using var visitor = Staff.Browser(app);
        for (var i = 0; i < 2; i++)
        {
            (await visitor.GetStringAsync("/confirm-email?token=" + token, Stop)).ShouldContain("duarte@example.com");
            app.Sql("SELECT Email FROM people").ShouldBe("ana@example.com");
        }

        (await Staff.StatusAsync(ana)).ShouldBe(200);
        (await ConfirmAsync(visitor, token)).ShouldBe("/sign-in?error=email_changed");
        app.Sql("SELECT Email FROM people").ShouldBe("duarte@example.com");
        (await Staff.StatusAsync(ana)).ShouldBe(401);
        (await Staff.StatusAsync(phone)).ShouldBe(401);
        (await Staff.TextAsync(app, "ana@example.com")).ShouldContain("you sign in with another e-mail now");
        (await Staff.SignInAsync(phone, "ana@example.com")).ShouldEndWith("error=credentials");
        (await Staff.SignInAsync(phone, "duarte@example.com")).ShouldBe("/");
        (await ConfirmAsync(visitor, token)).ShouldEndWith("error=email_token");
        var acts = (await Staff.ReadAsync(phone, "/api/audit")).GetProperty("items").EnumerateArray().Select(line => line.GetProperty("act").GetString()).ToList();
        acts.ShouldContain("email_change_asked");
        acts.ShouldContain("email_changed");
        acts.ShouldContain("email_change_refused");
    }

    [Theory]
    [InlineData("absent")]
    [InlineData("too old")]
    [InlineData("replaced")]
    [InlineData("a new password since")]
    [InlineData("deactivated")]
    public async Task A_link_that_is_none_any_more_changes_nothing(string kind)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var app = new AppFixture(services: services => services.AddSingleton<TimeProvider>(time));
        using var ana = await Staff.OwnerAsync(app);
        using var ben = await Staff.InvitedAsync(app, ana, "ben@example.com", "agent");
        (await AskAsync(ben, "moved@example.com")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var token = kind == "absent" ? "" : await Staff.TokenAsync(app, "moved@example.com");
        using var visitor = Staff.Browser(app);
        switch (kind)
        {
            case "too old":
                time.Advance(TimeSpan.FromMinutes(61));
                break;
            case "replaced":
                (await AskAsync(ben, "elsewhere@example.com")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
                break;
            case "a new password since":
                // So that the latest mail is the latest.
                time.Advance(TimeSpan.FromSeconds(1));
                await Forms.PostAsync(visitor, "/forgot-password", "/account/forgot-password", ("email", "ben@example.com"));
                var reset = await Staff.TokenAsync(app, "ben@example.com");
                (await Forms.PostAsync(visitor, "/reset-password?token=" + reset, "/account/reset-password", ("token", reset), ("password", Other))).ShouldEndWith("password_set");
                break;
            case "deactivated":
                (await ana.DeleteAsync($"/api/people/{await Staff.IdAsync(ana, "ben@example.com")}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
                break;
        }

        (await visitor.GetStringAsync("/confirm-email?token=" + token, Stop)).ShouldContain("does not work any more");
        (await ConfirmAsync(visitor, token)).ShouldEndWith("error=email_token");
        app.Sql("SELECT COUNT(*) FROM people WHERE Email = 'ben@example.com'").ShouldBe(1L);
    }

    [Theory]
    [InlineData("invitation")]
    [InlineData("change")]
    public async Task An_address_that_was_only_named_goes_to_who_proves_it_and_its_holder_still_signs_in(string way)
    {
        await using var app = new AppFixture(new Dictionary<string, string?> { ["Accounts:SignUp"] = "Open" });
        using var ana = await Staff.OwnerAsync(app);
        using var eve = Staff.Browser(app);
        (await SignUpAsync(eve, "kim@example.com")).ShouldBe("/");
        using var kim = way == "invitation" ? await Staff.InvitedAsync(app, ana, "kim@example.com", "agent") : await Staff.InvitedAsync(app, ana, "kimberly@example.com", "agent");
        if (way == "change")
        {
            (await AskAsync(kim, "kim@example.com")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
            (await ConfirmAsync(kim, await Staff.TokenAsync(app, "kim@example.com"))).ShouldBe("/sign-in?error=email_changed");
        }

        // Each with the own password into the own account.
        (await AccountAsync("kim@example.com", Staff.Password)).ShouldBe("My business");
        (await Staff.StatusAsync(eve)).ShouldBe(200);
        (await AccountAsync("kim@example.com", Other)).ShouldBe("Eve's");
        (await eve.GetStringAsync("/settings", Stop)).ShouldContain("Somebody else proved that your address is theirs");
        var shown = (await Staff.ReadAsync(eve, "/api/account")).GetProperty("person");
        (shown.GetProperty("email").GetString(), shown.GetProperty("emailYielded").GetBoolean()).ShouldBe(("kim@example.com", true));

        // A new password that somebody asks for is the new holder's.
        using var visitor = Staff.Browser(app);
        var before = await Staff.MailsAsync(app, "kim@example.com");
        await Forms.PostAsync(visitor, "/forgot-password", "/account/forgot-password", ("email", "kim@example.com"));
        (await Staff.MailsAsync(app, "kim@example.com")).ShouldBe(before + 1);
        app.Sql("SELECT p.YieldedEmail IS NULL FROM password_resets r JOIN people p ON p.Id = r.PersonId").ShouldBe(1L);

        (await AskAsync(eve, "eve@example.com", Other)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await ConfirmAsync(eve, await Staff.TokenAsync(app, "eve@example.com"))).ShouldBe("/sign-in?error=email_changed");
        (await AccountAsync("eve@example.com", Other)).ShouldBe("Eve's");
        (await Staff.SignInAsync(visitor, "kim@example.com", Other)).ShouldEndWith("error=credentials");

        async Task<string?> AccountAsync(string email, string password)
        {
            using var browser = Staff.Browser(app);
            (await Staff.SignInAsync(browser, email, password)).ShouldBe("/");
            return (await Staff.ReadAsync(browser, "/api/account")).GetProperty("name").GetString();
        }
    }

    [Fact]
    public async Task An_address_that_was_proven_after_the_sign_up_yields_to_nobody()
    {
        await using var app = new AppFixture(new Dictionary<string, string?> { ["Accounts:SignUp"] = "Open" });
        using var ana = await Staff.OwnerAsync(app);
        using var eve = Staff.Browser(app);
        (await SignUpAsync(eve, "eve@example.com")).ShouldBe("/");
        (await Staff.ReadAsync(eve, "/api/account")).GetProperty("person").GetProperty("emailProven").GetBoolean().ShouldBeFalse();
        (await ConfirmAsync(eve, await Staff.TokenAsync(app, "eve@example.com"))).ShouldBe("/sign-in?error=email_proven");
        (await Staff.StatusAsync(eve)).ShouldBe(200);
        (await Staff.ReadAsync(eve, "/api/account")).GetProperty("person").GetProperty("emailProven").GetBoolean().ShouldBeTrue();

        (await ana.PostAsJsonAsync("/api/invitations", new { email = "eve@example.com", role = "agent" }, Stop)).Dispose();
        var token = await Staff.TokenAsync(app, "eve@example.com");
        using var visitor = Staff.Browser(app);
        (await Forms.PostAsync(visitor, $"/invitation?token={token}", "/account/accept-invitation", ("token", token), ("displayName", "Eve"), ("password", Staff.Password))).ShouldEndWith("error=email_taken");
        (await AskAsync(ana, "eve@example.com")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await ConfirmAsync(visitor, await Staff.TokenAsync(app, "eve@example.com"))).ShouldEndWith("error=email_taken");
        (await Staff.StatusAsync(ana)).ShouldBe(200);
        (await Staff.SignInAsync(visitor, "eve@example.com", Other)).ShouldBe("/");
        app.Sql("SELECT COUNT(*) FROM people WHERE YieldedEmail IS NOT NULL").ShouldBe(0L);
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient who, string email, string password = Staff.Password) => who.PostAsJsonAsync("/api/email-change", new { email, password }, Stop);

    private static Task<string> ConfirmAsync(HttpClient browser, string token) => Forms.PostAsync(browser, "/sign-in", "/account/confirm-email", ("token", token));

    private static Task<string> SignUpAsync(HttpClient browser, string email) =>
        Forms.PostAsync(browser, "/sign-up", "/account/sign-up", ("business", "Eve's"), ("email", email), ("displayName", "Eve"), ("password", Other));
}
