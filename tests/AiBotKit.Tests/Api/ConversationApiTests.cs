using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Accounts;
using AiBotKit.Chatbots;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Storage;
using AiBotKit.Tests.Fakes;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Api;

public sealed class ConversationApiTests
{
    private static readonly DateTimeOffset Start = new(2026, 5, 4, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Lists_are_paged_newest_first_without_gap_or_repeat_even_at_one_instant()
    {
        await using var app = new AppFixture();
        var mine = await SeedAsync(app, app.Get<FirstAccount>().Id, 7);
        using var api = app.Api();
        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await api.GetFromJsonAsync<JsonElement>($"/api/conversations?limit=2{(cursor is null ? "" : "&cursor=" + cursor)}", TestContext.Current.CancellationToken);
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetGuid()));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);
        seen.ShouldBe(mine, ignoreOrder: true);
    }

    [Fact]
    public async Task Messages_come_newest_last_with_those_of_merged_conversations()
    {
        await using var app = new AppFixture();
        var ids = await SeedAsync(app, app.Get<FirstAccount>().Id, 2);
        await app.Get<IDataWriter>().SaveAsync(db => { db.Set<Conversation>().First(c => c.Id == ids[1]).MergedIntoId = ids[0]; });
        using var api = app.Api();
        var whole = await api.GetFromJsonAsync<JsonElement>($"/api/conversations/{ids[1]}/messages", TestContext.Current.CancellationToken);
        whole.GetProperty("items").EnumerateArray().Select(m => m.GetProperty("text").GetString()).ShouldBe(["a0", "a1", "b0", "b1"]);
        whole.GetProperty("items")[0].EnumerateObject().Select(p => p.Name)
            .ShouldBe(["id", "role", "type", "text", "status", "outcome", "failure", "providerMessageId", "citations", "createdAt", "possibleDuplicate"]);
        whole.GetProperty("items")[0].GetProperty("role").GetString().ShouldBe("customer");

        var late = await api.GetFromJsonAsync<JsonElement>($"/api/conversations/{ids[0]}/messages?limit=3", TestContext.Current.CancellationToken);
        late.GetProperty("items").EnumerateArray().Select(m => m.GetProperty("text").GetString()).ShouldBe(["a1", "b0", "b1"]);
        var early = await api.GetFromJsonAsync<JsonElement>($"/api/conversations/{ids[0]}/messages?limit=3&cursor={late.GetProperty("next").GetString()}", TestContext.Current.CancellationToken);
        early.GetProperty("items").EnumerateArray().Select(m => m.GetProperty("text").GetString()).ShouldBe(["a0"]);
        early.GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task One_conversation_is_read_as_the_list_shows_it()
    {
        await using var app = new AppFixture();
        var ids = await SeedAsync(app, app.Get<FirstAccount>().Id, 2);
        using var api = app.Api();
        var list = await api.GetFromJsonAsync<JsonElement>("/api/conversations", TestContext.Current.CancellationToken);
        var one = await api.GetStringAsync($"/api/conversations/{ids[1]}", TestContext.Current.CancellationToken);
        one.ShouldBe(list.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("id").GetGuid() == ids[1]).GetRawText());
        (await api.GetAsync($"/api/conversations/{Guid.CreateVersion7(Start)}", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Another_accounts_conversation_does_not_exist()
    {
        await using var app = new AppFixture();
        var foreign = await SeedAsync(app, Guid.CreateVersion7(Start), 1);
        using var api = app.Api();
        (await api.GetAsync($"/api/conversations/{foreign[0]}", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await api.GetAsync($"/api/conversations/{foreign[0]}/messages", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await api.GetFromJsonAsync<JsonElement>("/api/conversations", TestContext.Current.CancellationToken)).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("/api/conversations?limit=0")]
    [InlineData("/api/conversations?limit=201")]
    [InlineData("/api/conversations?limit=many")]
    [InlineData("/api/conversations?cursor=made-up")]
    [InlineData("/api/dead-letters?cursor=")]
    public async Task A_wrong_page_is_400_with_a_code(string path)
    {
        await using var app = new AppFixture();
        using var api = app.Api();
        var answer = await api.GetAsync(path, TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("code").GetString().ShouldBe("bad_page");
    }

    private static async Task<List<Guid>> SeedAsync(AppFixture app, Guid accountId, int count)
    {
        var ids = Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7(Start)).ToList();
        await app.Get<IDataWriter>().SaveAsync(db =>
        {
            var bot = new Chatbot { Id = Guid.CreateVersion7(Start), AccountId = accountId, Name = "Shop " + accountId, CreatedAt = Start };
            db.Add(bot);
            for (var i = 0; i < count; i++)
            {
                var conversation = ids[i];
                // Three conversations share each instant, so that a cursor falls between equals.
                db.Add(new Conversation { Id = conversation, AccountId = accountId, ChatbotId = bot.Id, Channel = "whatsapp", SessionId = $"wa_{i}", Partition = 0, Address = $"{i}", LastMessageAt = Start.AddMinutes(i / 3), CreatedAt = Start });
                for (var m = 0; m < 2; m++)
                {
                    db.Add(new Message { Id = Guid.CreateVersion7(Start), AccountId = accountId, ConversationId = conversation, Role = MessageRole.Customer, Type = "text", Text = $"{(char)('a' + i)}{m}", At = Start.AddSeconds((i * 10) + m), CreatedAt = Start, Status = MessageStatus.Received });
                }
            }
        });
        return ids;
    }
}
