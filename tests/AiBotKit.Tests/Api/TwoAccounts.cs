using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AiBotKit.Accounts;
using AiBotKit.Accounts.Keys;
using AiBotKit.Accounts.Sessions;
using AiBotKit.Accounts.Team;
using AiBotKit.Channels;
using AiBotKit.Channels.WhatsApp.Templates;
using AiBotKit.Chatbots;
using AiBotKit.Conversations;
using AiBotKit.Conversations.Drafts;
using AiBotKit.Conversations.Leads;
using AiBotKit.Conversations.Media;
using AiBotKit.Conversations.Team;
using AiBotKit.Durability;
using AiBotKit.Knowledge;
using AiBotKit.Storage;
using AiBotKit.Tests.Fakes;
using Microsoft.AspNetCore.Identity;

namespace AiBotKit.Tests.Api;

/// <summary>
/// The product with two accounts, people of every role, and one thing of every kind in each account. Texts of the first account carry
/// <see cref="Canary"/>, which nobody else may ever see.
/// </summary>
internal sealed class TwoAccounts : IAsyncDisposable
{
    public const string Canary = "canary-of-the-first-account";
    private const string Password = "seven green kettles sing";
    private static readonly DateTimeOffset Start = new(2026, 5, 4, 9, 0, 0, TimeSpan.Zero);

    private TwoAccounts(AppFixture app) => App = app;

    public AppFixture App { get; }

    public Guid Account => Mine["account"];

    /// <summary>The first account's things by the names that route-table.json gives them.</summary>
    public Dictionary<string, Guid> Mine { get; } = [];

    /// <summary>The second account's, by the same names.</summary>
    public Dictionary<string, Guid> Theirs { get; } = [];

    public Guid Chatbot => Mine["chatbot"];

    /// <summary>A number that was switched off.</summary>
    public Guid Connection => Mine["connection"];

    public Guid Conversation => Mine["conversation"];

    public Guid DeadLetter => Mine["deadLetter"];

    public Guid Document => Mine["document"];

    public HttpClient Anonymous { get; private set; } = null!;

    /// <summary>The person whom the set-up link made: an owner of the first account and an operator.</summary>
    public HttpClient Person { get; private set; } = null!;

    /// <summary>Another owner of the first account, who is no operator.</summary>
    public HttpClient Owner { get; private set; } = null!;

    public HttpClient Agent { get; private set; } = null!;

    /// <summary><c>Api:Key</c>, an operator.</summary>
    public HttpClient Key { get; private set; } = null!;

    /// <summary>An owner of the second account.</summary>
    public HttpClient Stranger { get; private set; } = null!;

