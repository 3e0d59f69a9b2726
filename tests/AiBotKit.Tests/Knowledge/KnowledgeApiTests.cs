using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Knowledge;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Knowledge;

public sealed class KnowledgeApiTests : IAsyncLifetime
{
    private readonly KnowledgeApp _app = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _app.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Nobody_reaches_a_route_without_an_account()
    {
        using var client = _app.Client(null);
        (await client.PostAsJsonAsync("/api/knowledge/texts", new { title = "T", text = "Text" }, Stop)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await client.PostAsJsonAsync("/api/knowledge/questions", new { question = "Q?", answer = "A" }, Stop)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await client.GetAsync("/api/gaps", Stop)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        using var nameless = _app.Client(null);
        nameless.DefaultRequestHeaders.Add("X-Test-Account", "not an account");
        (await nameless.GetAsync("/api/gaps", Stop)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_text_is_found_at_once_replaced_by_its_title_and_unchanged_when_sent_again()
    {
        using var client = _app.Client(KnowledgeApp.Operator);
        (await _app.AskAsync("Do you sell umbrellas?")).AboveFloor.ShouldBeFalse();

        var first = await PostAsync(client, "texts", new { title = "Goods", text = "We sell umbrellas in three sizes." });
        first.GetProperty("changed").GetBoolean().ShouldBeTrue();
        var found = await _app.AskAsync("Do you sell umbrellas?");
        found.AboveFloor.ShouldBeTrue();
        found.Passages[0].Text.ShouldBe("We sell umbrellas in three sizes.");
        found.Passages[0].DocumentTitle.ShouldBe("Goods");

        (await PostAsync(client, "texts", new { title = "Goods", text = "We sell umbrellas in three sizes." })).GetProperty("changed").GetBoolean().ShouldBeFalse();

        var second = await PostAsync(client, "texts", new { title = "Goods", text = "We sell hats and gloves." });
        second.GetProperty("id").GetGuid().ShouldBe(first.GetProperty("id").GetGuid());
        (await _app.AskAsync("Do you sell umbrellas?")).Passages.ShouldAllBe(p => !p.Text.Contains("umbrella"));
        (await _app.AskAsync("Do you sell hats and gloves?")).AboveFloor.ShouldBeTrue();
    }

    [Fact]
    public async Task A_pair_is_answered_as_written_by_the_named_chatbot_only()
    {
        using var client = _app.Client(KnowledgeApp.Operator);
        await PostAsync(client, "questions", new { question = "Is there parking?", answer = "Yes: behind the house, *free*.", chatbot = "Two" });

        var found = await _app.AskAsync("is there parking", KnowledgeApp.Two);
        found.AboveFloor.ShouldBeTrue();
        found.Passages[0].AnswerText.ShouldBe("Yes: behind the house, *free*.");
        (await _app.AskAsync("is there parking")).Passages.ShouldBeEmpty();
        (await _app.AskAsync("is there parking", KnowledgeApp.StrangersTwo, KnowledgeApp.Stranger)).Passages.ShouldBeEmpty();
        (await _app.AskAsync("is there parking", KnowledgeApp.Two, KnowledgeApp.Stranger)).Passages.ShouldBeEmpty();
    }

    [Fact]
    public async Task Another_accounts_chatbot_does_not_exist()
    {
        using var client = _app.Client(KnowledgeApp.Operator);
        var answer = await client.PostAsJsonAsync("/api/knowledge/texts", new { title = "T", text = "Text", chatbot = KnowledgeApp.StrangersTwo }, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await CodeOfAsync(answer)).ShouldBe("chatbot_not_found");
    }

    [Theory]
    [InlineData("texts", "{\"title\":\"\",\"text\":\"x\"}")]
    [InlineData("texts", "{\"title\":\"x\",\"text\":\"\"}")]
    [InlineData("texts", "{}")]
    [InlineData("questions", "{\"question\":\"x\",\"answer\":\"\"}")]
    [InlineData("questions", "{\"question\":null,\"answer\":\"x\"}")]
    public async Task An_invalid_body_is_refused_with_a_code(string route, string body)
    {
        using var client = _app.Client(KnowledgeApp.Operator);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var answer = await client.PostAsync("/api/knowledge/" + route, content, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await CodeOfAsync(answer)).ShouldBe("invalid_knowledge");
    }

    [Fact]
    public async Task Gaps_are_listed_latest_first_page_by_page_each_once_and_only_to_their_account()
    {
        var now = new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero);
        await _app.Get<IDataWriter>().SaveAsync(db =>
        {
            // Four of the same instant, so that a page ends among them.
            foreach (var (question, minutes) in new[] { ("first", 0), ("second a", 1), ("second b", 1), ("second c", 1), ("second d", 1), ("third", 2), ("fourth", 3) })
            {
                RecordGap.Record(db, KnowledgeApp.Operator, KnowledgeApp.One, null, question, [], 0, now.AddMinutes(minutes));
            }
        });
        await _app.Get<RecordGap>().RunAsync(KnowledgeApp.Stranger, KnowledgeApp.StrangersTwo, null, "a stranger's", [], 0);

        using var client = _app.Client(KnowledgeApp.Operator);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await client.GetFromJsonAsync<JsonElement>("/api/gaps?limit=2" + (cursor is null ? "" : "&cursor=" + cursor), Stop);
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("question").GetString()!));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);

        seen.Count.ShouldBe(7);
        seen.Distinct().Count().ShouldBe(7);
        seen[0].ShouldBe("fourth");
        seen[1].ShouldBe("third");
        seen[6].ShouldBe("first");
        (await client.GetAsync("/api/gaps?cursor=x", Stop)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await client.GetAsync("/api/gaps?limit=201", Stop)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_same_question_in_another_spelling_is_the_same_gap()
    {
        var record = _app.Get<RecordGap>();
        await record.RunAsync(KnowledgeApp.Operator, KnowledgeApp.One, null, "Do you have a café?", [], 0);
        await record.RunAsync(KnowledgeApp.Operator, KnowledgeApp.One, Guid.NewGuid(), "do you have a CAFE", [], 0);
        await using var db = _app.Read();
        var gap = await db.Set<Gap>().SingleAsync(Stop);
        gap.Count.ShouldBe(2);
        gap.Question.ShouldBe("Do you have a café?");
        gap.ConversationId.ShouldNotBeNull();
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string route, object body)
    {
        var answer = await client.PostAsJsonAsync("/api/knowledge/" + route, body, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Stop));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private static async Task<string?> CodeOfAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("code").GetString();
}
