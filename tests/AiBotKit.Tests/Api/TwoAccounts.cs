using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AiBotKit.Accounts;
using AiBotKit.Channels;
using AiBotKit.Chatbots;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Knowledge;
using AiBotKit.Storage;
using AiBotKit.Tests.Fakes;
using Microsoft.AspNetCore.Identity;

namespace AiBotKit.Tests.Api;

/// <summary>
/// The product with two accounts, a person in each, and one thing of every kind that belongs to the first. Texts of the first account
/// carry <see cref="Canary"/>, which nobody else may ever see.
/// </summary>
internal sealed class TwoAccounts : IAsyncDisposable
{
    public const string Canary = "canary-of-the-first-account";
    private const string Password = "seven green kettles sing";
    private static readonly DateTimeOffset Start = new(2026, 5, 4, 9, 0, 0, TimeSpan.Zero);

    private TwoAccounts(AppFixture app) => App = app;

    public AppFixture App { get; }

    public Guid Account => App.Get<FirstAccount>().Id;

    public Guid Chatbot { get; } = Guid.CreateVersion7(Start);

    public Guid Conversation { get; } = Guid.CreateVersion7(Start);

    public Guid DeadLetter { get; } = Guid.CreateVersion7(Start);

    /// <summary>A number that was switched off.</summary>
    public Guid Connection { get; } = Guid.CreateVersion7(Start);

    public Guid Document { get; } = Guid.CreateVersion7(Start);

    public HttpClient Anonymous { get; private set; } = null!;

    public HttpClient Person { get; private set; } = null!;

    public HttpClient Key { get; private set; } = null!;

    public HttpClient Stranger { get; private set; } = null!;

    public static async Task<TwoAccounts> StartAsync()
    {
        var two = new TwoAccounts(new AppFixture(new Dictionary<string, string?> { ["WhatsApp:CallbackSecret"] = "callback-secret", ["WhatsApp:VerifyToken"] = "verify-token" }));
        var first = two.App.Get<FirstAccount>().Id;
        var second = Guid.CreateVersion7(Start);
        await two.App.Get<IDataWriter>().SaveAsync(db =>
        {
            db.Add(new Account { Id = second, Name = "Other", CreatedAt = Start.AddYears(10) });
            db.AddRange(two.NewPerson("ana@example.com", first), two.NewPerson("sam@example.com", second));
            db.AddRange(
                new Chatbot { Id = two.Chatbot, AccountId = first, Name = Canary, CreatedAt = Start },
                new Chatbot { Id = Guid.CreateVersion7(Start), AccountId = second, Name = "Theirs", CreatedAt = Start });
            db.Add(new Conversation { Id = two.Conversation, AccountId = first, ChatbotId = two.Chatbot, Channel = "whatsapp", SessionId = "wa_1", Partition = 0, Address = "1", ContactName = Canary, LastMessageAt = Start, CreatedAt = Start });
            db.Add(new Message { Id = Guid.CreateVersion7(Start), AccountId = first, ConversationId = two.Conversation, Role = MessageRole.Customer, Type = "text", Text = Canary, At = Start, CreatedAt = Start, Status = MessageStatus.Received });
            db.Add(new Connection { Id = two.Connection, AccountId = first, ChatbotId = two.Chatbot, Channel = "whatsapp", Provider = "Pinnacle", BaseUrl = "https://provider.invalid", WabaId = "200000000000001", PhoneNumberId = "300000000000001", DisplayPhoneNumber = Canary, Enabled = false, CreatedAt = Start });
            db.Add(new DeadLetter { Id = two.DeadLetter, AccountId = first, Kind = "webhook_item", Reason = Canary, Raw = Encoding.UTF8.GetBytes("{}"), CreatedAt = Start });
            var source = new Source { Id = Guid.CreateVersion7(Start), AccountId = first, ChatbotId = two.Chatbot, Kind = SourceKind.Text, CreatedAt = Start };
            db.Add(source);
            db.Add(new Document { Id = two.Document, AccountId = first, ChatbotId = two.Chatbot, SourceId = source.Id, Name = Canary, Title = Canary, Format = "md", Content = Canary, Fingerprint = "", UpdatedAt = Start });
            RecordGap.Record(db, first, two.Chatbot, two.Conversation, Canary, [], 0, Start);
        });
        two.Anonymous = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = two.App.Address };
        two.Key = two.App.Api();
        two.Person = await two.SignInAsync("ana@example.com");
        two.Stranger = await two.SignInAsync("sam@example.com");
        return two;
    }

    /// <summary>A hash over every row, one line for each table.</summary>
    public string StoredState()
    {
        using var connection = App.Get<SqliteDatabase>().OpenForReading();
        using var tables = connection.CreateCommand();
        tables.CommandText = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name";
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
        foreach (var client in new[] { Anonymous, Person, Key, Stranger })
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

    private Person NewPerson(string email, Guid account)
    {
        var person = new Person { Id = Guid.CreateVersion7(Start), AccountId = account, Email = email, DisplayName = "P", PasswordHash = "", SecurityStamp = "stamp", CreatedAt = Start };
        person.PasswordHash = App.Get<IPasswordHasher<Person>>().HashPassword(person, Password);
        return person;
    }
}
