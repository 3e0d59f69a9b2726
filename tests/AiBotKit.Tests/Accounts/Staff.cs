using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using AiBotKit.Accounts;
using AiBotKit.Durability.Mails;
using AiBotKit.Tests.Fakes;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Accounts;

/// <summary>People at the pages and the API of a running product, each with a browser of their own.</summary>
internal static partial class Staff
{
    public const string Password = "seven green kettles sing";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The first owner, who is the operator.</summary>
    public static async Task<HttpClient> OwnerAsync(AppFixture app)
    {
        var token = await app.Get<SetupLink>().IssueAsync();
        var browser = Browser(app);
        (await Forms.PostAsync(browser, $"/setup?token={token}", "/account/setup", ("token", token), ("email", "ana@example.com"), ("displayName", "Ana"), ("password", Password))).ShouldBe("/");
        return browser;
    }

    /// <summary>Somebody who came by the mail of an invitation.</summary>
    public static async Task<HttpClient> InvitedAsync(AppFixture app, HttpClient owner, string email, string role)
    {
        using var made = await owner.PostAsJsonAsync("/api/invitations", new { email, role }, Stop);
        made.StatusCode.ShouldBe(System.Net.HttpStatusCode.Created);
        var token = await TokenAsync(app, email);
        var browser = Browser(app);
        (await Forms.PostAsync(browser, $"/invitation?token={token}", "/account/accept-invitation", ("token", token), ("displayName", email.Split('@')[0]), ("password", Password))).ShouldBe("/");
        return browser;
    }

    /// <summary>A browser whose script says where it comes from, as all do.</summary>
    public static HttpClient Browser(AppFixture app)
    {
        var browser = app.Anonymous();
        browser.DefaultRequestHeaders.Add("Origin", app.Address.GetLeftPart(UriPartial.Authority));
        return browser;
    }

    public static Task<string> SignInAsync(HttpClient browser, string email, string password = Password) => Forms.PostAsync(browser, "/sign-in", "/account/sign-in", ("email", email), ("password", password));

    /// <summary>The token of the link in the latest mail to somebody.</summary>
    public static async Task<string> TokenAsync(AppFixture app, string to) => Token().Match(await TextAsync(app, to)).Groups[1].Value;

    /// <summary>The latest mail to somebody.</summary>
    public static async Task<string> TextAsync(AppFixture app, string to)
    {
        var mails = app.Get<MailOutbox>();
        return mails.TextOf((await mails.LatestAsync(100, Stop)).First(m => m.To == to)).ShouldNotBeNull();
    }

    public static async Task<int> MailsAsync(AppFixture app, string to) => (await app.Get<MailOutbox>().LatestAsync(100, Stop)).Count(m => m.To == to);

    public static async Task<int> StatusAsync(HttpClient client, string path = "/api/conversations")
    {
        using var answer = await client.GetAsync(path, Stop);
        return (int)answer.StatusCode;
    }

    public static Task<JsonElement> ReadAsync(HttpClient client, string path) => client.GetFromJsonAsync<JsonElement>(path, Stop);

    /// <summary>The id of a person of the asker's account.</summary>
    public static async Task<Guid> IdAsync(HttpClient owner, string email) =>
        (await ReadAsync(owner, "/api/people")).GetProperty("items").EnumerateArray().First(p => p.GetProperty("email").GetString() == email).GetProperty("id").GetGuid();

    public static async Task<string> CodeAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("code").GetString()!;

    [GeneratedRegex("token=([0-9a-f]{64})")]
    private static partial Regex Token();
}
