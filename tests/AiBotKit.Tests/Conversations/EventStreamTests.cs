using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Tests.Api;
using AiBotKit.Tests.Fakes;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations;

/// <summary>Live changes as server-sent events: every message once over any number of breaks, and the end of a key ends its stream.</summary>
public sealed class EventStreamTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_message_comes_once_and_in_order_over_breaks()
    {
        await using var shop = await TalkingShop.StartAsync();
        var seen = new List<(long Id, string Text)>();
        var last = 0L;
        for (var round = 0; round < 5; round++)
        {
            using var stream = await OpenAsync(shop.Api, last == 0 ? "?since=0" : "", last == 0 ? null : last);
            var before = seen.Count;
            await shop.Simulator.SayAsync(new { text = $"number {round}" });

            // The question and its answer; in the break more is said, which the next stream begins with.
            while (seen.Count < before + 2)
            {
                var (id, name, data) = await NextAsync(stream.Reader);
                if (name == "message")
                {
                    last = id!.Value;
                    seen.Add((last, data.GetProperty("text").GetString()!));
                }
            }
        }

        var stored = await shop.WaitAsync(all => TalkingShop.Replies(all).Count == 5);
        seen.Select(one => one.Id).ShouldBe(seen.Select(one => one.Id).Distinct().Order());
        seen.Select(one => one.Text).Order().ShouldBe(stored.Take(seen.Count).Select(TalkingShop.Text).Order());
    }

    [Fact]
    public async Task Cut_200_times_at_any_byte_a_client_that_comes_back_with_its_last_id_misses_nothing_and_gets_nothing_twice()
    {
        const int Cuts = 200;
        var random = new Random(LongRun.Seed());
        await using var shop = await TalkingShop.StartAsync(new Dictionary<string, string?> { ["Conversations:LoopGuardTurns"] = "0" });
        await using var line = new CuttableLine(shop.App.Address) { CutAfter = () => random.Next(1, 2500) };
        using var client = new HttpClient { BaseAddress = line.Address };
        client.DefaultRequestHeaders.Authorization = shop.Api.DefaultRequestHeaders.Authorization;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var writing = WriteAsync(shop, enough.Token);
        var (seen, last, cuts) = (new List<long>(), 0L, 0);
        while (cuts < Cuts)
        {
            await ReadUntilCutAsync();
            cuts++;
        }

        await enough.CancelAsync();
        await writing;
        await shop.AskAsync("the last one");
        line.CutAfter = null;
        var stored = Stored(shop);
        while (last < stored[^1])
        {
            await ReadUntilCutAsync(stored[^1]);
        }

        seen.ShouldBe(stored);
        seen.Count.ShouldBeGreaterThan(Cuts / 2);

        async Task ReadUntilCutAsync(long end = long.MaxValue)
        {
            try
            {
                using var stream = await OpenAsync(client, last == 0 ? "?since=0" : "", last == 0 ? null : last);
                while (last < end)
                {
                    var (id, name, _) = await NextAsync(stream.Reader);
                    if (name == "message")
                    {
                        last = id!.Value;
                        seen.Add(last);
                    }
                }
            }
            catch (Exception error) when (error is HttpRequestException or IOException or JsonException)
            {
                // Cut, perhaps in the middle of an event: what has no end was not received.
            }
        }
    }

    [Fact]
    public async Task A_change_of_a_conversation_is_a_hint_without_an_id()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("hello");
        using var stream = await OpenAsync(shop.Api, "", null);
        await shop.SwitchAsync(false);
        var conversation = (await shop.ConversationAsync()).GetProperty("id").GetGuid();
        while (true)
        {
            var (id, name, data) = await NextAsync(stream.Reader);
            if (name == "conversation")
            {
                id.ShouldBeNull();
                data.GetProperty("id").GetGuid().ShouldBe(conversation);
                return;
            }

            data.GetProperty("conversationId").GetGuid().ShouldBe(conversation, "the line of the switch");
        }
    }

    [Fact]
    public async Task Another_account_hears_its_own_messages_only()
    {
        await using var two = await TwoAccounts.StartAsync();
        using var stream = await OpenAsync(two.Stranger, "?since=0", null);
        var (_, name, data) = await NextAsync(stream.Reader);
        (name, data.GetProperty("conversationId").GetGuid()).ShouldBe(("message", two.Theirs["conversation"]), "the other account's came before it");
    }

    [Fact]
    public async Task The_end_of_a_key_is_the_end_of_its_stream()
    {
        await using var shop = await TalkingShop.StartAsync();
        using var made = await shop.Api.PostAsJsonAsync("/api/api-keys", new { name = "till", role = "agent" }, Stop);
        var key = await made.Content.ReadFromJsonAsync<JsonElement>(Stop);
        using var client = new HttpClient { BaseAddress = shop.App.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", key.GetProperty("key").GetString());
        using var stream = await OpenAsync(client, "", null);
        (await shop.Api.DeleteAsync($"/api/api-keys/{key.GetProperty("id").GetGuid()}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await Should.ThrowAsync<IOException>(async () =>
        {
            while (await stream.Reader.ReadLineAsync(Stop) is not null)
            {
            }

            throw new IOException("ended in order");
        }).WaitAsync(TimeSpan.FromMinutes(4), Stop);
    }

    [Theory]
    [InlineData("?since=x")]
    [InlineData("?since=-1")]
    [InlineData("?since=99999999999999999999")]
    public async Task What_is_no_id_is_refused(string query)
    {
        await using var shop = await TalkingShop.StartAsync();
        using var answer = await shop.Api.GetAsync("/api/events" + query, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private static async Task WriteAsync(TalkingShop shop, CancellationToken enough)
    {
        for (var n = 0; !enough.IsCancellationRequested; n++)
        {
            await shop.Simulator.SayAsync(new { text = $"number {n}" });
            await Task.Yield();
        }
    }

    private static List<long> Stored(TalkingShop shop) =>
        [.. ((string)shop.App.Sql("SELECT group_concat(Seq) FROM (SELECT Seq FROM messages ORDER BY Seq)")!).Split(',').Select(long.Parse)];

    private static async Task<OpenStream> OpenAsync(HttpClient client, string query, long? lastId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/events" + query);
        if (lastId is { } id)
        {
            request.Headers.Add("Last-Event-ID", id.ToString(CultureInfo.InvariantCulture));
        }

        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        return new OpenStream(answer, new StreamReader(await answer.Content.ReadAsStreamAsync(Stop)));
    }

    private static async Task<(long? Id, string Name, JsonElement Data)> NextAsync(StreamReader reader)
    {
        var (id, name) = ((long?)null, "");
        while (true)
        {
            var line = await reader.ReadLineAsync(Stop).AsTask().WaitAsync(TimeSpan.FromMinutes(4), Stop) ?? throw new EndOfStreamException("The stream ended.");
            if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                id = long.Parse(line[4..], CultureInfo.InvariantCulture);
            }
            else if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                name = line[7..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return (id, name, JsonDocument.Parse(line[6..]).RootElement);
            }
        }
    }

    private sealed record OpenStream(HttpResponseMessage Answer, StreamReader Reader) : IDisposable
    {
        public void Dispose()
        {
            Reader.Dispose();
            Answer.Dispose();
        }
    }
}
