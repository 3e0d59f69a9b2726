using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Chatbots;
using AiBotKit.Knowledge;
using AiBotKit.Storage;
using AiBotKit.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Chatbots;

/// <summary>Chatbots over REST: made, changed, tried and deleted.</summary>
public sealed class ChatbotApiTests : IAsyncDisposable
{
    private readonly AppFixture _app = new(new Dictionary<string, string?> { ["WhatsApp:CallbackSecret"] = "callback-secret" });

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_chatbot_is_made_with_defaults_changed_value_by_value_and_listed()
    {
        using var api = _app.Api();
        using var made = await api.PostAsJsonAsync("/api/chatbots", new { name = "  Shop  ", accountId = Guid.NewGuid(), id = Guid.NewGuid() }, Stop);
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        var bot = await JsonAsync(made);
        var id = bot.GetProperty("id").GetGuid();
        made.Headers.Location!.ToString().ShouldBe($"/api/chatbots/{id}");
        bot.GetProperty("name").GetString().ShouldBe("Shop");
        bot.GetProperty("tone").GetString().ShouldBe("friendly");
        bot.GetProperty("language").GetString().ShouldBe("auto");
        bot.GetProperty("fallbackMessage").GetString().ShouldBe(Chatbot.DefaultFallbackMessage);
        bot.GetProperty("answerScope").GetString().ShouldBe("knowledge_only");

        using var changed = await api.PatchAsJsonAsync($"/api/chatbots/{id}", new { tone = "professional", language = "pt", timeZone = "Europe/Lisbon" }, Stop);
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var again = await api.PatchAsJsonAsync($"/api/chatbots/{id}", new { instructions = "Be brief.", language = "auto" }, Stop);
        var now = await JsonAsync(again);
        now.GetProperty("tone").GetString().ShouldBe("professional");
        now.GetProperty("language").GetString().ShouldBe("auto");
        now.GetProperty("timeZone").GetString().ShouldBe("Europe/Lisbon");
        now.GetProperty("instructions").GetString().ShouldBe("Be brief.");
        now.GetProperty("name").GetString().ShouldBe("Shop");

        var listed = (await api.GetFromJsonAsync<JsonElement>("/api/chatbots", Stop)).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        listed.ToString().ShouldBe((await api.GetFromJsonAsync<JsonElement>($"/api/chatbots/{id}", Stop)).ToString());
        Acts().ShouldBe(["chatbot_created", "chatbot_changed", "chatbot_changed"]);
    }

    [Theory]
    [InlineData("""{"name":""}""", "invalid_chatbot", "name")]
    [InlineData("""{}""", "invalid_chatbot", "name")]
    [InlineData("""{"name":"x","language":"xx"}""", "invalid_chatbot", "language")]
    [InlineData("""{"name":"x","timeZone":"Mars/Olympus"}""", "invalid_chatbot", "timeZone")]
    [InlineData("""{"name":"x","fallbackMessage":"  "}""", "invalid_chatbot", "fallbackMessage")]
    [InlineData("""{"name":"x","tone":"rude"}""", "bad_request", "")]
    [InlineData("""{"name":"x","tone":1}""", "bad_request", "")]
    public async Task What_cannot_stand_is_refused_with_a_code_and_nothing_is_made(string body, string code, string field)
    {
        using var api = _app.Api();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await api.PostAsync("/api/chatbots", content, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await JsonAsync(answer);
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("title").GetString()!.ShouldStartWith(field);
        (await api.GetFromJsonAsync<JsonElement>("/api/chatbots", Stop)).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_plan_with_room_for_one_refuses_the_second_even_when_ten_ask_at_once()
    {
        await using var app = new AppFixture(new Dictionary<string, string?> { ["Plans:Default"] = "Free" });
        using var api = app.Api();
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => api.PostAsJsonAsync("/api/chatbots", new { name = $"Bot {n}" }, Stop)));
        answers.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        var refused = answers.Where(a => a.StatusCode == HttpStatusCode.PaymentRequired).ToList();
        refused.Count.ShouldBe(9);
        var problem = await JsonAsync(refused[0]);
        problem.GetProperty("code").GetString().ShouldBe("PLAN_LIMIT_REACHED");
        problem.GetProperty("requiredPlan").GetString().ShouldBe("Basic");

        // A deleted one makes room.
        var only = await JsonAsync(answers.Single(a => a.StatusCode == HttpStatusCode.Created));
        (await api.DeleteAsync($"/api/chatbots/{only.GetProperty("id").GetGuid()}", Stop)).EnsureSuccessStatusCode();
        (await api.PostAsJsonAsync("/api/chatbots", new { name = "Another" }, Stop)).StatusCode.ShouldBe(HttpStatusCode.Created);
        foreach (var answer in answers)
        {
            answer.Dispose();
        }
    }

