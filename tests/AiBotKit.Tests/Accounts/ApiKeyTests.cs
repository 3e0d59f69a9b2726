using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Accounts;

/// <summary>One function authenticates (S-A9): every way in against every state of what is shown.</summary>
public sealed class ApiKeyTests
{
    private static readonly DateTimeOffset Start = TimeProvider.System.GetUtcNow();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Carrier, state, and what reading the account answers: a status, or whose account it is.</summary>
    public static TheoryData<string, string, string> Matrix => new()
    {
        { "cookie", "valid", "first" },
        { "cookie", "missing", "401" },
        { "cookie", "wrong", "401" },
        { "cookie", "expired", "401" },
        { "cookie", "revoked", "401" },
        { "cookie", "other tenant", "second" },
        { "cookie", "other header name", "401" },
        { "key", "valid", "first" },
        { "key", "missing", "401" },
        { "key", "wrong", "401" },
        { "key", "expired", "401" },
        { "key", "revoked", "401" },
        { "key", "other tenant", "second" },
        { "key", "other header name", "401" },
    };

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Each_way_in_has_one_answer_in_each_state(string carrier, string state, string expected)
    {
        var time = new FakeTimeProvider(Start);
        await using var app = new AppFixture(new Dictionary<string, string?> { ["Accounts:SignUp"] = "Open" }, services => services.AddSingleton<TimeProvider>(time));
        using var first = await Staff.OwnerAsync(app);
        using var second = Staff.Browser(app);
        (await Forms.PostAsync(second, "/sign-up", "/account/sign-up", ("business", "Second"), ("email", "sam@example.com"), ("displayName", "Sam"), ("password", Staff.Password))).ShouldBe("/");
        var who = state == "other tenant" ? second : first;
        var (id, secret) = await MakeAsync(who, Start.AddDays(1));
        var cookie = SessionTests.Cookie(app, who);
        switch (state)
        {
            case "expired":
                time.Advance(TimeSpan.FromDays(2));
                break;
            case "revoked" when carrier == "key":
                (await first.DeleteAsync($"/api/api-keys/{id}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
                break;
            case "revoked":
                await Forms.PostAsync(first, "/sign-in", "/account/sign-out");
                break;
        }

        var shown = state == "wrong" ? (carrier == "key" ? secret[..^1] + (secret[^1] == 'a' ? 'b' : 'a') : cookie[..^5] + "AAAAA") : carrier == "key" ? secret : cookie;
        using var bare = new HttpClient(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = app.Address };
        using var answer = await AskAsync("/api/account");
        var got = answer.StatusCode != HttpStatusCode.OK ? ((int)answer.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture)
            : (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("name").GetString() == "Second" ? "second" : "first";
        got.ShouldBe(expected);

        // What stays open asks the same.
        using var stream = await AskAsync("/api/events");
        stream.StatusCode.ShouldBe(answer.StatusCode);

        async Task<HttpResponseMessage> AskAsync(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (state != "missing")
            {
                var (name, value) = (carrier, state) switch
                {
                    ("key", "other header name") => ("X-Api-Key", shown),
                    ("key", _) => ("Authorization", "Bearer " + shown),
                    (_, "other header name") => ("X-Session", shown),
                    _ => ("Cookie", shown),
                };
                request.Headers.TryAddWithoutValidation(name, value);
            }

            return await bare.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        }
    }

    [Fact]
    public async Task A_key_is_shown_once_and_stored_as_a_hash()
    {
        await using var app = new AppFixture();
        using var ana = await Staff.OwnerAsync(app);
        var (_, secret) = await MakeAsync(ana, null);
        secret.ShouldStartWith("abk_");
        secret.Length.ShouldBe(47);
        var list = (await Staff.ReadAsync(ana, "/api/api-keys")).GetRawText();
        list.ShouldContain(secret[^4..]);
        list.ShouldNotContain(secret[4..^4]);
        (await Staff.ReadAsync(ana, "/api/audit")).GetRawText().ShouldNotContain(secret[4..^4]);
        await app.StopAsync();
        foreach (var file in Directory.EnumerateFiles(app.Folder, "aibotkit.db*"))
        {
            (await File.ReadAllBytesAsync(file, Stop)).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(secret[4..])).ShouldBe(-1, file);
        }
    }

    [Fact]
    public async Task An_agents_key_may_what_an_agent_may_and_acts_by_its_name()
    {
        await using var app = new AppFixture();
        using var ana = await Staff.OwnerAsync(app);
        using var made = await ana.PostAsJsonAsync("/api/api-keys", new { name = "Night shift", role = "agent", accountId = Guid.NewGuid(), key = "abk_mine" }, Stop);
        using var agent = Staff.Browser(app);
        agent.DefaultRequestHeaders.Authorization = new("Bearer", (await made.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("key").GetString());
        (await Staff.ReadAsync(agent, "/api/account")).GetProperty("role").GetString().ShouldBe("agent");
        (await Staff.StatusAsync(agent, "/api/people")).ShouldBe(403);
        (await Staff.StatusAsync(agent, "/api/mails")).ShouldBe(403);
        (await Staff.ReadAsync(agent, "/api/sessions")).GetProperty("items").GetArrayLength().ShouldBe(0);
        var denied = (await Staff.ReadAsync(ana, "/api/audit")).GetProperty("items").EnumerateArray().First(line => line.GetProperty("act").GetString() == "access_denied");
        denied.GetProperty("byName").GetString().ShouldBe("Night shift");
    }

    [Fact]
    public async Task A_key_that_a_key_made_ends_with_the_person_of_that_key()
    {
        await using var app = new AppFixture();
        using var ana = await Staff.OwnerAsync(app);
        using var ben = await Staff.InvitedAsync(app, ana, "ben@example.com", "owner");
        var id = await Staff.IdAsync(ana, "ben@example.com");
        using var first = await KeyAsync(app, ben);
        using var second = await KeyAsync(app, first);
        using var third = await KeyAsync(app, second);
        (await Staff.StatusAsync(third, "/api/people")).ShouldBe(200);
        (await Staff.ReadAsync(ana, "/api/api-keys")).GetProperty("items").EnumerateArray().Select(key => key.GetProperty("createdById").GetGuid()).ShouldAllBe(by => by == id);
        (await ana.DeleteAsync($"/api/people/{id}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        foreach (var key in new[] { first, second, third })
        {
            (await Staff.StatusAsync(key)).ShouldBe(401);
        }
    }

    [Fact]
    public async Task The_key_from_the_configuration_stays_the_operators()
    {
        await using var app = new AppFixture();
        using var api = app.Api();
        (await Staff.ReadAsync(api, "/api/account")).GetProperty("role").GetString().ShouldBe("operator");
        (await Staff.StatusAsync(api, "/api/mails")).ShouldBe(200);
        (await Staff.StatusAsync(api, "/api/people")).ShouldBe(200);
    }

    /// <summary>A program with a new key that <paramref name="maker"/> made.</summary>
    private static async Task<HttpClient> KeyAsync(AppFixture app, HttpClient maker)
    {
        var client = Staff.Browser(app);
        client.DefaultRequestHeaders.Authorization = new("Bearer", (await MakeAsync(maker, null)).Secret);
        return client;
    }

    private static async Task<(Guid Id, string Secret)> MakeAsync(HttpClient owner, DateTimeOffset? expiresAt)
    {
        using var made = await owner.PostAsJsonAsync("/api/api-keys", new { name = "till", role = "owner", expiresAt }, Stop);
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        var key = await made.Content.ReadFromJsonAsync<JsonElement>(Stop);
        return (key.GetProperty("id").GetGuid(), key.GetProperty("key").GetString()!);
    }
}
