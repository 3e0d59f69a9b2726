using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Storage;
using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Simulator;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Api;

/// <summary>Searches over HTTP: what is found, what is never found, and what a search cannot be made to do.</summary>
public sealed class MessageSearchTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Words_are_found_in_messages_newest_first_and_page_by_page_and_never_those_of_another_account()
    {
        await using var two = await TwoAccounts.StartAsync();
        string[] texts = ["A moka pot wants a medium grind", "Nothing of it", "Das Café mahlt für die MOKA-Kanne", "mokaccino", "The pot is broken"];
        foreach (var (i, text) in texts.Index())
        {
            await AddAsync(two, two.Account, two.Conversation, text, i);
            await AddAsync(two, two.Theirs["account"], two.Theirs["conversation"], "theirs: " + text, i);
        }

        await IndexAsync(two);
        (await FindAsync(two.Key, "moka")).ShouldBe(["[mokaccino]", "Das Café mahlt für die [MOKA]-Kanne", "A [moka] pot wants a medium grind"]);
        (await FindAsync(two.Key, "moka pot")).ShouldBe(["A [moka] [pot] wants a medium grind"]);
        (await FindAsync(two.Key, "pot moka")).ShouldBe(["A [moka] [pot] wants a medium grind"]);
        (await FindAsync(two.Key, "cafe")).ShouldBe(["Das [Café] mahlt für die MOKA-Kanne"]);
        (await FindAsync(two.Key, "moka-kanne")).ShouldBe(["Das Café mahlt für die [MOKA]-[Kanne]"]);
        (await FindAsync(two.Key, "theirs")).ShouldBeEmpty();
        (await FindAsync(two.Stranger, "theirs")).Count.ShouldBe(6, "with the one that was there");
        (await FindAsync(two.Stranger, TwoAccounts.Canary)).ShouldBeEmpty();
        (await FindAsync(two.Stranger, "canary")).ShouldBeEmpty();
        (await FindAsync(two.Key, "canary")).Count.ShouldBe(1);
        (await FindAsync(two.Key, "moka", $"&bot={two.Theirs["chatbot"]}")).ShouldBeEmpty();
        (await FindAsync(two.Key, "moka", $"&bot={two.Chatbot}&owner=ai")).Count.ShouldBe(3);
        (await FindAsync(two.Key, "moka", "&owner=waiting")).ShouldBeEmpty();

        var (paged, cursor) = (new List<string>(), "");
        do
        {
            var page = await two.Key.GetFromJsonAsync<JsonElement>("/api/messages?q=moka&limit=1" + cursor, Stop);
            paged.AddRange(Texts(page));
            cursor = page.GetProperty("next").GetString() is { } next ? "&cursor=" + next : null;
        }
        while (cursor is not null);
        paged.ShouldBe(await FindAsync(two.Key, "moka"));
    }

    [Fact]
    public async Task Nothing_that_is_typed_is_ever_a_query_of_its_own()
    {
        await using var two = await TwoAccounts.StartAsync();
        await AddAsync(two, two.Theirs["account"], two.Theirs["conversation"], "kettle kettle", 1);
        await AddAsync(two, two.Account, two.Conversation, "teapot", 2);
        await IndexAsync(two);
        var theirs = "a" + two.Theirs["account"].ToString("N");
        string[] hostile =
        [
            "kettle OR teapot", "teapot\" OR \"kettle", "\") OR Text : (\"kettle", $"{theirs}", $"Scope : \"{theirs}\"", $"x\" OR Scope : \"{theirs}\" OR \"x", "NOT zzz", "* ", "^kettle", "Text : kettle",
            "{Text Scope} : kettle", "NEAR(kettle teapot, 5)", "kettle AND", "-Scope : kettle", "\"\"\"", "' OR 1=1 --", "kettle\0\" OR Text : \"kettle", "rank", "search_messages", "%", "_", new string('"', 500), new string('(', 500), "\uD800 kettle",
        ];
        foreach (var typed in hostile)
        {
            foreach (var path in new[] { "/api/messages?q=", "/api/conversations?q=" })
            {
                using var answer = await two.Key.GetAsync(path + Uri.EscapeDataString(typed), Stop);
                var body = await answer.Content.ReadAsStringAsync(Stop);
                ((int)answer.StatusCode).ShouldBeOneOf(200, 400);
                body.ShouldNotContain("kettle", Case.Sensitive, typed);
                body.ShouldNotContain("Theirs", Case.Sensitive, typed);
            }
        }

        (await FindAsync(two.Key, "teapot")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_was_changed_taken_back_or_erased_is_not_found_any_more_and_its_words_are_gone_from_the_index()
    {
        await using var two = await TwoAccounts.StartAsync();
        var (edited, revoked, erased, late) = (await SayAsync("beforewards"), await SayAsync("revokable"), await SayAsync("erasable"), await SayAsync("afterthought"));
        await AddAsync(two, two.Account, two.Conversation, "eventful", 9, m => m.Role = MessageRole.Event);
        await IndexAsync(two);
        var unindexed = await SayAsync("unindexed");
        await ChangeAsync(unindexed, m => m.RevokedAt = m.At);
        await ChangeAsync(edited, m => m.Text = "afterwards");
        await ChangeAsync(revoked, m => m.RevokedAt = m.At);
        await ChangeAsync(late, m => m.Status = MessageStatus.Read);
        await two.App.Get<IDataWriter>().SaveAsync(db => { db.Remove(db.Set<Message>().First(m => m.Id == erased)); });
        await IndexAsync(two);
        foreach (var (word, hits) in new[] { ("beforewards", 0), ("afterwards", 1), ("revokable", 0), ("erasable", 0), ("unindexed", 0), ("eventful", 0), ("afterthought", 1) })
        {
            (await FindAsync(two.Key, word)).Count.ShouldBe(hits, word);
        }

        // Terms of a page share their beginnings, so only their ends are looked for.
        two.App.Sql("INSERT INTO search_messages (search_messages) VALUES ('integrity-check')");
        foreach (var (part, there) in new[] { ("eforewards", false), ("evokable", false), ("rasable", false), ("nindexed", false), ("fterwards", true) })
        {
            two.App.Sql($"SELECT count(*) > 0 FROM search_messages_data WHERE instr(block, CAST('{part}' AS BLOB)) > 0").ShouldBe(there ? 1L : 0L, part);
        }

        async Task<Guid> SayAsync(string text) => await AddAsync(two, two.Account, two.Conversation, text, 1);
        Task ChangeAsync(Guid id, Action<Message> change) => two.App.Get<IDataWriter>().SaveAsync(db => change(db.Set<Message>().First(m => m.Id == id)));
    }

    [Fact]
    public async Task People_are_found_by_name_and_by_any_end_of_their_number_and_not_by_a_name_that_they_had()
    {
        await using var two = await TwoAccounts.StartAsync();
        await RenameAsync("Zoë Lindqvist", "15550102231");
        await IndexAsync(two);
        foreach (var (typed, found) in new[] { ("zoe", 1), ("lind", 1), ("Lindqvist Zoë", 1), ("+1 555 010 2231", 1), ("2231", 1), ("0102", 1), ("5550102", 1), ("1555", 1), ("223", 1), ("3122", 0), ("quist", 0), ("Theirs", 0), ("😅", 0) })
        {
            (await PeopleAsync(typed)).ShouldBe(found, typed);
        }

        await RenameAsync("Noor", "34600111222");
        (await PeopleAsync("lind")).ShouldBe(0, "at once");
        await IndexAsync(two);
        (await PeopleAsync("noor")).ShouldBe(1);
        (await PeopleAsync("2231")).ShouldBe(0);
        await two.App.Get<IDataWriter>().SaveAsync(db => { db.Remove(db.Set<Conversation>().First(c => c.Id == two.Conversation)); });
        (await PeopleAsync("noor")).ShouldBe(0);
        two.App.Sql("INSERT INTO search_contacts (search_contacts) VALUES ('integrity-check')");

        Task RenameAsync(string name, string number) => two.App.Get<IDataWriter>().SaveAsync(db =>
        {
            var conversation = db.Set<Conversation>().First(c => c.Id == two.Conversation);
            (conversation.ContactName, conversation.Address) = (name, number);
        });
        async Task<int> PeopleAsync(string typed) =>
            (await two.Key.GetFromJsonAsync<JsonElement>("/api/conversations?q=" + Uri.EscapeDataString(typed), Stop)).GetProperty("items").GetArrayLength();
    }

    [Fact]
    public async Task A_hit_in_a_merged_conversation_leads_to_the_one_that_continues_it()
    {
        await using var two = await TwoAccounts.StartAsync();
        var merged = Guid.CreateVersion7();
        await two.App.Get<IDataWriter>().SaveAsync(db =>
        {
            var kept = db.Set<Conversation>().AsNoTracking().First(c => c.Id == two.Conversation);
            db.Add(new Conversation { Id = merged, AccountId = two.Account, ChatbotId = two.Chatbot, Channel = "whatsapp", SessionId = "wa_old", Partition = 0, Address = "old", LastMessageAt = kept.LastMessageAt, CreatedAt = kept.CreatedAt, MergedIntoId = kept.Id });
        });
        await AddAsync(two, two.Account, merged, "said before", 1);
        await IndexAsync(two);
        var page = await two.Key.GetFromJsonAsync<JsonElement>("/api/messages?q=said%20before", Stop);
        page.GetProperty("items")[0].GetProperty("conversationId").GetGuid().ShouldBe(two.Conversation);
    }

    [Fact]
    public async Task What_a_customer_writes_is_found_soon_and_once_also_after_a_restart()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Do you roast the Yirgacheffe lightly?");
        await WaitAsync(2);
        await shop.RestartAsync();
        (await shop.PostSignedAsync(TextCallback.Body("wamid.after-the-restart", "And the yirgacheffe decaf?"))).ShouldBe(200);
        await WaitAsync(4);
        shop.App.Sql("INSERT INTO search_messages (search_messages) VALUES ('integrity-check')");
        (await shop.Api.GetFromJsonAsync<JsonElement>("/api/conversations?q=" + SimulatorFixture.Customer[^5..], Stop)).GetProperty("items").GetArrayLength().ShouldBe(1);

        // The question and the answer, which repeats it.
        async Task WaitAsync(int hits)
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(4));
            while ((await FindAsync(shop.Api, "yirgacheffe")).Count is var count && count != hits)
            {
                count.ShouldBeLessThan(hits);
                timeout.IsCancellationRequested.ShouldBeFalse($"{count} of {hits} found");
                await Task.Delay(50, Stop);
            }
        }
    }

    private static async Task<Guid> AddAsync(TwoAccounts two, Guid account, Guid conversation, string text, int minute, Action<Draft>? change = null)
    {
        var draft = new Draft();
        change?.Invoke(draft);
        var (id, at) = (Guid.CreateVersion7(), new DateTimeOffset(2026, 5, 4, 10, minute, 0, TimeSpan.Zero));
        await two.App.Get<IDataWriter>().SaveAsync(db => db.Add(new Message { Id = id, AccountId = account, ConversationId = conversation, Role = draft.Role, Type = "text", Text = text, At = at, CreatedAt = at, Status = MessageStatus.Received }));
        return id;
    }

    private static Task IndexAsync(TwoAccounts two) => two.App.Get<KeepSearchIndex>().RunOnceAsync(Stop);

    private static async Task<List<string>> FindAsync(HttpClient client, string words, string more = "") =>
        Texts(await client.GetFromJsonAsync<JsonElement>("/api/messages?q=" + Uri.EscapeDataString(words) + more, Stop));

    private static List<string> Texts(JsonElement page) => [.. page.GetProperty("items").EnumerateArray().Select(Marked)];

    private static string Marked(JsonElement item) => item.GetProperty("snippet").EnumerateArray().Aggregate(
        new StringBuilder(), (text, part) => text.Append(part.GetProperty("hit").GetBoolean() ? $"[{part.GetProperty("text").GetString()}]" : part.GetProperty("text").GetString())).ToString();

    private sealed class Draft
    {
        public MessageRole Role { get; set; } = MessageRole.Customer;
    }
}
