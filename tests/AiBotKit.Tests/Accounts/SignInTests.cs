using System.Buffers.Binary;
using System.Net;
using AiBotKit.Accounts;
using AiBotKit.Tests.Fakes;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Accounts;

public sealed class SignInTests
{
    private const string Password = "seven green kettles sing";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_link_makes_the_owner_once_and_the_owner_signs_in_and_out()
    {
        await using var app = new AppFixture();
        var token = await app.Get<SetupLink>().IssueAsync();
        using var browser = app.Anonymous();

        (await Forms.PostAsync(browser, $"/setup?token={token}", "/account/setup", ("token", token), ("email", "ana@example.com"), ("displayName", "Ana"), ("password", Password))).ShouldBe("/");
        (await browser.GetAsync("/api/conversations", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);

        using var second = app.Anonymous();
        (await Forms.PostAsync(second, $"/setup?token={token}", "/account/setup", ("token", token), ("email", "eve@example.com"), ("displayName", "Eve"), ("password", Password))).ShouldEndWith("error=token");
        (await Forms.PostAsync(second, "/sign-in", "/account/sign-in", ("email", "ana@example.com"), ("password", "not the password at all"))).ShouldEndWith("error=credentials");
        (await second.GetAsync("/api/conversations", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await Forms.PostAsync(second, "/sign-in", "/account/sign-in", ("email", "Ana@Example.com"), ("password", Password), ("returnUrl", "//evil.example"))).ShouldBe("/");
        (await second.GetAsync("/api/conversations", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Forms.PostAsync(second, "/sign-in", "/account/sign-out")).ShouldStartWith("/sign-in");
        (await second.GetAsync("/api/conversations", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task With_the_simulator_one_click_looks_around_and_a_password_comes_later_by_mail()
    {
        await using var app = new AppFixture(new Dictionary<string, string?> { ["Simulator:Enabled"] = "true" });
        var token = await app.Get<SetupLink>().IssueAsync();
        using var browser = app.Anonymous();
        (await browser.GetStringAsync($"/setup?token={token}", TestContext.Current.CancellationToken)).ShouldContain("Just look around");
        (await Forms.PostAsync(browser, $"/setup?token={token}", "/account/setup", ("token", token), ("demo", "true"))).ShouldBe("/");
        (await browser.GetAsync("/api/conversations", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var second = app.Anonymous();
        (await Forms.PostAsync(second, $"/setup?token={token}", "/account/setup", ("token", token), ("demo", "true"))).ShouldEndWith("error=token");

        await Forms.PostAsync(second, "/forgot-password", "/account/forgot-password", ("email", SetUpOwner.DemoEmail));
        var reset = await Staff.TokenAsync(app, SetUpOwner.DemoEmail);
        (await Forms.PostAsync(second, "/reset-password?token=" + reset, "/account/reset-password", ("token", reset), ("password", Password))).ShouldStartWith("/sign-in");
        (await Forms.PostAsync(second, "/sign-in", "/account/sign-in", ("email", SetUpOwner.DemoEmail), ("password", Password))).ShouldBe("/");
    }

    [Fact]
    public async Task Without_the_simulator_nobody_is_offered_to_look_around()
    {
        await using var app = new AppFixture();
        using var browser = app.Anonymous();
        (await browser.GetStringAsync($"/setup?token={await app.Get<SetupLink>().IssueAsync()}", TestContext.Current.CancellationToken)).ShouldNotContain("look around");
    }

    [Theory]
    [InlineData("short", "password_short")]
    [InlineData("password1234", "password_common")]
    [InlineData("Unbelievable", "password_common")]
    [InlineData("58203917465029318476", null)]
    [InlineData("?!-?!-?!-?!-?!", null)]
    [InlineData("aaaaaaaaaaaaaaaa", null)]
    [InlineData("elevenchars", "password_short")]
    [InlineData("twelve chars", null)]
    [InlineData("привет мир и", null)]
    [InlineData("🦊🐻🐼🐨🐯🦁", "password_short")]
    [InlineData("🦊🐻🐼🐨🐯🦁🦊🐻🐼🐨🐯🦁", null)]
    [InlineData(Password, null)]
    public void Passwords_are_long_and_not_common(string password, string? problem)
    {
        PasswordRules.Problem(password).ShouldBe(problem);
        PasswordRules.CommonCount.ShouldBeGreaterThanOrEqualTo(10_000);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("🦊")]
    public async Task A_password_of_128_characters_counts_to_its_last_and_129_are_refused(string character)
    {
        await using var app = new AppFixture();
        var token = await app.Get<SetupLink>().IssueAsync();
        var longest = string.Concat(Enumerable.Repeat(character, 127)) + "y";
        using var browser = app.Anonymous();
        (await SetUpAsync(longest + "y")).ShouldEndWith("error=password_long");
        (await SetUpAsync(longest)).ShouldBe("/");
        (await SignInAsync(longest[..^1] + "z")).ShouldEndWith("error=credentials");
        (await SignInAsync(longest[..^1])).ShouldEndWith("error=credentials");
        (await SignInAsync(longest + "y")).ShouldEndWith("error=credentials");
        (await SignInAsync(longest)).ShouldBe("/");

        // A field that cuts what is pasted would make another password of it.
        foreach (var page in new[] { "/sign-in", $"/setup?token={token}", "/reset-password?token=" + token })
        {
            (await browser.GetStringAsync(page, Stop)).ShouldNotContain("maxlength=\"128\"", Case.Sensitive, page);
        }

        Task<string> SetUpAsync(string password) =>
            Forms.PostAsync(browser, $"/setup?token={token}", "/account/setup", ("token", token), ("email", "ana@example.com"), ("displayName", "Ana"), ("password", password));

        async Task<string> SignInAsync(string password)
        {
            using var other = Staff.Browser(app);
            return await Staff.SignInAsync(other, "ana@example.com", password);
        }
    }

    [Theory]
    [InlineData(true, "shop.example.com", "203.0.113.9", false, true)]
    [InlineData(false, "shop.example.com", "203.0.113.9", false, false)]
    [InlineData(false, "192.168.1.20", "192.168.1.7", false, false)]
    [InlineData(false, "192.168.1.20", "192.168.1.7", true, true)]
    [InlineData(false, "localhost", "172.17.0.1", false, false)]
    [InlineData(false, "localhost.example.com", "127.0.0.1", false, false)]
    [InlineData(false, "[::1]", null, false, false)]
    [InlineData(false, "[::1]", "::1", false, true)]
    [InlineData(false, "127.4.5.6", "::ffff:127.0.0.1", false, true)]
    [InlineData(false, "LOCALHOST", "127.0.0.1", false, true)]
    [InlineData(false, "shop.example.com", "127.0.0.1", false, false)]
    public void Nobody_signs_in_over_an_open_network_unless_it_is_meant(bool https, string host, string? from, bool allowInsecure, bool may) =>
        PlainHttpRules.MaySignIn(https, host, from is null ? null : IPAddress.Parse(from), isForwarded: false, allowInsecure).ShouldBe(may);

    [Theory]
    [InlineData(null, null, null, "credentials")]
    [InlineData("shop.example.com", null, null, "insecure")]
    [InlineData("localhost", null, null, "credentials")]
    [InlineData("localhost", "X-Forwarded-For", "203.0.113.9", "insecure")]
    [InlineData("localhost", "X-Forwarded-Proto", "https", "insecure")]
    [InlineData("localhost", "X-Forwarded-Host", "shop.example.com", "insecure")]
    [InlineData("localhost", "Forwarded", "for=203.0.113.9;proto=https", "insecure")]
    public async Task A_proxy_on_this_machine_that_is_not_listed_lets_nobody_sign_in_over_plain_http(string? host, string? header, string? value, string code)
    {
        await using var app = new AppFixture();
        using var browser = app.Anonymous();
        browser.DefaultRequestHeaders.Host = host is null ? null : $"{host}:{app.Address.Port}";
        if (header is not null)
        {
            browser.DefaultRequestHeaders.Add(header, value);
        }

        using var request = Forms.Filled("/account/sign-in", await browser.GetStringAsync("/sign-in", Stop), ("email", "ana@example.com"), ("password", "not the password at all"));
        request.Headers.Add("Origin", "http://" + (browser.DefaultRequestHeaders.Host ?? app.Address.Authority));
        using var answer = await browser.SendAsync(request, Stop);
        answer.Headers.Location.ShouldNotBeNull().ToString().ShouldEndWith("error=" + code);
        if (code == "insecure")
        {
            (await browser.GetStringAsync("/sign-in?error=insecure", Stop)).ShouldContain("Http:KnownProxies");
        }
    }

    [Theory]
    [InlineData("UPDATE people SET SecurityStamp = 'another', Version = Version + 1")]
    [InlineData("UPDATE people SET DeactivatedAt = 1, Version = Version + 1")]
    public async Task What_ended_a_persons_sessions_while_the_password_was_checked_lets_no_new_one_begin(string meanwhile)
    {
        var checks = new CountedHasher();
        await using var app = new AppFixture(services: services => services.AddSingleton<IPasswordHasher<Person>>(provider => checks.Over(provider.GetRequiredService<IOptions<PasswordHasherOptions>>())));
        using var ana = await Staff.OwnerAsync(app);
        using var thief = Staff.Browser(app);
        checks.Meanwhile = () => app.Sql(meanwhile);
        (await Staff.SignInAsync(thief, "ana@example.com")).ShouldEndWith("error=credentials");
        (await Staff.StatusAsync(thief)).ShouldBe(401);
        app.Sql("SELECT COUNT(*) FROM sessions").ShouldBe(1L);
    }

    [Fact]
    public async Task An_unknown_e_mail_costs_the_same_work_as_a_wrong_password()
    {
        var checks = new CountedHasher();
        await using var app = new AppFixture(services: services => services.AddSingleton<IPasswordHasher<Person>>(provider => checks.Over(provider.GetRequiredService<IOptions<PasswordHasherOptions>>())));
        var token = await app.Get<SetupLink>().IssueAsync();
        using var browser = app.Anonymous();
        await Forms.PostAsync(browser, $"/setup?token={token}", "/account/setup", ("token", token), ("email", "ana@example.com"), ("displayName", "Ana"), ("password", Password));
        foreach (var email in new[] { "ana@example.com", "nobody@example.com" })
        {
            (await Forms.PostAsync(browser, "/sign-in", "/account/sign-in", ("email", email), ("password", "not the password at all"))).ShouldEndWith("error=credentials");
        }

        checks.Rounds.ShouldBe([210_000, 210_000]);
    }

    [Fact]
    public async Task The_eleventh_try_at_one_person_is_refused()
    {
        await using var app = new AppFixture();
        using var browser = app.Anonymous();
        for (var i = 0; i < 10; i++)
        {
            (await Forms.PostAsync(browser, "/sign-in", "/account/sign-in", ("email", "ana@example.com"), ("password", "wrong"))).ShouldEndWith("error=credentials");
        }

        await RefusedAsync(browser, "/sign-in", "/account/sign-in", ("email", "ana@example.com"), ("password", "wrong"));
        (await Forms.PostAsync(browser, "/sign-in", "/account/sign-in", ("email", "ben@example.com"), ("password", "wrong"))).ShouldEndWith("error=credentials");
    }

    public static TheoryData<string, string, string> Entries => new()
    {
        { "/sign-in", "/account/sign-in", "email" },
        { "/forgot-password", "/account/forgot-password", "email" },
        { "/reset-password?token=x", "/account/reset-password", "token" },
        { "/setup?token=x", "/account/setup", "email" },
        { "/sign-up", "/account/sign-up", "email" },
        { "/invitation?token=x", "/account/accept-invitation", "token" },
    };

    [Theory]
    [MemberData(nameof(Entries))]
    public async Task The_fifty_first_try_from_one_address_is_refused_whoever_it_is_about(string page, string action, string whose)
    {
        var settings = new Dictionary<string, string?> { ["Http:KnownProxies"] = "127.0.0.1", ["Accounts:SignUp"] = "Open" };
        await using var app = new AppFixture(settings);
        using var one = From(app, "203.0.113.9");
        var html = await one.GetStringAsync("/sign-in", Stop);
        for (var i = 0; i < 50; i++)
        {
            using var request = Forms.Filled(action, html, (whose, $"somebody-{i}@example.com"), ("password", ""));
            request.Headers.Add("Origin", "https://" + app.Address.Authority);
            using var answer = await one.SendAsync(request, Stop);
            answer.StatusCode.ShouldBe(HttpStatusCode.Redirect, $"{i}");
            answer.Headers.Location!.ToString().ShouldNotContain("error=rate");
        }

        using (var request = Forms.Filled(action, html, (whose, "another@example.com"), ("password", "")))
        {
            request.Headers.Add("Origin", "https://" + app.Address.Authority);
            using var answer = await one.SendAsync(request, Stop);
            answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
            answer.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15));
            answer.Headers.GetValues("Refresh").Single().ShouldStartWith("0; url=" + page.Split('?')[0] + "?");
            answer.Headers.GetValues("Refresh").Single().ShouldEndWith("error=rate");
        }

        using var other = From(app, "203.0.113.10");
        using var again = Forms.Filled(action, await other.GetStringAsync("/sign-in", Stop), (whose, "another@example.com"), ("password", ""));
        again.Headers.Add("Origin", "https://" + app.Address.Authority);
        using var free = await other.SendAsync(again, Stop);
        free.StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    /// <summary>Somebody whose address and encryption a listed proxy tells.</summary>
    private static HttpClient From(AppFixture app, string address)
    {
        var browser = app.Anonymous();
        browser.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        browser.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        return browser;
    }

    private static async Task RefusedAsync(HttpClient browser, string page, string action, params (string Name, string Value)[] fields)
    {
        using var answer = await Forms.SendAsync(browser, page, action, fields);
        answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        answer.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15));
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
    }

    [Fact]
    public async Task A_form_from_another_site_or_without_its_token_is_refused()
    {
        await using var app = new AppFixture();
        using var browser = app.Anonymous();
        await Forms.PostAsync(browser, "/sign-in", "/account/sign-in", ("email", "a@example.com"), ("password", "wrong"));
        using var foreign = new HttpRequestMessage(HttpMethod.Post, "/account/sign-out") { Content = new FormUrlEncodedContent([]) };
        foreign.Headers.Add("Origin", "https://evil.example");
        (await browser.SendAsync(foreign, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var bare = new HttpRequestMessage(HttpMethod.Post, "/account/sign-out") { Content = new FormUrlEncodedContent([]) };
        bare.Headers.Add("Origin", app.Address.GetLeftPart(UriPartial.Authority));
        (await browser.SendAsync(bare, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_bearer_key_is_the_operator_and_a_wrong_one_is_nobody()
    {
        await using var app = new AppFixture();
        using var api = app.Api();
        (await api.GetAsync("/api/conversations", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var wrong = app.Anonymous();
        wrong.DefaultRequestHeaders.Authorization = new("Bearer", AppFixture.ApiKey + "x");
        (await wrong.GetAsync("/api/conversations", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var nobody = app.Anonymous();
        (await nobody.GetAsync("/api/conversations", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var page = await nobody.GetAsync("/", TestContext.Current.CancellationToken);
        page.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        page.Headers.Location!.ToString().ShouldContain("/sign-in");
    }

    /// <summary>The product's hasher, and how many rounds each check took: the hash itself says so in its bytes 5 to 8.</summary>
    private sealed class CountedHasher : IPasswordHasher<Person>
    {
        private PasswordHasher<Person> _inner = new();

        public List<int> Rounds { get; } = [];

        /// <summary>Happens once, between the check of a password and what follows from it.</summary>
        public Action? Meanwhile { get; set; }

        public CountedHasher Over(IOptions<PasswordHasherOptions> options)
        {
            _inner = new PasswordHasher<Person>(options);
            return this;
        }

        public string HashPassword(Person user, string password) => _inner.HashPassword(user, password);

        public PasswordVerificationResult VerifyHashedPassword(Person user, string hashedPassword, string providedPassword)
        {
            Rounds.Add(BinaryPrimitives.ReadInt32BigEndian(Convert.FromBase64String(hashedPassword).AsSpan(5)));
            var result = _inner.VerifyHashedPassword(user, hashedPassword, providedPassword);
            var meanwhile = Meanwhile;
            Meanwhile = null;
            meanwhile?.Invoke();
            return result;
        }
    }
}