    public static async Task<TwoAccounts> StartAsync()
    {
        var two = new TwoAccounts(new AppFixture(new Dictionary<string, string?> { ["WhatsApp:CallbackSecret"] = "callback-secret", ["WhatsApp:VerifyToken"] = "verify-token" }));
        var first = two.App.Get<FirstAccount>().Id;
        var second = Guid.CreateVersion7(Start);
        var (mine, theirs) = (Things(first, Canary, "1"), Things(second, "Theirs", "2"));
        await two.App.Get<IDataWriter>().SaveAsync(db =>
        {
            db.Add(new Account { Id = second, Name = "Other", CreatedAt = Start.AddYears(10) });
            db.AddRange(two.NewPerson("ana@example.com", first, isFirst: true), two.NewPerson("olu@example.com", first), two.NewPerson("sam@example.com", second));
            foreach (var (account, things, names) in new[] { (first, mine, two.Mine), (second, theirs, two.Theirs) })
            {
                foreach (var (name, id, thing) in things)
                {
                    names[name] = id;
                    db.Add(thing);
                }

                names["account"] = account;
                var agent = two.NewPerson(account == first ? "ada@example.com" : "abe@example.com", account, PersonRole.Agent);
                names["person"] = agent.Id;
                db.Add(agent);
                db.AddRange(PersonsThings(account, agent.Id, names));
            }

        });
        foreach (var name in new[] { StoredName("1"), StoredName("2") })
        {
            var path = Directory.CreateDirectory(Path.Combine(two.App.Folder, "media", name[..2]));
            await File.WriteAllTextAsync(Path.Combine(path.FullName, name), Canary);
            await File.WriteAllTextAsync(Path.Combine(path.FullName, name + ".thumb"), Canary);
        }

        two.Anonymous = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = two.App.Address };
        two.Key = two.App.Api();
        two.Person = await two.SignInAsync("ana@example.com");
        two.Owner = await two.SignInAsync("olu@example.com");
        two.Agent = await two.SignInAsync("ada@example.com");
        two.Stranger = await two.SignInAsync("sam@example.com");
        return two;
    }

    /// <summary>A hash over every row, one line for each table. Without the search's own: words of what was stored before are added when there is time.</summary>
    public string StoredState()
    {
        using var connection = App.Get<SqliteDatabase>().OpenForReading();
        using var tables = connection.CreateCommand();
        tables.CommandText = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'search_%' ORDER BY name";
        var names = new List<string>();
        using (var reader = tables.ExecuteReader())
        {
            while (reader.Read())
            {
                names.Add(reader.GetString(0));
            }
        }

        var state = new StringBuilder();
        foreach (var name in names)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var rows = connection.CreateCommand();
#pragma warning disable CA2100 // The names are the schema's own.
            rows.CommandText = "SELECT * FROM \"" + name + "\"";
#pragma warning restore CA2100
            using var reader = rows.ExecuteReader();
            while (reader.Read())
            {
                for (var i = 0; i < reader.FieldCount; i++)
                {
                    var value = reader.GetValue(i);
                    hash.AppendData(value as byte[] ?? Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{i}={value};")));
                }
            }

            state.AppendLine(CultureInfo.InvariantCulture, $"{name} {Convert.ToHexStringLower(hash.GetHashAndReset())[..16]}");
        }

        return state.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in new[] { Anonymous, Person, Owner, Agent, Key, Stranger })
        {
            client.Dispose();
        }

        await App.DisposeAsync();
    }

    private async Task<HttpClient> SignInAsync(string email)
    {
        var browser = App.Anonymous();
        await Forms.PostAsync(browser, "/sign-in", "/account/sign-in", ("email", email), ("password", Password));
        browser.DefaultRequestHeaders.Add("Origin", App.Address.GetLeftPart(UriPartial.Authority));
        return browser;
    }

    private static string StoredName(string number) => new(number[0], 32);

    /// <summary>One thing of every kind, with the name that stands for its id in route-table.json.</summary>
    private static List<(string Name, Guid Id, object Thing)> Things(Guid account, string text, string number)
    {
        Guid New() => Guid.CreateVersion7(Start);
        var (chatbot, connection, conversation, message, media, letter, source, document, gap, held, lead, canned, draft) = (New(), New(), New(), New(), New(), New(), New(), New(), New(), New(), New(), New(), New());
        return
        [
            ("chatbot", chatbot, new Chatbot { Id = chatbot, AccountId = account, Name = text, CreatedAt = Start }),
            ("connection", connection, new Connection
            {
                Id = connection,
                AccountId = account,
                ChatbotId = chatbot,
                Channel = "whatsapp",
                Provider = "Pinnacle",
                BaseUrl = "https://provider.invalid",
                WabaId = "20000000000000" + number,
                PhoneNumberId = "30000000000000" + number,
                DisplayPhoneNumber = text,
                Enabled = false,
                CreatedAt = Start,
            }),
            ("conversation", conversation, new Conversation
            {
                Id = conversation,
                AccountId = account,
                ChatbotId = chatbot,
                Channel = "whatsapp",
                SessionId = "wa_1",
                Partition = 0,
                Address = "1",
                ContactName = text,
                LastMessageAt = Start,
                CreatedAt = Start,
            }),
            ("message", message, new Message { Id = message, AccountId = account, ConversationId = conversation, Role = MessageRole.Customer, Type = "text", Text = text, At = Start, CreatedAt = Start, Status = MessageStatus.Received }),
            ("media", media, new MediaFile
            {
                Id = media,
                AccountId = account,
                ConversationId = conversation,
                ConnectionId = connection,
                MessageId = message,
                MessageSeq = number == "1" ? 1 : 2,
                Family = "image",
                ProviderMediaId = "1",
                FileName = text,
                State = MediaState.Stored,
                ContentType = "image/png",
                Size = 1,
                StoredName = StoredName(number),
                CreatedAt = Start,
            }),
            ("held", held, new HeldReply { Id = held, AccountId = account, ConversationId = conversation, ConnectionId = connection, Text = text, AuthorName = text, State = HeldState.Waiting, CreatedAt = Start }),
            ("draft", draft, new ReplyDraft { Id = draft, AccountId = account, ConversationId = conversation, Text = text, Citations = "[]", Trace = "{}", AskedBy = null, CreatedAt = Start }),
            ("template", New(), new MessageTemplate { Id = New(), AccountId = account, ConnectionId = connection, Name = "greeting", Language = "en", Category = "UTILITY", Status = "APPROVED", StatusAt = Start, Components = $$"""[{"type":"BODY","text":"{{text}}"}]""" }),
            ("label", conversation, new ConversationLabel { ConversationId = conversation, Key = text.ToUpperInvariant(), AccountId = account, Name = text }),
            ("cannedReply", canned, new CannedReply { Id = canned, AccountId = account, Shortcut = "canary", Text = text, ChangedAt = Start }),
            ("deadLetter", letter, new DeadLetter { Id = letter, AccountId = account, Kind = "webhook_item", Reason = text, Raw = Encoding.UTF8.GetBytes("{}"), CreatedAt = Start }),
            ("source", source, new Source { Id = source, AccountId = account, ChatbotId = chatbot, Kind = SourceKind.Text, CreatedAt = Start }),
            ("document", document, new Document { Id = document, AccountId = account, ChatbotId = chatbot, SourceId = source, Name = text, Title = text, Format = "md", Content = text, Fingerprint = "", UpdatedAt = Start }),
            ("leadForm", chatbot, new LeadForm { ChatbotId = chatbot, AccountId = account, Settings = JsonSerializer.Serialize(LeadFormValues.New with { Heading = text, OwnFields = [text] }, LeadJson.Default.LeadFormValues) }),
            ("lead", lead, new Lead { Id = lead, AccountId = account, ChatbotId = chatbot, ConversationId = conversation, Name = text, Own = "[]", Words = text, CreatedAt = Start }),
            ("gap", gap, new Gap { Id = gap, AccountId = account, ChatbotId = chatbot, Key = text, Question = text, ConversationId = conversation, FirstSeenAt = Start, LastSeenAt = Start, Nearest = "", Evidence = 0 }),
        ];
    }

    /// <summary>What belongs to a person, added to the names.</summary>
    private static object[] PersonsThings(Guid account, Guid person, Dictionary<string, Guid> names)
    {
        Guid New(string name) => names[name] = Guid.CreateVersion7(Start);
        var now = TimeProvider.System.GetUtcNow();
        return
        [
            new Session { Id = New("session"), KeyHash = RandomToken.Hash(RandomToken.New()), AccountId = account, PersonId = person, CreatedAt = now, LastSeenAt = now },
            new Invitation { Id = New("invitation"), AccountId = account, Email = "new@example.com", Role = PersonRole.Agent, Hash = RandomToken.Hash(RandomToken.New()), CreatedAt = now, ExpiresAt = now.AddDays(7) },
            new ApiKey { Id = New("apiKey"), AccountId = account, Name = "till", Role = PersonRole.Agent, Hash = RandomToken.Hash(RandomToken.New()), Last4 = "abcd", CreatedAt = now },
        ];
    }

    private Person NewPerson(string email, Guid account, PersonRole role = PersonRole.Owner, bool isFirst = false)
    {
        var person = new Person
        {
            Id = Guid.CreateVersion7(Start),
            AccountId = account,
            Email = email,
            DisplayName = "P",
            PasswordHash = "",
            SecurityStamp = "stamp",
            Role = role,
            IsFirst = isFirst,
            CreatedAt = Start,
        };
        person.PasswordHash = App.Get<IPasswordHasher<Person>>().HashPassword(person, Password);
        return person;
    }
}
