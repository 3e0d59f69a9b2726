using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Assistant;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations;

/// <summary>Notes of the team: in the conversation, by name, and read by no customer and no model.</summary>
public sealed class NoteTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_note_is_in_the_conversation_and_nobody_outside_reads_it()
    {
        var listener = new Listener();
        await using var shop = await TalkingShop.StartAsync(listener);
        await shop.AskAsync("hello");
        var note = await AddAsync(shop, "  this one *always* asks for a discount\nsay no  ");
        note.GetProperty("role").GetString().ShouldBe("event");
        note.GetProperty("type").GetString().ShouldBe("note");
        note.GetProperty("text").GetString().ShouldBe("this one *always* asks for a discount\nsay no");
        note.GetProperty("author").GetString().ShouldNotBeNullOrEmpty();

        // The AI goes on as before, knows nothing of it, and no message but its answers goes out.
        await shop.AskAsync("and now?");
        listener.Asked.Count.ShouldBe(2);
        listener.Asked.SelectMany(question => question.History).ShouldAllBe(line => !line.Text.Contains("discount", StringComparison.Ordinal));
        var onPhone = await shop.Simulator.GetAsync($"/sim/customers/{Simulator.SimulatorFixture.Customer}/messages");
        onPhone.GetRawText().ShouldNotContain("discount");
        (await shop.MessagesAsync()).Count(m => m.GetProperty("type").GetString() == "note").ShouldBe(1);
        (await shop.ConversationAsync()).GetProperty("aiReplies").GetBoolean().ShouldBeTrue("a note is no takeover");
    }

    [Theory]
    [InlineData("""{"text":"  "}""")]
    [InlineData("""{}""")]
    [InlineData(null)]
    public async Task What_is_no_note_is_refused_and_stores_nothing(string? body)
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("hello");
        var before = (await shop.MessagesAsync()).Count;
        using var content = new StringContent(body ?? JsonSerializer.Serialize(new { text = new string('x', 4001) }), System.Text.Encoding.UTF8, "application/json");
        using var answer = await shop.Api.PostAsync($"/api/conversations/{(await shop.ConversationAsync()).GetProperty("id").GetGuid()}/notes", content, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("code").GetString().ShouldBe("invalid_note");
        (await shop.MessagesAsync()).Count.ShouldBe(before);
    }

    private static async Task<JsonElement> AddAsync(TalkingShop shop, string text)
    {
        using var answer = await shop.Api.PostAsJsonAsync($"/api/conversations/{(await shop.ConversationAsync()).GetProperty("id").GetGuid()}/notes", new { text }, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Stop));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private sealed class Listener : IAnswerer
    {
        public ConcurrentQueue<Question> Asked { get; } = new();

        public Task<Answer> AnswerAsync(Question question, CancellationToken cancellationToken)
        {
            Asked.Enqueue(question);
            return Task.FromResult(new Answer(AnswerKind.Model, "re: " + question.Text, [], new AnswerTrace()));
        }
    }
}
