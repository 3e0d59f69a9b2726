using System.Diagnostics;
using System.Globalization;
using AiBotKit.Accounts;
using AiBotKit.Channels;
using AiBotKit.Chatbots;
using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiBotKit.Bench.Acks;

/// <summary>The store's part of an acknowledgement alone, in this process: 64 callers, one text message each, to the commit on disk.</summary>
internal static class IngestBench
{
    private const int Callers = 64;
    private const int WarmUp = 40_000;
    private const int Messages = 100_000;

    /// <param name="CpuMicroseconds">Processor time of this whole process per message.</param>
    internal sealed record Figures(string Variant, double PerSecond, double CpuMicroseconds);

    /// <summary>What the list and the search cost an acknowledgement, beside the same store without them and beside words that are added in the commit itself.</summary>
    private static readonly (string Name, string Sql)[] Variants =
    [
        ("as it is", "SELECT 1;"),
        ("without the list's index and the search's triggers",
            """
            DROP INDEX IX_conversations_list; DROP INDEX IX_conversations_waiting; CREATE INDEX plain ON conversations (AccountId, LastMessageAt);
            DROP TRIGGER search_contact_new; DROP TRIGGER search_contact_changed; DROP TRIGGER search_contact_gone; DROP TRIGGER search_message_changed; DROP TRIGGER search_message_gone;
            """),
        ("words added in the commit",
            "CREATE TRIGGER now AFTER INSERT ON messages BEGIN INSERT INTO search_messages (rowid, Text, Scope) VALUES (new.Seq, new.Text, 'a' || lower(hex(new.AccountId))); END;"),
    ];

    public static async Task<IReadOnlyList<Figures>> RunAsync()
    {
        var results = new List<Figures>();
        for (var round = 0; round < 2; round++)
        {
            foreach (var (name, sql) in Variants)
            {
                results.Add(await RunAsync(name, sql));
            }
        }

        return results;
    }

    private static async Task<Figures> RunAsync(string variant, string sql)
    {
        var folder = Directory.CreateTempSubdirectory("aibotkit-bench-");
        var database = new SqliteDatabase(folder.FullName);
        database.BringUp();
        using (var connection = database.OpenForWriting())
        {
            SqlitePragmas.Run(connection, sql);
        }

        using var writer = new GroupCommitWriter(database, FaultPoints.None, TimeProvider.System, NullLogger<GroupCommitWriter>.Instance);
        using var reads = new SqliteReads(database);
        var store = new SqliteMessageStore(writer, reads, new CommitSignals(), FaultPoints.None);
        using var stop = new CancellationTokenSource();
        var running = Task.Factory.StartNew(() => writer.RunAsync(stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        await writer.SaveAsync(Seed);

        await IngestAsync(store, 0, WarmUp);
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        await IngestAsync(store, WarmUp, Messages);
        var seconds = clock.Elapsed.TotalSeconds;
        var used = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        await stop.CancelAsync();
        await running;
        folder.Delete(true);
        var figures = new Figures(variant, Math.Round(Messages / seconds), Math.Round(used.TotalMicroseconds / Messages, 1));
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"ingest, {variant}: {figures.PerSecond:F0} messages/s, {figures.CpuMicroseconds:F1} µs of processor a message"));
        return figures;
    }

    private static async Task IngestAsync(SqliteMessageStore store, int from, int count)
    {
        var next = from - 1;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            await Task.Yield();
            for (int i; (i = Interlocked.Increment(ref next)) < from + count;)
            {
                await store.IngestAsync([Message(i)], _ => new ArrivalDecision(null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60)), TimeProvider.System.GetUtcNow());
            }
        }));
    }

    private static CustomerArrival Message(int i)
    {
        var phone = (15_552_000_000 + (i % 2_000)).ToString(CultureInfo.InvariantCulture);
        var key = new byte[16];
        Random.Shared.NextBytes(key);
        return new CustomerArrival
        {
            Route = EndToEnd.RigSettings.Number,
            DedupKey = key,
            From = new CustomerIdentity("wa_" + phone, phone, null, "Customer"),
            ProviderMessageId = "wamid.HBgLMTU1NTIwMDAwMDAVAgASGBQz" + i.ToString("D9", CultureInfo.InvariantCulture),
            At = TimeProvider.System.GetUtcNow(),
            Type = "text",
            Text = "Hello, do you deliver to the islands as well, and how long does it take? I would like to order two bags.",
            Raw = new byte[300],
            StartsTurn = true,
            RefreshesWindow = true,
        };
    }

    private static int Seed(AppDbContext db)
    {
        var now = TimeProvider.System.GetUtcNow();
        var (account, chatbot) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        db.Add(new Account { Id = account, Name = "Bench", CreatedAt = now });
        db.Add(new Chatbot { Id = chatbot, AccountId = account, Name = "Shop", CreatedAt = now });
        db.Add(new Connection
        {
            Id = Guid.CreateVersion7(),
            AccountId = account,
            ChatbotId = chatbot,
            Channel = "whatsapp",
            Provider = "Pinnacle",
            BaseUrl = "http://127.0.0.1:1",
            WabaId = EndToEnd.RigSettings.WabaId,
            PhoneNumberId = EndToEnd.RigSettings.Number,
            DisplayPhoneNumber = EndToEnd.RigSettings.DisplayNumber,
            CreatedAt = now,
        });
        return 0;
    }
}
