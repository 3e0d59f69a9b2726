using System.Globalization;
using AiBotKit.Accounts;
using AiBotKit.Chatbots;
using AiBotKit.Conversations.Team;
using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiBotKit.Bench.Lists;

/// <summary>
/// A store as it is after years: one account with 100,000 conversations of 20 messages each, and a small one beside it that says the same words. Rows are written in
/// their own transactions without syncing (nothing is measured meanwhile); the words are added by the product's own job.
/// </summary>
internal sealed class FullStore : IDisposable
{
    public const int Conversations = 100_000;
    public const int PerConversation = 20;
    public const int LongOne = 5_000;

    public const string CommonLabel = "Regular";
    public const string RareLabel = "Parcel lost";

    /// <summary>In twenty messages of two million.</summary>
    public const string RareWord = "quetzalhorn";

    private const int Others = 2_000;

    /// <summary>Every how many conversations carry a label.</summary>
    private static readonly (int Every, string Name)[] Labels = [(3, CommonLabel), (20, "Wholesale"), (1_000, RareLabel)];

    private static readonly string[] FirstNames = ["Maya", "Jonas", "Tomás", "Aïcha", "Samuel", "Priya", "Hannah", "José", "Ling", "Ömer", "Zoë", "Noor", "Ivan", "Chidi", "Aiko", "Lars"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aibotkit-bench-");
    private readonly MadeUpShop _shop = new(11);
    private readonly Random _random = new(5);

    private FullStore() => Database = new SqliteDatabase(_folder.FullName);

    public SqliteDatabase Database { get; }

    public Guid Account { get; } = Guid.CreateVersion7();

    public Guid Me { get; } = Guid.CreateVersion7();

    public Guid[] Bots { get; } = [Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7()];

    public List<Guid> Ids { get; } = [];

    public DateTimeOffset Now { get; } = TimeProvider.System.GetUtcNow();

    /// <summary>Messages whose words were added in a second.</summary>
    public double IndexedPerSecond { get; private set; }

    public double MegaBytes => new FileInfo(Database.FilePath).Length / 1048576.0;

    public static async Task<FullStore> MakeAsync()
    {
        var store = new FullStore();
        store.Database.BringUp();
        using (var session = new WriteSession(store.Database.OpenForWriting()))
        {
            session.Execute("PRAGMA synchronous=OFF");
            session.Execute("PRAGMA wal_autocheckpoint=20000");
            store.Fill(session, store.Account, store.Bots, Conversations, store.Ids);
            store.Fill(session, Guid.CreateVersion7(), [Guid.CreateVersion7()], Others, []);
        }

        await store.IndexAsync();
        return store;
    }

    public void Dispose() => _folder.Delete(true);

    private void Fill(WriteSession session, Guid account, Guid[] bots, int conversations, List<Guid> ids)
    {
        session.Begin(isPatient: true);
        using (var db = session.OpenContext())
        {
            db.Add(new Account { Id = account, Name = "Bench", CreatedAt = Now });
            foreach (var bot in bots)
            {
                db.Add(new Chatbot { Id = bot, AccountId = account, Name = "Shop " + bot.ToString()[^4..], CreatedAt = Now });
            }

            db.SaveChanges();
        }

        var lines = Enumerable.Range(0, 40_000).Select(_ => _shop.Line()).ToArray();
        for (var i = 0; i < conversations; i++)
        {
            ids.Add(Guid.CreateVersion7());
        }

        var total = conversations * PerConversation;
        for (var m = 0; m < total + LongOne; m++)
        {
            // Everybody writes now and then: the messages of a conversation lie far apart, as they do in a store that has grown.
            var conversation = m < total ? (int)((long)m * 7919 % conversations) : 0;
            var at = Now.AddDays(-30).AddTicks((long)(TimeSpan.FromDays(30).Ticks * (double)m / (total + LongOne)));
            var role = m % 2;
            var text = lines[Pick(lines.Length)] + (m % (total / 20) == 7 ? " " + RareWord : "");
            session.Execute(
                """
                INSERT INTO messages (Id, AccountId, ConversationId, Role, Type, Text, ProviderMessageId, At, CreatedAt, Status, Outcome, StartsTurn, PossibleDuplicate)
                VALUES ($1, $2, $3, $4, 'text', $5, $6, $7, $7, $8, $9, $10, 0)
                """,
                Guid.CreateVersion7(),
                account,
                ids[conversation],
                role,
                text,
                "wamid." + m.ToString("D12", CultureInfo.InvariantCulture),
                at,
                role == 0 ? 0 : 7,
                role == 0 ? "answered" : null,
                role == 0);
            if (m % 20_000 == 19_999)
            {
                Next(session);
            }
        }

        for (var i = 0; i < conversations; i++)
        {
            Conversation(session, account, bots[i % bots.Length], ids[i], i);
            if (i % 5_000 == 4_999)
            {
                Next(session);
            }
        }

        session.Commit();
    }

    private void Conversation(WriteSession session, Guid account, Guid bot, Guid id, int i)
    {
        var last = Now.AddSeconds(-Math.Pow(_random.NextDouble(), 3) * 2_592_000);
        var (waiting, taken, mine) = (Pick(50) == 0, Pick(20) == 0, Pick(40) == 0);
        session.Execute(
            """
            INSERT INTO conversations (Id, AccountId, ChatbotId, Channel, SessionId, Partition, Address, ContactName, AiReplies, AiRepliesReason, TakenOverBy, Epoch, LastInboundAt,
                LastMessageAt, LastMessagePreview, LastMessageRole, FailedAt, Unread, WaitingReason, WaitingSince, DisclosureDue, OutageNoticeSent, UnansweredInARow, NameGiven, KeptApart, Version, CreatedAt)
            VALUES ($1, $2, $3, 'whatsapp', $4, 0, $5, $6, $7, $8, $9, 0, $10, $11, 'Hello', $12, $13, $14, $15, $16, 0, 0, 0, 0, 0, 1, $17)
            """,
            id,
            account,
            bot,
            "wa_" + Number(i),
            Number(i),
            i % 7 == 0 ? null : FirstNames[i % FirstNames.Length] + " " + _shop.Line().Split(' ')[2],
            !taken,
            taken ? "owner" : null,
            taken ? mine ? Me : Guid.CreateVersion7() : null,
            last,
            last,
            i % 2,
            Pick(100) == 0 ? last : null,
            Pick(5) == 0 ? Pick(4) + 1 : 0,
            waiting ? "gap" : null,
            waiting ? last : null,
            Now.AddDays(-31));
        foreach (var (every, name) in Labels)
        {
            if (i % every == 0)
            {
                session.Execute("INSERT INTO conversation_labels (ConversationId, Key, AccountId, Name) VALUES ($1, $2, $3, $4)", id, LabelRules.Key(name), account, name);
            }
        }

        if (i % 30 == 0)
        {
            session.Execute("UPDATE conversations SET AssignedTo = $2 WHERE Id = $1", id, i % 60 == 0 ? Me : Guid.CreateVersion7());
        }
    }

    private async Task IndexAsync()
    {
        using var writer = new GroupCommitWriter(Database, FaultPoints.None, TimeProvider.System, NullLogger<GroupCommitWriter>.Instance);
        using var stop = new CancellationTokenSource();
        var running = Task.Factory.StartNew(() => writer.RunAsync(stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        using var index = new KeepSearchIndex(writer, new CommitSignals(), TimeProvider.System, NullLogger<KeepSearchIndex>.Instance);
        var start = TimeProvider.System.GetTimestamp();
        await index.RunOnceAsync(default);
        IndexedPerSecond = (Conversations + Others) * (double)PerConversation / TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        await stop.CancelAsync();
        await running;
        using var session = new WriteSession(Database.OpenForWriting());
        session.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private static string Number(int i) => (4_915_550_000_000 + (i * 37L)).ToString(CultureInfo.InvariantCulture);

    private static void Next(WriteSession session)
    {
        session.Commit();
        session.Begin(isPatient: true);
    }

#pragma warning disable CA5394 // The same store in every run.
    private int Pick(int below) => _random.Next(below);
#pragma warning restore CA5394
}
