using System.Net;
using System.Net.Http.Json;
using AiBotKit.Accounts;
using AiBotKit.Accounts.Sessions;
using AiBotKit.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Accounts;

/// <summary>Sessions: new at every sign-in, listed, ended, and never longer than they may be (S-A7, S-A8).</summary>
public sealed class SessionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_sign_in_is_a_new_session_and_the_one_before_ends()
    {
        await using var app = new AppFixture();
        using var ana = await Staff.OwnerAsync(app);
        var first = await CurrentAsync(ana);
        var cookie = Cookie(app, ana);
        (await Staff.SignInAsync(ana, "ana@example.com")).ShouldBe("/");
        (await CurrentAsync(ana)).ShouldNotBe(first);
        Cookie(app, ana).ShouldNotBe(cookie);

        // The cookie from before, as a thief would send it.
        using var thief = new HttpClient(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = app.Address };
        thief.DefaultRequestHeaders.Add("Cookie", cookie);
        (await Staff.StatusAsync(thief)).ShouldBe(401);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_and_not_only_the_cookie()
    {
        await using var app = new AppFixture();
        using var ana = await Staff.OwnerAsync(app);
        using var copy = new HttpClient(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = app.Address };
        copy.DefaultRequestHeaders.Add("Cookie", Cookie(app, ana));
        (await Staff.StatusAsync(copy)).ShouldBe(200);
        (await Forms.PostAsync(ana, "/sign-in", "/account/sign-out")).ShouldStartWith("/sign-in");
        (await Staff.StatusAsync(copy)).ShouldBe(401);
    }

    [Fact]
    public async Task A_person_lists_and_ends_sessions_of_their_own_and_an_owner_everybodys()
    {
        await using var app = new AppFixture();
        using var ana = await Staff.OwnerAsync(app);
        using var ben = await Staff.InvitedAsync(app, ana, "ben@example.com", "agent");
        using var bensPhone = Staff.Browser(app);
        bensPhone.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile");
        await Staff.SignInAsync(bensPhone, "ben@example.com");

        (await CountAsync(ben)).ShouldBe(2);
        (await CountAsync(ana)).ShouldBe(3);
        var anas = await CurrentAsync(ana);
        using (var refused = await ben.DeleteAsync($"/api/sessions/{anas}", Stop))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        var phone = (await Staff.ReadAsync(ben, "/api/sessions")).GetProperty("items").EnumerateArray().Single(s => !s.GetProperty("current").GetBoolean());
        phone.GetProperty("browser").GetString().ShouldBe("Chrome on Android");
        (await ben.DeleteAsync($"/api/sessions/{phone.GetProperty("id").GetGuid()}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await Staff.StatusAsync(bensPhone)).ShouldBe(401);
        (await Staff.StatusAsync(ben)).ShouldBe(200);
        (await ana.DeleteAsync($"/api/sessions/{await CurrentAsync(ben)}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await Staff.StatusAsync(ben)).ShouldBe(401);
    }

    [Theory]
    [InlineData(12 * 60 - 1, true)]
    [InlineData(12 * 60 + 1, false)]
    public async Task An_unused_session_ends_after_twelve_hours(int minutes, bool lives)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var app = new AppFixture(services: services => services.AddSingleton<TimeProvider>(time));
        using var ana = await Staff.OwnerAsync(app);
        time.Advance(TimeSpan.FromMinutes(minutes));
        (await Staff.StatusAsync(ana)).ShouldBe(lives ? 200 : 401);
    }

    [Fact]
    public async Task A_session_in_daily_use_ends_after_its_longest_life()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var app = new AppFixture(new Dictionary<string, string?> { ["Accounts:SessionDays"] = "2", ["Accounts:SessionIdleHours"] = "7" }, services => services.AddSingleton<TimeProvider>(time));
        using var ana = await Staff.OwnerAsync(app);
        for (var hours = 6; hours < 48; hours += 6)
        {
            time.Advance(TimeSpan.FromHours(6));
            (await Staff.StatusAsync(ana)).ShouldBe(200, $"after {hours} h");
        }

        time.Advance(TimeSpan.FromHours(6));
        (await Staff.StatusAsync(ana)).ShouldBe(401);
    }

    [Fact]
    public async Task Only_every_five_minutes_a_request_writes_that_it_was_there()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var app = new AppFixture(services: services => services.AddSingleton<TimeProvider>(time));
        using var ana = await Staff.OwnerAsync(app);
        var seen = app.Sql("SELECT LastSeenAt FROM sessions");
        time.Advance(TimeSpan.FromMinutes(4));
        await Staff.StatusAsync(ana);
        app.Sql("SELECT LastSeenAt FROM sessions").ShouldBe(seen);
        time.Advance(TimeSpan.FromMinutes(1));
        await Staff.StatusAsync(ana);
        app.Sql("SELECT LastSeenAt FROM sessions").ShouldNotBe(seen);
    }

    [Fact]
    public async Task A_new_password_ends_all_other_sessions_and_the_keys_that_the_person_made()
    {
        await using var app = new AppFixture();
        using var ana = await Staff.OwnerAsync(app);
        using var phone = Staff.Browser(app);
        await Staff.SignInAsync(phone, "ana@example.com");
        using var made = await ana.PostAsJsonAsync("/api/api-keys", new { name = "till", role = "owner" }, Stop);
        using var till = Staff.Browser(app);
        till.DefaultRequestHeaders.Authorization = new("Bearer", (await made.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(Stop)).GetProperty("key").GetString());
        (await Staff.StatusAsync(till)).ShouldBe(200);

        var (id, session) = (await Staff.IdAsync(ana, "ana@example.com"), await CurrentAsync(ana));
        await using (var scope = app.Services.CreateAsyncScope())
        {
            var change = scope.ServiceProvider.GetRequiredService<AiBotKit.Accounts.Passwords.ChangePassword>();
            var by = new AiBotKit.Durability.Audit.Actor(AiBotKit.Durability.Audit.ActorKind.Person, id, "Ana", "127.0.0.1");
            var account = app.Get<FirstAccount>().Id;
            (await change.RunAsync(account, id, "not the password at all", "nine purple teapots hum", session, by)).ShouldBe("credentials");
            (await change.RunAsync(account, id, Staff.Password, "short", session, by)).ShouldBe("password_short");
            (await Staff.StatusAsync(phone)).ShouldBe(200);
            (await change.RunAsync(account, id, Staff.Password, "nine purple teapots hum", session, by)).ShouldBeNull();
        }

        (await Staff.StatusAsync(ana)).ShouldBe(200);
        (await Staff.StatusAsync(phone)).ShouldBe(401);
        (await Staff.StatusAsync(till)).ShouldBe(401);
        (await Staff.SignInAsync(phone, "ana@example.com")).ShouldEndWith("error=credentials");
        (await Staff.SignInAsync(phone, "ana@example.com", "nine purple teapots hum")).ShouldBe("/");
        (await Staff.TextAsync(app, "ana@example.com")).ShouldContain("your password was changed");
    }

    [Fact]
    public async Task The_cookie_is_kept_from_scripts_and_from_other_sites_and_the_store_knows_only_its_hash()
    {
        await using var app = new AppFixture();
        using var ana = Staff.Browser(app);
        var token = await app.Get<SetupLink>().IssueAsync();
        using var answer = await Forms.SendAsync(ana, $"/setup?token={token}", "/account/setup", ("token", token), ("email", "ana@example.com"), ("displayName", "Ana"), ("password", Staff.Password));
        var cookie = answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith(SessionCookies.PlainName + "=", StringComparison.Ordinal));
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("samesite=lax");
        cookie.ShouldContain("path=/");
        cookie.ShouldNotContain("expires");
        ((byte[])app.Sql("SELECT KeyHash FROM sessions")!).Length.ShouldBe(32);
    }

    [Theory]
    [InlineData("2001:db8:1:2:aaaa::1", "2001:db8:1:2:bbbb::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", true)]
    public void Tries_of_a_whole_64_bit_network_count_together(string one, string other, bool same) => (SignInLimits.Place(one) == SignInLimits.Place(other)).ShouldBe(same);

    [Fact]
    public void What_ends_one_holder_closes_its_connections_and_no_others()
    {
        var live = new LiveConnections();
        var (person, one, two) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var closed = new List<string>();
        using var first = live.Add([person, one], () => closed.Add("one"));
        using var second = live.Add([person, two], () => closed.Add("two"));
        live.End(person, except: one);
        closed.ShouldBe(["two"]);
        live.End(one);
        closed.ShouldBe(["two", "one"]);
        first.Dispose();
        second.Dispose();
        live.End(person);
        closed.Count.ShouldBe(2);
    }

    private static async Task<int> CountAsync(HttpClient client) => (await Staff.ReadAsync(client, "/api/sessions")).GetProperty("items").GetArrayLength();

    private static async Task<Guid> CurrentAsync(HttpClient client) =>
        (await Staff.ReadAsync(client, "/api/sessions")).GetProperty("items").EnumerateArray().Single(s => s.GetProperty("current").GetBoolean()).GetProperty("id").GetGuid();

    /// <summary>The session cookie as the browser sends it, by way of a header that the test sees: taken from the handler's jar.</summary>
    internal static string Cookie(AppFixture app, HttpClient browser)
    {
        var handler = (HttpClientHandler)typeof(HttpMessageInvoker).GetField("_handler", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.GetValue(browser)!;
        return $"{SessionCookies.PlainName}={handler.CookieContainer.GetCookies(app.Address)[SessionCookies.PlainName]!.Value}";
    }
}
