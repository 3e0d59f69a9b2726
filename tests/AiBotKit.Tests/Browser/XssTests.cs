using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AiBotKit.Assistant;
using AiBotKit.Channels;
using AiBotKit.Channels.WhatsApp.Templates;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Storage;
using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Simulator;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Browser;

/// <summary>
/// S-X2: every payload through every field that a customer, a document or the provider controls, stored the way it comes (signed callbacks, the knowledge's own routes,
/// answers of a model), and looked at in the browser: no dialog, no request to anybody else, no refusal by the content policy, no element that we did not make.
/// </summary>
public sealed class XssTests(ChromiumFixture chromium, ITestOutputHelper output) : IClassFixture<ChromiumFixture>
{
    private const int PerCallback = 100;
    private const string Answered = "15550106000";
    private const string OnThePhone = "15550104500";

    /// <summary>What a customer's message can carry, each with a builder of the wire's object (wire facts section 3).</summary>
    private static readonly (string Name, Func<string, Dictionary<string, object?>> Of)[] Fields =
    [
        ("text", p => new() { ["type"] = "text", ["text"] = new { body = p } }),
        ("caption and file name", p => new() { ["type"] = "document", ["document"] = new { filename = p, caption = p, mime_type = p } }),
        ("picture", p => new() { ["type"] = "image", ["image"] = new { caption = p, mime_type = p } }),
        ("location", p => new() { ["type"] = "location", ["location"] = new { latitude = 1.5, longitude = 2.5, name = p, address = p, url = p } }),
        ("contact card", p => new() { ["type"] = "contacts", ["contacts"] = new[] { new { name = new { formatted_name = p, first_name = p }, phones = new[] { new { phone = p, type = p } }, emails = new[] { new { email = p } }, org = new { company = p }, vcard = p } } }),
        ("button", p => new() { ["type"] = "interactive", ["interactive"] = new { type = "button_reply", button_reply = new { id = p, title = p } } }),
        ("list row", p => new() { ["type"] = "interactive", ["interactive"] = new { type = "list_reply", list_reply = new { id = p, title = p, description = p } } }),
        ("form", p => new() { ["type"] = "interactive", ["interactive"] = new { type = "nfm_reply", nfm_reply = new { name = p, body = p, response_json = JsonSerializer.Serialize(new Dictionary<string, string> { [p] = p }) } } }),
        ("template button", p => new() { ["type"] = "button", ["button"] = new { payload = p, text = p } }),
        ("order", p => new() { ["type"] = "order", ["order"] = new { catalog_id = p, text = p, product_items = new[] { new { product_retailer_id = p, quantity = 1, item_price = 2, currency = p } } } }),
        ("reaction", p => new() { ["type"] = "reaction", ["reaction"] = new { message_id = p, emoji = p } }),
        ("unsupported", p => new() { ["type"] = "unsupported", ["unsupported"] = new { type = p }, ["errors"] = new[] { new { code = 131051, title = p, message = p, error_data = new { details = p } } } }),
        ("unknown type", p => new() { ["type"] = p.Length > 60 ? p[..60] : p, ["errors"] = new[] { new { code = 1, title = p } } }),
        ("advertisement", p => new() { ["type"] = "text", ["text"] = new { body = "from the ad" }, ["referral"] = new { source_type = p, source_id = p, source_url = p, headline = p, body = p, media_type = p, image_url = p, ctwa_clid = p } }),
        ("edit", p => new() { ["type"] = "edit", ["edit"] = new { original_message_id = p, message = new { type = "text", text = new { body = p } } } }),
        ("system", p => new() { ["type"] = "system", ["system"] = new { type = "customer_changed_number", body = p, identity = p, customer = p, wa_id = "15550106" + (int.Parse(Id(p)[..4], System.Globalization.NumberStyles.HexNumber) % 900 + 100) } }),
        ("quote", p => new() { ["type"] = "text", ["text"] = new { body = "about that" }, ["context"] = new { from = p, id = "quoted-" + Id(p) } }),
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void There_are_at_least_300_payloads_and_each_is_another_one()
    {
        XssPayloads.All.Count.ShouldBeGreaterThanOrEqualTo(300);
        XssPayloads.All.ShouldBeUnique();
    }

    [Fact]
    public async Task Whatever_customers_documents_and_providers_write_stays_text_on_every_screen()
    {
        await using var shop = await TalkingShop.StartAsync(new Dictionary<string, string?>(), services => services.AddSingleton<IAnswerer>(new HostileAnswers()));
        await AnswersAsync(shop);
        await SwitchOffAsync(shop);
        await MessagesAsync(shop);
        await EchoesAsync(shop);
        await NamesAsync(shop);
        await KnowledgeAsync(shop);
        await DeadLettersAsync(shop);
        await ProviderAsync(shop);
        await shop.App.Get<KeepSearchIndex>().RunOnceAsync(Stop);

        await using var context = await chromium.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        var watch = new XssWatch(shop.App.Address);
        await (await OwnersBrowser.SetUpAsync(context, shop.App)).CloseAsync();
        await ConversationsAsync(shop, watch, context);
        await NamedAsync(shop, watch, context);
        var bot = (await shop.Api.GetFromJsonAsync<JsonElement>("/api/chatbots", Stop)).GetProperty("items")[0].GetProperty("id").GetGuid();
        foreach (var path in new[] { "conversations", "conversations?q=alert", "conversations?q=127.0.0.1", $"bots/{bot}/gaps", $"bots/{bot}/knowledge", $"bots/{bot}/setup", $"bots/{bot}/integrations", "dead-letters", "health", "audit", "" })
        {
            var page = await watch.OpenAsync(context, path);
            await LiveAsync(page);
            await watch.LookAsync(page, path);
            await page.CloseAsync();
        }

        var phone = new XssWatch(new Uri(shop.Simulator.Url));
        var thread = await phone.OpenAsync(context, "/phone#" + Answered);
        await thread.WaitForTimeoutAsync(500);
        await phone.LookAsync(thread, "phone");

        output.WriteLine($"{XssPayloads.All.Count} payloads, {Fields.Length} kinds of messages");
        watch.Problems.ShouldBeEmpty();
        phone.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_watch_sees_what_a_page_that_took_them_for_markup_would_do()
    {
        await using var shop = await TalkingShop.StartAsync();
        await using var context = await chromium.Browser.NewContextAsync();
        var watch = new XssWatch(shop.App.Address);
        var page = await watch.OpenAsync(context, "sign-in");
        await watch.LookAsync(page, "before");
        watch.Problems.ShouldBeEmpty();
        await page.EvaluateAsync("payloads => { for (const p of payloads) { const at = document.createElement('div'); document.body.append(at); at.innerHTML = p; } }", XssPayloads.All.Where(p => p.StartsWith("<img", StringComparison.Ordinal) || p.StartsWith("<iframe", StringComparison.Ordinal)).ToArray());
        await page.WaitForTimeoutAsync(500);
        await watch.LookAsync(page, "after");
        watch.Problems.ShouldContain(problem => problem.Contains("refused", StringComparison.Ordinal));
        watch.Problems.ShouldContain(problem => problem.Contains("element", StringComparison.Ordinal));
    }

    /// <summary>One conversation for each kind of message, with every payload in it, opened at its first message so that all of them are on the page.</summary>
    private static async Task ConversationsAsync(TalkingShop shop, XssWatch watch, IBrowserContext context)
    {
        for (var i = 0; i < Fields.Length; i++)
        {
            var (id, first, count) = Stored(shop, Number(i));
            count.ShouldBeGreaterThanOrEqualTo(XssPayloads.All.Count, Fields[i].Name);
            var page = await watch.OpenAsync(context, $"conversations/{id}?at={first}");
            await LiveAsync(page);
            await watch.LookAsync(page, Fields[i].Name);
            if (Fields[i].Name == "text")
            {
                (await page.Locator(".timeline .msg").CountAsync()).ShouldBe(XssPayloads.All.Count);
                (await page.Locator(".timeline").InnerTextAsync()).ShouldContain("<script>alert(1)</script>");
            }

            await page.CloseAsync();
        }

        var (phone, said, echoes) = Stored(shop, OnThePhone);
        echoes.ShouldBeGreaterThanOrEqualTo(XssPayloads.All.Count, "echoes");
        var echoed = await watch.OpenAsync(context, $"conversations/{phone}?at={said}");
        await LiveAsync(echoed);
        await watch.LookAsync(echoed, "echoes");
        await echoed.Locator(".tway").First.ClickAsync();
        await echoed.Locator("#template-choice").WaitForAsync();
        foreach (var template in await echoed.Locator("#template-choice option").EvaluateAllAsync<string[]>("all => all.map(one => one.value)"))
        {
            await echoed.Locator("#template-choice").SelectOptionAsync(template);
            await watch.LookAsync(echoed, "template");
        }

        await echoed.CloseAsync();

        var (answered, start, _) = Stored(shop, Answered);
        var evidence = await watch.OpenAsync(context, $"conversations/{answered}?at={start}");
        await LiveAsync(evidence);
        var why = evidence.Locator(".whyb");
        var answers = await why.CountAsync();
        answers.ShouldBeGreaterThan(3);
        for (var i = 0; i < answers; i++)
        {
            await why.Nth(i).ClickAsync();
            await evidence.Locator(".why").First.WaitForAsync();
            await watch.LookAsync(evidence, "evidence");
            await evidence.Keyboard.PressAsync("Escape");
            await evidence.Locator(".why").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        }

        await evidence.CloseAsync();
    }

    /// <summary>Every profile name: in the list, in the head of the conversation and beside it.</summary>
    private static async Task NamedAsync(TalkingShop shop, XssWatch watch, IBrowserContext context)
    {
        var page = await watch.OpenAsync(context, $"conversations/{Stored(shop, "15550107000").Id}?owner=ai");
        await LiveAsync(page);
        await page.Locator(".rowi a").Nth(1).WaitForAsync();
        var names = Chunks(200).Count();
        for (var i = 1; i < names; i++)
        {
            await page.Keyboard.PressAsync("j");
            var next = await page.EvaluateAsync<string>("document.activeElement.getAttribute('href')");
            await page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(page.Locator(".rowi[aria-current] a")).ToHaveAttributeAsync("href", next, new() { Timeout = 60_000 });
        }

        await watch.LookAsync(page, "names");
        await page.EvaluateAsync("document.querySelector('.rows').scrollTo(0, 1e6)");
        await page.WaitForTimeoutAsync(300);
        await watch.LookAsync(page, "list");
        await page.CloseAsync();
    }

    /// <summary>Questions, answers of a model with citations, and questions that nobody could answer; then statuses with the provider's own words.</summary>
    private static async Task AnswersAsync(TalkingShop shop)
    {
        var sent = 0;
        foreach (var chunk in Chunks(3000))
        {
            await shop.Simulator.SayAsync(new { text = chunk }, Answered);
            sent++;
            await shop.WaitAsync(
                all => all.Count(m => TalkingShop.Role(m) == "customer" && TalkingShop.Outcome(m) is not null) == sent && TalkingShop.Replies(all).All(m => TalkingShop.Status(m) is not ("new" or "sending" or "unconfirmed")),
                Answered);
        }

        var gaps = Chunks(450).ToList();
        await shop.PostSignedAsync(Callback([.. gaps.Select((chunk, i) => Message($"1555010{5000 + i}", $"g{i}", Fields[0].Of("gap " + chunk)))]));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while ((await shop.Api.GetFromJsonAsync<JsonElement>("/api/gaps?limit=200", Stop)).GetProperty("items").GetArrayLength() < gaps.Count)
        {
            await Task.Delay(100, patience.Token);
        }

        var replies = TalkingShop.Replies(await shop.MessagesAsync(Answered)).FindAll(m => m.GetProperty("providerMessageId").ValueKind == JsonValueKind.String);
        replies.ShouldNotBeEmpty();
        var statuses = Chunks(800).Select((chunk, i) => (object)new { id = replies[i % replies.Count].GetProperty("providerMessageId").GetString(), status = "failed", timestamp = "1784000000", recipient_id = chunk, errors = new[] { new { code = 131000 + i, title = chunk, message = chunk, href = chunk, error_data = new { details = chunk } } } });
        (await shop.PostSignedAsync(Callback([], [.. statuses]))).ShouldBe(200);
    }

    private static async Task MessagesAsync(TalkingShop shop)
    {
        for (var field = 0; field < Fields.Length; field++)
        {
            var (name, of) = Fields[field];
            if (name == "quote")
            {
                await PostAsync(shop, [.. XssPayloads.All.Select(p => Message(Number(field), "quoted-" + Id(p), Fields[0].Of(p)))]);
            }
            else if (name == "system")
            {
                await PostAsync(shop, [Message(Number(field), "before-the-change", Fields[0].Of("hello"))]);
            }

            await PostAsync(shop, [.. XssPayloads.All.Select((p, i) => Message(Number(field), $"m{field}-{i}", of(p)))]);
        }
    }

    /// <summary>What somebody wrote on the phone that shares the number: not typed here, so nobody vouches for it.</summary>
    private static async Task EchoesAsync(TalkingShop shop)
    {
        // Long ago, so that the window is closed and templates are offered.
        var before = TimeProvider.System.GetUtcNow().AddDays(-2).ToUnixTimeSeconds();
        await PostAsync(shop, [new(Message(OnThePhone, "before-the-phone", Fields[0].Of("hello"))) { ["timestamp"] = $"{before}" }]);
        var echoes = XssPayloads.All.Select((p, i) => (object)new { from = "15550100001", to = OnThePhone, id = $"e{i}", timestamp = $"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}", type = "text", text = new { body = p } });
        foreach (var some in echoes.Chunk(PerCallback))
        {
            (await shop.PostSignedAsync(Callback("smb_message_echoes", new { messaging_product = "whatsapp", metadata = Metadata, message_echoes = some }))).ShouldBe(200);
        }
    }

    private static async Task NamesAsync(TalkingShop shop)
    {
        var names = Chunks(200).ToList();
        for (var i = names.Count - 1; i >= 0; i--)
        {
            (await shop.PostSignedAsync(Callback([Message($"1555010{7000 + i}", $"n{i}", Fields[0].Of("needle " + names[i]))], [], names[i], $"1555010{7000 + i}"))).ShouldBe(200);
        }
    }

    private static async Task KnowledgeAsync(TalkingShop shop)
    {
        var all = string.Join("\n\n", XssPayloads.All.Select(p => $"# {p}\n\n{p}"));
        foreach (var (title, i) in Chunks(190).Select((title, i) => (title, i)))
        {
            await TeachAsync(shop, "texts", new { title, text = i == 0 ? all : title });
        }

        foreach (var question in Chunks(450))
        {
            await TeachAsync(shop, "questions", new { question, answer = question });
        }
    }

    private static async Task TeachAsync(TalkingShop shop, string kind, object body)
    {
        using var answer = await shop.Api.PostAsJsonAsync($"/api/knowledge/{kind}", body, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Stop));
    }

    private static async Task DeadLettersAsync(TalkingShop shop)
    {
        await PostAsync(shop, [.. Chunks(2000).Select((chunk, i) => new Dictionary<string, object?> { ["from"] = "15550109999", ["id"] = $"d{i}", ["text"] = new { body = chunk } })]);
        (await shop.DeadLettersAsync()).Count.ShouldBeGreaterThan(3);
    }

    /// <summary>What the provider says of a number and its templates. The number is on again, so that templates can be chosen.</summary>
    private static Task ProviderAsync(TalkingShop shop) => shop.App.Get<IDataWriter>().SaveAsync(db =>
    {
        var connection = db.Set<Connection>().AsTracking().Single();
        (connection.Enabled, connection.DisplayPhoneNumber, connection.BrokenReason) = (true, Chunks(60).First(), Chunks(2000).First());
        foreach (var (chunk, i) in Chunks(800).Select((chunk, i) => (chunk, i)))
        {
            db.Add(new MessageTemplate
            {
                Id = Guid.CreateVersion7(),
                AccountId = connection.AccountId,
                ConnectionId = connection.Id,
                Name = $"{i} {chunk}"[..Math.Min(200, chunk.Length)],
                Language = "en",
                Category = "UTILITY",
                Status = MessageTemplate.Approved,
                StatusAt = DateTimeOffset.UnixEpoch,
                Components = JsonSerializer.Serialize(new object[]
                {
                    new { type = "HEADER", format = "TEXT", text = chunk },
                    new { type = "BODY", text = chunk },
                    new { type = "FOOTER", text = chunk },
                    new { type = "BUTTONS", buttons = new[] { new { type = "QUICK_REPLY", text = chunk } } },
                }),
            });
        }
    });

    private static async Task SwitchOffAsync(TalkingShop shop)
    {
        var connection = (await shop.Api.GetFromJsonAsync<JsonElement>("/api/connections", Stop)).GetProperty("items")[0].GetProperty("id").GetGuid();
        using var answer = await shop.Api.PatchAsJsonAsync($"/api/connections/{connection}", new { enabled = false }, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task PostAsync(TalkingShop shop, List<Dictionary<string, object?>> messages)
    {
        foreach (var some in messages.Chunk(PerCallback))
        {
            (await shop.PostSignedAsync(Callback([.. some]))).ShouldBe(200);
        }
    }

    private static (Guid Id, long First, int Count) Stored(TalkingShop shop, string customer)
    {
        using var db = shop.App.Get<ReadDb>().Open();
        var id = db.Set<Conversation>().Single(c => c.SessionId == "wa_" + customer).Id;
        return (id, db.Set<Message>().Where(m => m.ConversationId == id).OrderBy(m => m.At).ThenBy(m => m.Seq).First().Seq, db.Set<Message>().Count(m => m.ConversationId == id));
    }

    private static Dictionary<string, object?> Message(string from, string id, Dictionary<string, object?> content) => new(content) { ["from"] = from, ["id"] = id, ["timestamp"] = $"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}" };

    private static object Metadata => new { display_phone_number = "15550100001", phone_number_id = SimulatorFixture.Number };

    private static byte[] Callback(IReadOnlyList<object> messages, IReadOnlyList<object>? statuses = null, string? name = null, string? customer = null) => Callback("messages", new
    {
        messaging_product = "whatsapp",
        metadata = Metadata,
        contacts = name is null ? [] : new[] { new { wa_id = customer, profile = new { name, username = name } } },
        messages,
        statuses = statuses ?? [],
    });

    private static byte[] Callback(string field, object value) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        @object = "whatsapp_business_account",
        entry = new[] { new { id = "200000000000001", changes = new[] { new { field, value } } } },
    });

    private static string Number(int field) => $"1555010{8000 + field}";

    private static string Id(string payload) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(payload)))[..16];

    /// <summary>All payloads, as many in one text as fit.</summary>
    private static IEnumerable<string> Chunks(int length)
    {
        var text = new StringBuilder();
        foreach (var payload in XssPayloads.All)
        {
            if (text.Length > 0 && text.Length + payload.Length + 1 > length)
            {
                yield return text.ToString();
                text.Clear();
            }

            text.Append(payload.AsSpan(0, Math.Min(payload.Length, length))).Append(' ');
        }

        yield return text.ToString();
    }

    private static Task LiveAsync(IPage page) => page.Locator("html[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached, Timeout = 60_000 });

    /// <summary>A model under somebody else's thumb, over knowledge that somebody else wrote.</summary>
    private sealed class HostileAnswers : IAnswerer
    {
        public Task<Answer> AnswerAsync(Question question, CancellationToken cancellationToken)
        {
            if (question.Text.StartsWith("gap", StringComparison.Ordinal))
            {
                return Task.FromResult(new Answer(AnswerKind.Fallback, "", [], new AnswerTrace { Passages = [Passage(question.Text)] }, IsGap: true));
            }

            var quote = question.Text[..Math.Min(400, question.Text.Length)];
            return Task.FromResult(new Answer(
                AnswerKind.Model,
                question.Text + " [[1]]",
                [new Citation(1, Guid.NewGuid(), Guid.NewGuid(), quote, quote, 0.9)],
                new AnswerTrace { Language = "en", Evidence = 0.9, Floor = 0.4, SearchText = question.Text, Model = quote, PromptVersion = quote, Passages = [Passage(question.Text)], Verdicts = [question.Text] }));
        }

        private static TracedPassage Passage(string text) => new(Guid.NewGuid(), text, text, 0.9, 0.8, 0.7, true);
    }
}
