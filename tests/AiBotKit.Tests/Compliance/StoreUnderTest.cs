using AiBotKit.Accounts;
using AiBotKit.Channels;
using AiBotKit.Chatbots;
using AiBotKit.Durability;
using AiBotKit.Storage;

namespace AiBotKit.Tests.Compliance;

/// <summary>An empty store of one dialect, and a look behind it. Two accounts with one number each are put in by the suite.</summary>
internal abstract class StoreUnderTest : IAsyncDisposable
{
    public abstract IMessageStore Store { get; }

    public abstract CommitSignals Signals { get; }

    /// <summary>A context that sees what is committed.</summary>
    public abstract AppDbContext Open();

    /// <summary>Changes rows behind the store's back.</summary>
    public abstract Task ChangeAsync(Action<AppDbContext> change);

    public abstract ValueTask DisposeAsync();
}

/// <summary>One account with its chatbot and number.</summary>
internal sealed record Shop(Guid AccountId, Guid ChatbotId, Guid ConnectionId, string Route, string WabaId)
{
    public static Shop Of(int number) => new(Id(number, 1), Id(number, 2), Id(number, 3), $"30000000000000{number}", $"20000000000000{number}");

    public void AddTo(AppDbContext db, DateTimeOffset now)
    {
        db.Add(new Account { Id = AccountId, Name = "Shop", CreatedAt = now });
        db.Add(new Chatbot { Id = ChatbotId, AccountId = AccountId, Name = "Bot", CreatedAt = now });
        db.Add(new Connection
        {
            Id = ConnectionId,
            AccountId = AccountId,
            ChatbotId = ChatbotId,
            Channel = "whatsapp",
            Provider = "Pinnacle",
            BaseUrl = "http://127.0.0.1:1",
            WabaId = WabaId,
            PhoneNumberId = Route,
            DisplayPhoneNumber = "15550100001",
            CreatedAt = now,
        });
    }

    private static Guid Id(int number, int kind) => new($"00000000-0000-7000-8000-00000000{number:D2}{kind:D2}");
}
