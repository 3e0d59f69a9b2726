using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Accounts;
using AiBotKit.Conversations;
using AiBotKit.Storage;
using AiBotKit.Tests.Fakes;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Api;

/// <summary>The audit trail (S-P3): what is in it, what is not, for whom, and that an act and its line are one.</summary>
public sealed class AuditApiTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_act_is_there_with_who_and_from_where_and_without_any_text()
    {
        await using var two = await TwoAccounts.StartAsync();
        (await PatchAsync(two.Person, two.Conversation, false)).ShouldBe(HttpStatusCode.OK);
        (await PatchAsync(two.Person, two.Conversation, false)).ShouldBe(HttpStatusCode.OK);
        (await PatchAsync(two.Key, two.Conversation, true)).ShouldBe(HttpStatusCode.OK);
        (await two.Key.DeleteAsync($"/api/knowledge/documents/{two.Document}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var made = await two.Person.PostAsync("/api/backups", null, Stop);
        var backup = (await made.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("name").GetString()!;
        (await two.Key.GetAsync($"/api/backups/{backup}", Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await two.Stranger.GetAsync("/api/quarantine", Stop)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var wrong = two.App.Anonymous();
        wrong.DefaultRequestHeaders.Authorization = new("Bearer", "a-guess-0123456789");
        (await wrong.GetAsync("/api/conversations?limit=1", Stop)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var browser = two.App.Anonymous();
        await Forms.PostAsync(browser, "/sign-in", "/account/sign-in", ("email", "ana@example.com"), ("password", "a wrong password"));
        await Forms.PostAsync(browser, "/sign-in", "/account/sign-in", ("email", "a password in the wrong field"), ("password", "x"));
        (await two.Anonymous.GetAsync("/api/conversations", Stop)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        var all = await AllAsync(two.Key);
        all.Select(Line).ShouldBe(
            [
                "sign_in_failed by person:- Unknown e-mail.",
                "sign_in_failed by person:P Wrong password.",
                "api_key_refused by api_key:- route=GET /api/conversations",
                $"backup_downloaded by api_key:- backup={backup}",
                $"backup_made by person:P backup={backup}",
                $"knowledge_removed by api_key:- document={two.Document} {TwoAccounts.Canary}",
                $"ai_replies_on by api_key:- conversation={two.Conversation}",
                $"ai_replies_off by person:P conversation={two.Conversation}",
                "signed_in by person:P",
                "signed_in by person:P",
                "signed_in by person:P",
                "secret_changed by system:- setting=WhatsApp:VerifyToken set",
                "secret_changed by system:- setting=WhatsApp:CallbackSecret set",
                "secret_changed by system:- setting=Api:Key set",
            ],
            ignoreOrder: true);
        all.Where(e => e.GetProperty("by").GetString() != "system").ShouldAllBe(e => e.GetProperty("address").GetString() == "127.0.0.1");
        all.Where(e => Line(e).Contains(":P", StringComparison.Ordinal)).ShouldAllBe(e => e.GetProperty("byId").ValueKind == JsonValueKind.String);
        var text = string.Join('\n', all.Select(e => e.GetRawText()));
        foreach (var secret in new[] { "a wrong password", "wrong field", "a-guess", AppFixture.ApiKey, "callback-secret", "verify-token" })
        {
            text.ShouldNotContain(secret);
        }

        (await AllAsync(two.Stranger)).Select(Line).ShouldBe(["access_denied by person:P route=GET /api/quarantine", "signed_in by person:P"]);
    }

    [Fact]
    public async Task An_act_that_cannot_be_recorded_does_not_happen_and_no_line_can_be_changed()
    {
        await using var two = await TwoAccounts.StartAsync();
        Should.Throw<SqliteException>(() => two.App.Sql("UPDATE audit SET Act = 'x'")).Message.ShouldContain("only ever added to");
        two.App.Sql("CREATE TRIGGER refuse BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'refused'); END");
        ((int)await PatchAsync(two.Key, two.Conversation, false)).ShouldBeGreaterThanOrEqualTo(500);
        ((int)(await two.Key.DeleteAsync($"/api/knowledge/documents/{two.Document}", Stop)).StatusCode).ShouldBeGreaterThanOrEqualTo(500);
        await using var db = two.App.Get<ReadDb>().Open();
        db.Set<Conversation>().Single(c => c.Id == two.Conversation).AiReplies.ShouldBeTrue();
        db.Set<AiBotKit.Knowledge.Document>().Count(d => d.Id == two.Document).ShouldBe(1);
    }

    [Fact]
    public async Task Refusals_from_one_address_cannot_fill_the_disk()
    {
        await using var app = new AppFixture();
        using var wrong = app.Anonymous();
        wrong.DefaultRequestHeaders.Authorization = new("Bearer", "a-guess-0123456789");
        for (var i = 0; i < 40; i++)
        {
            (await wrong.GetAsync("/api/conversations", Stop)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        using var api = app.Api();
        var refused = (await AllAsync(api)).Where(e => e.GetProperty("act").GetString() == "api_key_refused").ToList();
        // At most twice as many, when an hour of the clock began in between.
        refused.Count.ShouldBeInRange(RefusalLimits.PerAddress, 2 * RefusalLimits.PerAddress);
        refused.Count(e => e.GetProperty("detail").GetString() == "More of this hour are not listed.").ShouldBeInRange(1, 2);
    }

    [Fact]
    public async Task A_changed_secret_and_a_reseed_are_noted_once()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Chatbots:0:Name"] = "Shop",
            ["WhatsApp:CallbackSecret"] = "first-secret",
            ["WhatsApp:Connections:0:PhoneNumberId"] = "111",
            ["WhatsApp:Connections:0:WabaId"] = "222",
            ["WhatsApp:Connections:0:DisplayPhoneNumber"] = "+15550100200",
            ["WhatsApp:Connections:0:BaseUrl"] = "http://127.0.0.1:9",
            ["WhatsApp:Connections:0:ApiKey"] = "provider-key-one",
        };
        await using var app = new AppFixture(settings);
        await app.RestartAsync();
        await app.RestartAsync(new Dictionary<string, string?>
        {
            ["WhatsApp:CallbackSecret"] = "second-secret",
            ["WhatsApp:Connections:0:ApiKey"] = "provider-key-two",
            ["WhatsApp:Connections:0:Enabled"] = "false",
            ["WhatsApp:Connections:0:Reseed"] = "true",
        });
        await app.RestartAsync(new Dictionary<string, string?> { ["WhatsApp:CallbackSecret"] = null, ["Chatbots:0:Reseed"] = "true" });
        using var api = app.Api();
        (await AllAsync(api)).Select(e => $"{Text(e, "act")} {Text(e, "about")} {Text(e, "detail")}").Reverse().ShouldBe(
            [
                "secret_changed setting set", "seeded chatbot Shop", "secret_changed setting set", "seeded connection +15550100200",
                "secret_changed setting changed", "reseeded connection +15550100200", "provider_key_changed connection +15550100200", "connection_disabled connection +15550100200",
                "secret_changed setting removed", "reseeded chatbot Shop",
            ],
            ignoreOrder: true);
    }

    private static async Task<HttpStatusCode> PatchAsync(HttpClient client, Guid conversation, bool on)
    {
        using var answer = await client.PatchAsJsonAsync($"/api/conversations/{conversation}", new { aiReplies = on }, Stop);
        return answer.StatusCode;
    }

    /// <summary>All lines, read in pages of three.</summary>
    private static async Task<List<JsonElement>> AllAsync(HttpClient client)
    {
        var (all, cursor) = (new List<JsonElement>(), "");
        do
        {
            var page = await client.GetFromJsonAsync<JsonElement>($"/api/audit?limit=3{cursor}", Stop);
            all.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("next").GetString() is { } next ? $"&cursor={next}" : null;
        }
        while (cursor is not null);
        all.Select(e => e.GetProperty("id").GetGuid()).Distinct().Count().ShouldBe(all.Count);
        all.Select(e => e.GetProperty("at").GetDateTimeOffset()).ShouldBeInOrder(SortDirection.Descending);
        return all;
    }

    private static string Line(JsonElement e) =>
        $"{Text(e, "act")} by {Text(e, "by")}:{Text(e, "byName") ?? "-"} {(Text(e, "about") is { } about ? $"{about}={Text(e, "aboutId")} " : "")}{Text(e, "detail")}".TrimEnd();

    private static string? Text(JsonElement e, string name) => e.GetProperty(name).GetString();
}
