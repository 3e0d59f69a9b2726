using System.Net;
using System.Net.Http.Json;
using AiBotKit.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Accounts;

/// <summary>Invitations, roles, deactivation, signing up.</summary>
public sealed class TeamTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_invitation_makes_a_person_of_its_role_once()
    {
        await using var app = new AppFixture();
        using var ana = await Staff.OwnerAsync(app);
        using var ben = await Staff.InvitedAsync(app, ana, "ben@example.com", "agent");
        (await Staff.ReadAsync(ben, "/api/account")).GetProperty("role").GetString().ShouldBe("agent");
        (await Staff.StatusAsync(ben, "/api/people")).ShouldBe(403);
        (await Staff.ReadAsync(ana, "/api/invitations")).GetProperty("items").GetArrayLength().ShouldBe(0);

        var token = await Staff.TokenAsync(app, "ben@example.com");
        using var late = Staff.Browser(app);
        (await JoinAsync(late, token)).ShouldEndWith("error=invitation");
        (await late.GetStringAsync($"/invitation?token={token}", Stop)).ShouldContain("does not work any more");
        using var again = await ana.PostAsJsonAsync("/api/invitations", new { email = "BEN@example.com ", role = "owner" }, Stop);
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await Staff.CodeAsync(again)).ShouldBe("already_member");
    }

    [Theory]
    [InlineData("absent")]
    [InlineData("taken back")]
    [InlineData("expired")]
    [InlineData("replaced")]
    public async Task An_invitation_that_is_none_any_more_makes_nobody(string kind)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var app = new AppFixture(new Dictionary<string, string?> { ["Accounts:SessionIdleHours"] = "720" }, services => services.AddSingleton<TimeProvider>(time));
        using var ana = await Staff.OwnerAsync(app);
        using var made = await ana.PostAsJsonAsync("/api/invitations", new { email = "ben@example.com", role = "agent" }, Stop);
        var token = await Staff.TokenAsync(app, "ben@example.com");
        switch (kind)
        {
            case "absent":
                token = "";
                break;
            case "taken back":
                var open = (await Staff.ReadAsync(ana, "/api/invitations")).GetProperty("items")[0].GetProperty("id").GetGuid();
                (await ana.DeleteAsync($"/api/invitations/{open}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
                break;
            case "expired":
                time.Advance(TimeSpan.FromDays(7) + TimeSpan.FromMinutes(1));
                break;
            case "replaced":
                (await ana.PostAsJsonAsync("/api/invitations", new { email = "ben@example.com", role = "agent" }, Stop)).Dispose();
                break;
        }

        using var ben = Staff.Browser(app);
        (await JoinAsync(ben, token)).ShouldEndWith("error=invitation");
        (await Staff.StatusAsync(ben)).ShouldBe(401);
        (await Staff.ReadAsync(ana, "/api/people")).GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Another_role_and_a_deactivation_sign_the_person_out_at_once()
    {
        await using var app = new AppFixture();
        using var ana = await Staff.OwnerAsync(app);
        using var ben = await Staff.InvitedAsync(app, ana, "ben@example.com", "owner");
        using var made = await ben.PostAsJsonAsync("/api/api-keys", new { name = "till", role = "owner" }, Stop);
        using var till = Staff.Browser(app);
        till.DefaultRequestHeaders.Authorization = new("Bearer", (await made.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(Stop)).GetProperty("key").GetString());
        (await Staff.StatusAsync(till, "/api/people")).ShouldBe(200);
        var id = await Staff.IdAsync(ana, "ben@example.com");

        (await PatchAsync(ana, id, new { role = "agent", accountId = Guid.NewGuid(), email = "eve@example.com", isFirst = true })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Staff.StatusAsync(ben)).ShouldBe(401);
        (await Staff.StatusAsync(till)).ShouldBe(401);
        (await Staff.SignInAsync(ben, "ben@example.com")).ShouldBe("/");
        (await Staff.StatusAsync(ben, "/api/people")).ShouldBe(403);
        (await Staff.StatusAsync(ben, "/settings/team")).ShouldBe(403);

        (await ana.DeleteAsync($"/api/people/{id}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await Staff.StatusAsync(ben)).ShouldBe(401);
        (await Staff.SignInAsync(ben, "ben@example.com")).ShouldEndWith("error=credentials");
        (await Forms.PostAsync(ben, "/forgot-password", "/account/forgot-password", ("email", "ben@example.com"))).ShouldEndWith("mail_sent");
        app.Sql("SELECT COUNT(*) FROM password_resets").ShouldBe(0L);

        (await PatchAsync(ana, id, new { active = true })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Staff.SignInAsync(ben, "ben@example.com")).ShouldBe("/");
    }

    [Fact]
    public async Task An_account_keeps_an_owner_and_the_installation_its_operator()
    {
        await using var app = new AppFixture(new Dictionary<string, string?> { ["Accounts:SignUp"] = "Open" });
        using var ana = await Staff.OwnerAsync(app);
        using var olu = await Staff.InvitedAsync(app, ana, "olu@example.com", "owner");
        var anasId = await Staff.IdAsync(ana, "ana@example.com");
        using var refused = await olu.DeleteAsync($"/api/people/{anasId}", Stop);
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await Staff.CodeAsync(refused)).ShouldBe("first_owner");

        using var sam = Staff.Browser(app);
        (await SignUpAsync(sam, "sam@example.com")).ShouldBe("/");
        var samsId = await Staff.IdAsync(sam, "sam@example.com");
        (await Staff.CodeAsync(await sam.DeleteAsync($"/api/people/{samsId}", Stop))).ShouldBe("last_owner");
        (await Staff.CodeAsync(await PatchAsync(sam, samsId, new { role = "agent" }))).ShouldBe("last_owner");
        using var tim = await Staff.InvitedAsync(app, sam, "tim@example.com", "owner");
        (await PatchAsync(sam, samsId, new { role = "agent" })).StatusCode.ShouldBe(HttpStatusCode.OK);

        // Two owners who demote each other at the same moment leave one.
        using var uma = await Staff.InvitedAsync(app, tim, "uma@example.com", "owner");
        var (timsId, umasId) = (await Staff.IdAsync(tim, "tim@example.com"), await Staff.IdAsync(tim, "uma@example.com"));
        var both = await Task.WhenAll(PatchAsync(tim, umasId, new { role = "agent" }), PatchAsync(uma, timsId, new { role = "agent" }));
        both.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        app.Sql("SELECT COUNT(*) FROM people WHERE Role = 0 AND Email IN ('tim@example.com', 'uma@example.com')").ShouldBe(1L);
    }

    [Fact]
    public async Task Signing_up_is_closed_unless_it_is_opened_and_makes_an_account_of_its_own()
    {
        await using (var closed = new AppFixture())
        {
            using var eve = Staff.Browser(closed);
            (await SignUpAsync(eve, "eve@example.com")).ShouldEndWith("error=closed");
            (await eve.GetStringAsync("/sign-up", Stop)).ShouldContain("By invitation only");
            (await Staff.StatusAsync(eve)).ShouldBe(401);
        }

        await using var open = new AppFixture(new Dictionary<string, string?> { ["Accounts:SignUp"] = "open" });
        using var ana = await Staff.OwnerAsync(open);
        using var sam = Staff.Browser(open);
        (await SignUpAsync(sam, "sam@example.com")).ShouldBe("/");
        (await Staff.ReadAsync(sam, "/api/account")).GetProperty("name").GetString().ShouldBe("Sam's shop");
        (await Staff.ReadAsync(sam, "/api/account")).GetProperty("role").GetString().ShouldBe("owner");
        (await Staff.StatusAsync(sam, "/api/mails")).ShouldBe(403);
        (await Staff.ReadAsync(sam, "/api/people")).GetProperty("items").GetArrayLength().ShouldBe(1);
        using var copy = Staff.Browser(open);
        (await SignUpAsync(copy, "ana@example.com")).ShouldEndWith("error=email_taken");
        (await SignUpAsync(copy, "kim@example.com", "password1234")).ShouldEndWith("error=password_common");
    }

    private static Task<string> JoinAsync(HttpClient browser, string token) =>
        Forms.PostAsync(browser, "/sign-in", "/account/accept-invitation", ("token", token), ("displayName", "Ben"), ("password", Staff.Password));

    private static Task<string> SignUpAsync(HttpClient browser, string email, string password = Staff.Password) =>
        Forms.PostAsync(browser, "/sign-in", "/account/sign-up", ("business", "Sam's shop"), ("displayName", "Sam"), ("email", email), ("password", password));

    private static Task<HttpResponseMessage> PatchAsync(HttpClient owner, Guid id, object change) => owner.PatchAsJsonAsync($"/api/people/{id}", change, Stop);
}