    [Fact]
    public async Task A_plan_has_room_for_so_many_characters_and_what_does_not_fit_changes_nothing()
    {
        await using var app = new AppFixture(new Dictionary<string, string?> { ["Plans:Unlimited:StorageCharacters"] = "100" });
        using var api = app.Api();
        var bot = await MakeAsync(api, "Shop");
        (await AddAsync("A", new string('x', 60))).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var refused = await AddAsync("B", new string('y', 41));
        refused.StatusCode.ShouldBe(HttpStatusCode.PaymentRequired);
        (await JsonAsync(refused)).GetProperty("code").GetString().ShouldBe("PLAN_LIMIT_REACHED");
        (await api.GetFromJsonAsync<JsonElement>("/api/knowledge/documents", Stop)).GetProperty("items").GetArrayLength().ShouldBe(1);

        // What it replaces does not count.
        (await AddAsync("A", new string('z', 100))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await AddAsync("B", "y")).StatusCode.ShouldBe(HttpStatusCode.PaymentRequired);

        Task<HttpResponseMessage> AddAsync(string title, string text) => api.PostAsJsonAsync("/api/knowledge/texts", new { title, text, chatbot = bot }, Stop);
    }

    [Fact]
    public async Task Twenty_texts_at_once_do_not_pass_the_room_that_the_plan_has()
    {
        await using var app = new AppFixture(new Dictionary<string, string?> { ["Plans:Unlimited:StorageCharacters"] = "100000" });
        using var api = app.Api();
        var bot = await MakeAsync(api, "Shop");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => api.PostAsJsonAsync("/api/knowledge/texts", new { title = $"T{n}", text = string.Concat(Enumerable.Repeat($"word{n} ", 6_000))[..30_000], chatbot = bot }, Stop)));
        answers.Count(a => a.StatusCode == HttpStatusCode.OK).ShouldBe(3);
        answers.Count(a => a.StatusCode == HttpStatusCode.PaymentRequired).ShouldBe(17);
        app.Sql("SELECT sum(length(Content)) FROM knowledge_documents").ShouldBe(90_000L);
        foreach (var answer in answers)
        {
            answer.Dispose();
        }
    }

    [Fact]
    public async Task Banned_words_are_changed_on_plans_that_have_them_and_those_of_before_can_only_be_taken_away()
    {
        await using var app = new AppFixture();
        using var api = app.Api();
        var bot = await MakeAsync(api, "Shop");
        (await api.PatchAsJsonAsync($"/api/chatbots/{bot}", new { bannedWords = "scam" }, Stop)).EnsureSuccessStatusCode();
        app.Sql("UPDATE accounts SET Plan = 'Basic'");
        using var refused = await api.PatchAsJsonAsync($"/api/chatbots/{bot}", new { bannedWords = "scam\nfraud" }, Stop);
        refused.StatusCode.ShouldBe(HttpStatusCode.PaymentRequired);
        var problem = await JsonAsync(refused);
        (problem.GetProperty("code").GetString(), problem.GetProperty("requiredPlan").GetString()).ShouldBe(("PLAN_REQUIRED", "Essential"));
        using var made = await api.PostAsJsonAsync("/api/chatbots", new { name = "Other", bannedWords = "scam" }, Stop);
        made.StatusCode.ShouldBe(HttpStatusCode.PaymentRequired);
        (await api.PatchAsJsonAsync($"/api/chatbots/{bot}", new { name = "Store" }, Stop)).EnsureSuccessStatusCode();
        app.Sql("SELECT BannedWords FROM chatbots").ShouldBe("scam");
        (await api.PatchAsJsonAsync($"/api/chatbots/{bot}", new { bannedWords = "" }, Stop)).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task A_name_is_there_once_until_its_chatbot_is_deleted()
    {
        using var api = _app.Api();
        var first = await MakeAsync(api, "Shop");
        using var second = await api.PostAsJsonAsync("/api/chatbots", new { name = "Shop" }, Stop);
        second.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await JsonAsync(second)).GetProperty("code").GetString().ShouldBe("chatbot_name_taken");
        var other = await MakeAsync(api, "Other");
        using var renamed = await api.PatchAsJsonAsync($"/api/chatbots/{other}", new { name = "Shop" }, Stop);
        renamed.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await api.DeleteAsync($"/api/chatbots/{first}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await api.DeleteAsync($"/api/chatbots/{first}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await api.GetAsync($"/api/chatbots/{first}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await api.PatchAsJsonAsync($"/api/chatbots/{other}", new { name = "Shop" }, Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_deleted_chatbot_knows_nothing_any_more_and_its_knowledge_is_gone_from_the_store()
    {
        using var api = _app.Api();
        var bot = await MakeAsync(api, "Shop");
        var other = await MakeAsync(api, "Other");
        foreach (var id in new[] { bot, other })
        {
            (await api.PostAsJsonAsync("/api/knowledge/texts", new { title = "Goods", text = "We sell umbrellas in three sizes.", chatbot = id }, Stop)).EnsureSuccessStatusCode();
        }

        (await TryAsync(api, bot, "Do you sell umbrellas?")).GetProperty("kind").GetString().ShouldBe("extractive");
        (await api.DeleteAsync($"/api/chatbots/{bot}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await using var db = _app.Get<ReadDb>().Open();
        (await db.Set<Document>().CountAsync(d => d.ChatbotId == bot, Stop)).ShouldBe(0);
        (await db.Set<Chunk>().CountAsync(d => d.ChatbotId == bot, Stop)).ShouldBe(0);
        (await TryAsync(api, other, "Do you sell umbrellas?")).GetProperty("kind").GetString().ShouldBe("extractive");
        using var gone = await api.PostAsJsonAsync($"/api/chatbots/{bot}/preview", new { text = "Do you sell umbrellas?" }, Stop);
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var taught = await api.PostAsJsonAsync("/api/knowledge/texts", new { title = "T", text = "x", chatbot = bot }, Stop);
        taught.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_preview_answers_from_the_knowledge_with_its_reasons_and_leaves_no_trace()
    {
        using var api = _app.Api();
        var bot = await MakeAsync(api, "Shop");
        (await api.PostAsJsonAsync("/api/knowledge/questions", new { question = "Is there parking?", answer = "Yes, behind the house.", chatbot = bot }, Stop)).EnsureSuccessStatusCode();
        (await api.PatchAsJsonAsync($"/api/chatbots/{bot}", new { fallbackMessage = "Ask Ana." }, Stop)).EnsureSuccessStatusCode();

        var known = await TryAsync(api, bot, "is there parking?");
        known.GetProperty("text").GetString()!.ShouldContain("Yes, behind the house.");
        known.GetProperty("counts").GetBoolean().ShouldBeTrue();
        known.GetProperty("citations")[0].GetProperty("title").GetString().ShouldBe("Is there parking?");
        known.GetProperty("evidence").GetDouble().ShouldBeGreaterThan(known.GetProperty("floor").GetDouble());
        var unknown = await TryAsync(api, bot, "Can you repair my bicycle chain?");
        unknown.GetProperty("text").GetString().ShouldBe("Ask Ana.");
        unknown.GetProperty("counts").GetBoolean().ShouldBeFalse();

        _app.Sql("SELECT (SELECT count(*) FROM conversations) + (SELECT count(*) FROM messages) + (SELECT count(*) FROM knowledge_gaps) + (SELECT count(*) FROM usage_counters)").ShouldBe(0L);
        using var empty = await api.PostAsJsonAsync($"/api/chatbots/{bot}/preview", new { text = " " }, Stop);
        (await JsonAsync(empty)).GetProperty("code").GetString().ShouldBe("invalid_preview");
    }

    [Fact]
    public async Task What_the_owner_renamed_or_deleted_is_not_made_again_by_the_configuration()
    {
        var settings = new Dictionary<string, string?> { ["Chatbots:0:Name"] = "One", ["Chatbots:1:Name"] = "Two" };
        await using var app = new AppFixture(settings);
        using (var api = app.Api())
        {
            var bots = (await api.GetFromJsonAsync<JsonElement>("/api/chatbots", Stop)).GetProperty("items").EnumerateArray().ToDictionary(b => b.GetProperty("name").GetString()!, b => b.GetProperty("id").GetGuid());
            (await api.PatchAsJsonAsync($"/api/chatbots/{bots["One"]}", new { name = "Renamed" }, Stop)).EnsureSuccessStatusCode();
            (await api.DeleteAsync($"/api/chatbots/{bots["Two"]}", Stop)).EnsureSuccessStatusCode();
        }

        await app.RestartAsync();
        using var after = app.Api();
        (await after.GetFromJsonAsync<JsonElement>("/api/chatbots", Stop)).GetProperty("items").EnumerateArray().Select(b => b.GetProperty("name").GetString()).ShouldBe(["Renamed"]);
    }

    private static async Task<Guid> MakeAsync(HttpClient api, string name)
    {
        using var made = await api.PostAsJsonAsync("/api/chatbots", new { name }, Stop);
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        return (await JsonAsync(made)).GetProperty("id").GetGuid();
    }

    private static async Task<JsonElement> TryAsync(HttpClient api, Guid bot, string text)
    {
        using var answer = await api.PostAsJsonAsync($"/api/chatbots/{bot}/preview", new { text }, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await JsonAsync(answer);
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) => JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop)).RootElement;

    private List<string> Acts()
    {
        using var db = _app.Get<ReadDb>().Open();
        return [.. db.Set<AiBotKit.Durability.Audit.AuditEntry>().Where(e => e.About == "chatbot").OrderBy(e => e.At).ThenBy(e => e.Id).Select(e => e.Act)];
    }
}
