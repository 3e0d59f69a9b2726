using System.Net;
using AiBotKit.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Accounts;

/// <summary>A new password by a link in a mail, and the ways in which the link is worth nothing (S-A5).</summary>
public sealed class PasswordResetTests
{
    private const string Next = "nine purple teapots hum";

    [Fact]
    public async Task The_link_sets_a_new_password_once_and_signs_out_everywhere()
    {
        await using var app = new AppFixture();
        using var ana = await Staff.OwnerAsync(app);
        using var visitor = Staff.Browser(app);
        (await AskAsync(visitor, "Ana@Example.com")).ShouldEndWith("error=mail_sent");
        var token = await Staff.TokenAsync(app, "ana@example.com");

        (await ResetAsync(visitor, token, "short")).ShouldEndWith("error=password_short");
        (await ResetAsync(visitor, token, Next)).ShouldBe("/sign-in?error=password_set");
        (await Staff.StatusAsync(ana)).ShouldBe(401);
        (await Staff.SignInAsync(visitor, "ana@example.com")).ShouldEndWith("error=credentials");
        (await Staff.SignInAsync(visitor, "ana@example.com", Next)).ShouldBe("/");
        (await ResetAsync(visitor, token, "another fine long one")).ShouldEndWith("error=reset_token");
        (await Staff.SignInAsync(visitor, "ana@example.com", Next)).ShouldBe("/");
    }

    [Theory]
    [InlineData("absent")]
    [InlineData("empty")]
    [InlineData("null")]
    [InlineData("wrong")]
    [InlineData("expired")]
    [InlineData("used")]
    [InlineData("replaced")]
    [InlineData("of another person")]
    [InlineData("from before a new password")]
    public async Task A_link_that_is_not_the_persons_valid_one_changes_nothing(string kind)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var app = new AppFixture(services: services => services.AddSingleton<TimeProvider>(time));
        using var ana = await Staff.OwnerAsync(app);
        using var ben = await Staff.InvitedAsync(app, ana, "ben@example.com", "agent");
        using var visitor = Staff.Browser(app);
        await AskAsync(visitor, "ana@example.com");
        var token = await Staff.TokenAsync(app, "ana@example.com");
        var password = Staff.Password;
        switch (kind)
        {
            case "expired":
                time.Advance(TimeSpan.FromMinutes(61));
                break;
            case "used":
                (await ResetAsync(visitor, token, password = "a password in between")).ShouldEndWith("password_set");
                break;
            case "replaced":
                await AskAsync(visitor, "ana@example.com");
                break;
            case "of another person":
                // After the invitation's mail by the clock too: of mails of one instant none is the latest.
                time.Advance(TimeSpan.FromSeconds(1));
                await AskAsync(visitor, "ben@example.com");
                token = await Staff.TokenAsync(app, "ben@example.com");
                break;
            case "from before a new password":
                app.Sql("UPDATE people SET SecurityStamp = 'changed since' WHERE Email = 'ana@example.com'");
                break;
        }

        (string, string)[] fields = kind switch
        {
            "absent" => [("password", Next)],
            "empty" => [("token", ""), ("password", Next)],
            "null" => [("token", "null"), ("password", Next)],
            "wrong" => [("token", token[..^1] + (token[^1] == '0' ? '1' : '0')), ("password", Next)],
            // Whose password it is, only the link says.
            _ => [("token", token), ("password", Next), ("email", "ana@example.com"), ("name", "ana@example.com")],
        };
        var answer = await Forms.PostAsync(visitor, "/reset-password", "/account/reset-password", fields);
        answer.ShouldEndWith(kind == "of another person" ? "error=password_set" : "error=reset_token");
        (await Staff.SignInAsync(visitor, "ana@example.com", password)).ShouldBe("/");
    }

    [Fact]
    public async Task Who_asks_learns_nothing_about_who_has_an_account()
    {
        await using var app = new AppFixture();
        using var ana = await Staff.OwnerAsync(app);
        using var visitor = Staff.Browser(app);
        (await AskAsync(visitor, "nobody@example.com")).ShouldBe(await AskAsync(visitor, "ana@example.com"));
        (await Staff.MailsAsync(app, "nobody@example.com")).ShouldBe(0);
        (await Staff.MailsAsync(app, "ana@example.com")).ShouldBe(1);
    }

    [Fact]
    public async Task Asking_is_bounded_and_says_429()
    {
        await using var app = new AppFixture();
        using var visitor = Staff.Browser(app);
        for (var i = 0; i < 10; i++)
        {
            (await AskAsync(visitor, "ana@example.com")).ShouldEndWith("error=mail_sent");
        }

        using var refused = await Forms.SendAsync(visitor, "/forgot-password", "/account/forgot-password", ("email", "ana@example.com"));
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15));
        var page = refused.Headers.GetValues("Refresh").Single()["0; url=".Length..];
        (await Staff.StatusAsync(visitor, page)).ShouldBe(429);
    }

    [Fact]
    public async Task The_link_leads_to_the_public_address_whatever_the_request_calls_itself()
    {
        await using var app = new AppFixture(new Dictionary<string, string?> { ["PublicUrl"] = "https://shop.example", ["Http:AllowInsecure"] = "true" });
        using var ana = await Staff.OwnerAsync(app);
        using var visitor = Staff.Browser(app);
        visitor.DefaultRequestHeaders.Remove("Origin");
        visitor.DefaultRequestHeaders.Add("X-Forwarded-Host", "evil.example");
        await AskAsync(visitor, "ana@example.com");
        var text = await Staff.TextAsync(app, "ana@example.com");
        text.ShouldContain("https://shop.example/reset-password?token=");
        text.ShouldNotContain("evil.example");
        app.Sql("SELECT COUNT(*) FROM password_resets WHERE length(Hash) = 32").ShouldBe(1L);
    }

    private static Task<string> AskAsync(HttpClient visitor, string email) => Forms.PostAsync(visitor, "/forgot-password", "/account/forgot-password", ("email", email));

    private static Task<string> ResetAsync(HttpClient visitor, string token, string password) =>
        Forms.PostAsync(visitor, "/reset-password?token=" + token, "/account/reset-password", ("token", token), ("password", password));
}
