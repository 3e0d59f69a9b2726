using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Assistant;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using AiBotKit.Tests.Faults;
using AiBotKit.Tests.Fakes;
using AiBotKit.Tests.Simulator;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations.Contacts;

/// <summary>Erasure of a person (S-P6, F51): afterwards no byte of the data folder knows them.</summary>
public sealed class EraseContactTests
{
    private const string Number = "15550107777";
    private const string Name = "Zebulon Quartermain";
    private const string Kept = "15550108888";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Afterwards_no_file_holds_number_name_or_any_text()
    {
        await using var shop = await TalkingShop.StartAsync(new Questioner());
        string[] texts = ["Xylophones for the quayside", "unanswerable umbrella question", "caption of the wharf", "Harmonica note by Ana", "Piccolo reply by Ana", "edited-later concertina"];
        await shop.PostSignedAsync(TextCallback.Body("z1", texts[0], Number, name: Name));
        await shop.WaitAsync(all => TalkingShop.Replies(all).Count == 1, Number);
        await shop.PostSignedAsync(TextCallback.Body("z2", texts[1], Number));
        await shop.WaitAsync(all => TalkingShop.Replies(all).Count == 2, Number);
        await shop.Simulator.SayAsync(new { type = "image", caption = texts[2] }, Number);
        await shop.WaitAsync(all => all.Any(m => m.TryGetProperty("media", out var file) && file.GetProperty("state").GetString() == "stored"), Number);
        await FloodAsync(shop);
        var id = (await shop.ConversationAsync(Number)).GetProperty("id").GetGuid();
        (await shop.Api.PostAsJsonAsync($"/api/conversations/{id}/notes", new { text = texts[3] }, Stop)).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await shop.Api.PostAsJsonAsync($"/api/conversations/{id}/messages", new { text = texts[4], takeOver = true, author = "Ana" }, Stop)).StatusCode.ShouldBe(HttpStatusCode.Created);
        await shop.PostSignedAsync(TextCallback.Body("z3", texts[5], Number));
        // No sender's type: it becomes a dead letter with the number in it.
        await shop.PostSignedAsync(System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(TextCallback.Body("z4", "lost", Number)).Replace("\"type\":\"text\",", "", StringComparison.Ordinal)));
        (await shop.DeadLettersAsync()).Count.ShouldBe(1);
        await shop.WaitAsync(all => all.Count(m => TalkingShop.Role(m) == "owner" && TalkingShop.Status(m) is "read" or "delivered" or "sent") == 1, Number);
        await FoundAsync(shop, "xylophones");
        string[] needles = [Number, Name, .. texts, "xylophones", "harmonica", "zebulon", "flood-text-17"];
        StoredBytes.Find(shop.App.Folder, needles).Count.ShouldBeGreaterThan(8, "the search finds what is there");
        // The picture and its small copy.
        await shop.WaitAsync(_ => Directory.GetFiles(Path.Combine(shop.App.Folder, "media"), "*", SearchOption.AllDirectories).Length == 2, Number);

        (await shop.Api.DeleteAsync($"/api/contacts/{id}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        StoredBytes.Find(shop.App.Folder, needles).ShouldBeEmpty();
        Directory.GetFiles(Path.Combine(shop.App.Folder, "media"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
        (await shop.DeadLettersAsync()).ShouldBeEmpty();
        (await shop.Api.GetFromJsonAsync<JsonElement>("/api/gaps", Stop)).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await shop.ConversationsAsync()).Select(c => c.GetProperty("sessionId").GetString()).ShouldBe(["wa_" + Kept]);
        (await shop.MessagesAsync(Kept)).Count(m => TalkingShop.Role(m) == "customer").ShouldBe(60, "everybody else keeps everything");
        (await shop.Api.GetAsync($"/api/contacts/{id}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await shop.Api.DeleteAsync($"/api/contacts/{id}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var line = Read(shop.App, db => db.Set<AuditEntry>().Single(a => a.Act == AuditActs.ContactErased));
        (line.AboutId, line.Detail).ShouldBe((null, null));

        // What was erased does not come back with a repeated callback, a late status does nothing, and who writes again is somebody new.
        (await shop.PostSignedAsync(TextCallback.Body("z1", texts[0], Number, name: Name))).ShouldBe(200);
        (await shop.ConversationsAsync()).Count.ShouldBe(1);
        await shop.PostSignedAsync(TextCallback.Body("z9", "I am new here", Number));
        var fresh = await shop.WaitAsync(all => all.Count > 0, Number);
        fresh.Select(TalkingShop.Text).ShouldContain("I am new here");
        await shop.App.StopAsync();
        StoredBytes.Find(shop.App.Folder, [Name, .. texts]).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_late_status_of_an_erased_message_changes_nothing()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.PostSignedAsync(TextCallback.Body("z1", "hello", Number));
        var reply = TalkingShop.Replies(await shop.WaitAsync(all => TalkingShop.Replies(all) is [var one] && one.GetProperty("providerMessageId").ValueKind == JsonValueKind.String, Number))[0];
        (await shop.Api.DeleteAsync($"/api/contacts/{(await shop.ConversationAsync(Number)).GetProperty("id").GetGuid()}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var status = JsonSerializer.SerializeToUtf8Bytes(new
        {
            @object = "whatsapp_business_account",
            entry = new[] { new { id = "200000000000001", changes = new[] { new { field = "messages", value = new { messaging_product = "whatsapp", metadata = new { display_phone_number = "15550100001", phone_number_id = SimulatorFixture.Number }, statuses = new[] { new { id = reply.GetProperty("providerMessageId").GetString(), status = "read", timestamp = "1784000000", recipient_id = Number } } } } } } },
        });
        (await shop.PostSignedAsync(status)).ShouldBe(200);
        (await shop.ConversationsAsync()).ShouldBeEmpty();
        Read(shop.App, db => db.Set<OutboxRow>().Count()).ShouldBe(0);
    }

    [Fact]
    public async Task The_same_number_at_another_chatbot_of_the_account_is_the_same_person()
    {
        await using var two = await Api.TwoAccounts.StartAsync();
        var other = Guid.CreateVersion7();
        var bot = Guid.CreateVersion7();
        await two.App.Get<IDataWriter>().SaveAsync(db =>
        {
            var now = TimeProvider.System.GetUtcNow();
            db.Add(new AiBotKit.Chatbots.Chatbot { Id = bot, AccountId = two.Account, Name = "Second", CreatedAt = now });
            db.Add(new AiBotKit.Conversations.Conversation { Id = other, AccountId = two.Account, ChatbotId = bot, Channel = "whatsapp", SessionId = "wa_1", Partition = 0, Address = "1", LastMessageAt = now, CreatedAt = now });
        });
        var contact = await two.Owner.GetFromJsonAsync<JsonElement>($"/api/contacts/{other}", Stop);
        contact.GetProperty("conversations").GetArrayLength().ShouldBe(2);
        (await two.Agent.DeleteAsync($"/api/contacts/{other}", Stop)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await two.Owner.DeleteAsync($"/api/contacts/{other}", Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        Read(two.App, db => db.Set<AiBotKit.Conversations.Conversation>().Select(c => c.AccountId).ToList()).ShouldBe([Read(two.App, db => db.Set<AiBotKit.Conversations.Conversation>().Single().AccountId)]);
        Read(two.App, db => db.Set<AiBotKit.Conversations.Conversation>().Single().Id).ShouldBe(two.Theirs["conversation"], "another account's is another person's");
    }

    [Fact]
    public async Task Killed_at_every_point_it_ends_untouched_or_erased_after_the_next_start()
    {
        var folder = Directory.CreateTempSubdirectory("aibotkit-erase-").FullName;
        using var server = new RealServer(folder);
        server.Start(At(FaultPoint.E0BeforeErase));
        await server.ReadyAsync();
        for (var i = 0; i < 30; i++)
        {
            (await server.PostAsync($"k{i}", 200, Number)).Status.ShouldBe(200);
            (await server.PostAsync($"o{i}", 200, Kept)).Status.ShouldBe(200);
        }

        await EraseAsync(server);
        server.Stored().Count.ShouldBe(60, "untouched");

        server.Start(At(FaultPoint.E1EraseIntended));
        await server.ReadyAsync();
        await EraseAsync(server);
        foreach (var point in new[] { FaultPoint.E2FilesGone, FaultPoint.E3RowsGone, FaultPoint.E4Compacted })
        {
            server.Start(At(point));
            (await server.ExitedAsync()).ShouldNotBe(0, $"the start goes on with the erasure and is killed at {point}");
        }

        server.Start();
        await server.ReadyAsync();
        await RealServer.UntilAsync(_ => Task.FromResult(Count(server, "erasures") == 0));
        Count(server, "conversations").ShouldBe(1);
        server.Stored().ShouldAllBe(id => id.StartsWith('o'));
        StoredBytes.Find(folder, [Number]).ShouldBeEmpty();
        StoredBytes.Find(folder, [Kept]).ShouldNotBeEmpty();
        await server.KillAsync();
        Directory.Delete(folder, true);
    }

    [Fact]
    public void Every_table_of_the_database_says_what_erasing_does_to_it()
    {
        using var app = new TemporaryDatabase();
        Forgotten(app.Tables()).ShouldBeEmpty();
        ErasureRules.Tables.Select(t => t.Table).ShouldBeUnique();
    }

    [Theory]
    [InlineData("coupons", "Id,Name", true)]
    [InlineData("sessions", "Id,ConversationId", true)]
    [InlineData("turns", "Id,ConversationId", false)]
    [InlineData("search_messages_data", "id,block", false)]
    public void A_table_that_nobody_thought_of_is_found(string table, string columns, bool forgotten) => Forgotten([(table, columns.Split(','))]).Count.ShouldBe(forgotten ? 1 : 0);

    private static List<string> Forgotten(IEnumerable<(string Table, string[] Columns)> schema)
    {
        string[] bySearch = ["search_messages_", "search_contacts_"];
        return
        [
            .. schema.Where(one => !bySearch.Any(part => one.Table.StartsWith(part, StringComparison.Ordinal)))
                .Where(one => ErasureRules.Tables.FirstOrDefault(rule => rule.Table == one.Table) is not { } rule
                    || (rule.Delete is null && one.Columns.Contains("ConversationId") && !rule.Why.StartsWith("by triggers", StringComparison.Ordinal)))
                .Select(one => one.Table),
        ];
    }

    private static async Task EraseAsync(RealServer server)
    {
        var list = await server.Http.GetFromJsonAsync<JsonElement>("/api/conversations", Stop);
        var id = list.GetProperty("items").EnumerateArray().Single(c => c.GetProperty("sessionId").GetString() == "wa_" + Number).GetProperty("id").GetGuid();
        await Should.ThrowAsync<HttpRequestException>(() => server.Http.DeleteAsync($"/api/contacts/{id}", Stop));
        await server.ExitedAsync();
    }

    private static Dictionary<string, string> At(FaultPoint point) => new() { ["AIBOTKIT_KILL_AT"] = point.ToString() };

    private static long Count(RealServer server, string table)
    {
        using var connection = new SqliteConnection($"Data Source={server.File};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A name written in this test.
        command.CommandText = "SELECT count(*) FROM " + table;
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Many messages of two people in turn: pages are shared, split and moved, as they are in a store that is used.</summary>
    private static async Task FloodAsync(TalkingShop shop)
    {
        for (var i = 0; i < 60; i++)
        {
            await shop.PostSignedAsync(TextCallback.Body($"f{i}", $"flood-text-{i} {new string('y', i * 7)}", Number));
            await shop.PostSignedAsync(TextCallback.Body($"k{i}", $"kept-text-{i} {new string('y', i * 5)}", Kept));
        }
    }

    private static async Task FoundAsync(TalkingShop shop, string word)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await shop.Api.GetFromJsonAsync<JsonElement>($"/api/messages?q={word}", Stop)).GetProperty("items").GetArrayLength() == 0)
        {
            await Task.Delay(50, patience.Token);
        }
    }

    private static T Read<T>(AppFixture app, Func<DbContext, T> query)
    {
        using var db = app.Get<ReadDb>().Open();
        return query(db);
    }

    /// <summary>Answers everything, and cannot answer what is unanswerable.</summary>
    private sealed class Questioner : IAnswerer
    {
        public Task<Answer> AnswerAsync(Question question, CancellationToken cancellationToken) => Task.FromResult(
            question.Text.Contains("unanswerable", StringComparison.Ordinal)
                ? new Answer(AnswerKind.Fallback, "", [], new AnswerTrace(), IsGap: true)
                : new Answer(AnswerKind.Model, "re: " + question.Text, [], new AnswerTrace { SearchText = question.Text }));
    }

    private sealed class TemporaryDatabase : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("aibotkit-schema-").FullName;
        private readonly SqliteDatabase _database;

        public TemporaryDatabase()
        {
            _database = new SqliteDatabase(_folder);
            _database.BringUp();
        }

        public List<(string Table, string[] Columns)> Tables()
        {
            using var connection = _database.OpenForWriting();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT t.name, group_concat(c.name) FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' GROUP BY t.name";
            var tables = new List<(string, string[])>();
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                tables.Add((reader.GetString(0), reader.GetString(1).Split(',')));
            }

            return tables;
        }

        public void Dispose()
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(_folder, true);
        }
    }
}
