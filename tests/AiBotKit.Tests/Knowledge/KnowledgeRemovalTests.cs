using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Durability.Audit;
using AiBotKit.Knowledge;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Knowledge;

/// <summary>What an owner takes out of the knowledge is gone from the store, the vectors and the index in memory, and is never found again (S-L7).</summary>
public sealed class KnowledgeRemovalTests : IAsyncDisposable
{
    private readonly KnowledgeApp _app = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_removed_document_is_found_no_more_and_leaves_no_chunk_and_no_vector_behind()
    {
        await _app.StartAsync();
        using var client = _app.Client(KnowledgeApp.Operator);
        var text = await AddAsync(client, "Umbrellas", "We sell umbrellas in three sizes. " + string.Concat(Enumerable.Range(0, 400).Select(i => $"Umbrella {i} is kept in the cellar, in the yellow box. ")));
        await AddAsync(client, "Hats", "We sell hats made of felt.");
        (await _app.AskAsync("Do you sell umbrellas?")).AboveFloor.ShouldBeTrue();

        (await client.DeleteAsync("/api/knowledge/documents/" + text, Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        for (var start = 0; start < 2; start++)
        {
            (await _app.AskAsync("Do you sell umbrellas?")).Passages.ShouldAllBe(p => p.DocumentTitle == "Hats");
            (await _app.AskAsync("Do you sell hats?")).AboveFloor.ShouldBeTrue();
            await using var db = _app.Read();
            (await db.Set<Chunk>().Select(c => c.Body).ToListAsync(Stop)).ShouldHaveSingleItem().ShouldContain("felt");
            (await db.Set<Document>().CountAsync(Stop)).ShouldBe(1);
            await _app.StartAsync();
        }

        using var again = _app.Client(KnowledgeApp.Operator);
        (await again.DeleteAsync("/api/knowledge/documents/" + text, Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await AddAsync(again, "Umbrellas", "We sell umbrellas again.")).ShouldNotBe(text);
        (await _app.AskAsync("Do you sell umbrellas?")).Passages[0].Text.ShouldBe("We sell umbrellas again.");
    }

    [Fact]
    public async Task Documents_are_listed_by_what_they_come_from_and_a_file_is_not_removed_while_it_lies_in_the_folder()
    {
        _app.Write("hours.md", "# Opening hours\n\nWe are open from nine to five.");
        await _app.StartAsync();
        using var client = _app.Client(KnowledgeApp.Operator);
        await AddAsync(client, "Hats", "We sell hats.");
        (await client.PostAsJsonAsync("/api/knowledge/questions", new { question = "Is there parking?", answer = "Yes." }, Stop)).EnsureSuccessStatusCode();
        var items = (await client.GetFromJsonAsync<JsonElement>("/api/knowledge/documents", Stop)).GetProperty("items").EnumerateArray().ToList();
        items.Select(i => (i.GetProperty("source").GetString(), i.GetProperty("title").GetString())).ShouldBe([("question", "Is there parking?"), ("text", "Hats"), ("folder", "Opening hours")]);

        var answer = await client.DeleteAsync("/api/knowledge/documents/" + items[2].GetProperty("id").GetGuid(), Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("code").GetString().ShouldBe("from_folder");
        (await _app.AskAsync("When are you open?")).AboveFloor.ShouldBeTrue();

        using var stranger = _app.Client(KnowledgeApp.Stranger);
        (await stranger.DeleteAsync("/api/knowledge/documents/" + items[0].GetProperty("id").GetGuid(), Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.GetFromJsonAsync<JsonElement>("/api/knowledge/documents", Stop)).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task While_documents_come_are_replaced_and_go_no_search_begun_after_a_removal_finds_what_was_removed()
    {
        await _app.StartAsync();
        var (store, remove) = (_app.Get<StoreDocument>(), _app.Get<RemoveDocument>());
        var seed = LongRun.Seed();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        // Words of documents whose removal, or whose replacement by another word, has been answered.
        var gone = new ConcurrentDictionary<string, byte>();
        var present = new ConcurrentDictionary<string, Guid>();
        var searches = 0;
        var most = LongRun.Count(1_000, 10_000);
        var isOver = false;
        var found = 0;
        var change = Task.Run(
            async () =>
            {
                var random = new Random(seed);
                for (var i = 0; i < 40 || Volatile.Read(ref searches) < most; i++)
                {
                    // Different within the five letters that count of a word.
                    var word = $"{Letter(i)}{Letter(i / 20)}{Letter(i / 400)}obaro";
                    var slot = $"Document {random.Next(12)}";
                    var old = present.Keys.FirstOrDefault(w => w.EndsWith(slot, StringComparison.Ordinal));
                    if (old is not null && random.Next(2) == 0)
                    {
                        (await remove.RunAsync(KnowledgeApp.Operator, present[old], Actor.System, Stop)).ShouldBe(RemovedDocument.Removed);
                        present.TryRemove(old, out _);
                        gone[old.Split(' ')[0]] = 0;
                        continue;
                    }

                    // Sometimes long enough to be written in slices; sometimes English, which has vectors and takes its time.
                    var sentence = random.Next(15) == 0 ? $"The {word} tree is kept in the garden." : $"El {word} walnut crece despacio en el jardín de la abuela.";
                    var text = string.Join(' ', Enumerable.Repeat(sentence, sentence[0] == 'E' && random.Next(10) == 0 ? 1_500 : random.Next(1, 12)));
                    var stored = await store.RunAsync(new NewDocument(KnowledgeApp.Operator, KnowledgeApp.One, SourceKind.Text, slot, slot, "txt", text), Stop);
                    if (old is not null)
                    {
                        present.TryRemove(old, out _);
                        gone[old.Split(' ')[0]] = 0;
                    }

                    present[$"{word} {slot}"] = stored.Id;
                }

                Volatile.Write(ref isOver, true);
            },
            Stop);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(n => Task.Run(
            async () =>
            {
                var random = new Random(seed + n + 1);
                while (!Volatile.Read(ref isOver) && !change.IsCompleted)
                {
                    var removed = gone.Keys.ToHashSet();
                    var asked = removed.Count > 0 && random.Next(2) == 0 ? removed.ElementAt(random.Next(removed.Count)) : "walnut";
                    var result = await _app.AskAsync($"¿Dónde crece el {asked}?");
                    Interlocked.Increment(ref searches);
                    Interlocked.Add(ref found, result.Passages.Count);
                    foreach (var passage in result.Passages)
                    {
                        removed.ShouldNotContain(passage.Text.Split(' ')[1]);
                    }
                }
            },
            Stop)));
        await change;
        TestContext.Current.TestOutputHelper?.WriteLine($"{searches} searches, {found} passages, {gone.Count} documents removed or replaced");
        gone.Count.ShouldBeGreaterThan(10);
        found.ShouldBeGreaterThan(most / 2, "the searches must have had something to find");
        await using var db = _app.Read();
        (await db.Set<Document>().CountAsync(Stop)).ShouldBe(present.Count);
        var documents = await db.Set<Document>().Select(d => d.Id).ToListAsync(Stop);
        (await db.Set<Chunk>().Where(c => !documents.Contains(c.DocumentId)).CountAsync(Stop)).ShouldBe(0);
        foreach (var (key, id) in present)
        {
            (await _app.AskAsync(key.Split(' ')[0])).Passages[0].DocumentId.ShouldBe(id);
        }
    }

    private static char Letter(int i) => "bcdfghjklmnpqrstvwxz"[i % 20];

    private static async Task<Guid> AddAsync(HttpClient client, string title, string text)
    {
        var answer = await client.PostAsJsonAsync("/api/knowledge/texts", new { title, text }, Stop);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("id").GetGuid();
    }
}
