using System.Diagnostics;
using System.Globalization;
using AiBotKit.Conversations;
using AiBotKit.Dashboard.Inbox;
using AiBotKit.Durability;
using AiBotKit.Hosting.Paging;
using AiBotKit.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiBotKit.Bench.Lists;

/// <summary>
/// What a person at the inbox waits for, at the server: the list with its counts, every filter, searches, opening a conversation, over 100,000 conversations and
/// 2,000,000 messages. Each is what the screen or the route really asks, from the question to the rows.
/// </summary>
internal static class ListBench
{
    private const int Runs = 60;
    private const double Target = 150;

    internal sealed record Line(string What, double P50Ms, double P95Ms);

    internal sealed record Figures(int Conversations, int Messages, double StoreMb, double IndexedPerSecond, IReadOnlyList<Line> Lines);

    public static async Task<Figures> RunAsync()
    {
        var clock = Stopwatch.StartNew();
        using var store = await FullStore.MakeAsync();
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"store made in {clock.Elapsed.TotalSeconds:F0} s, {store.MegaBytes:F0} MB, words added at {store.IndexedPerSecond:F0} messages/s"));
        var lines = new List<Line>();
        using var writer = new GroupCommitWriter(store.Database, FaultPoints.None, TimeProvider.System, NullLogger<GroupCommitWriter>.Instance);
        using var rows = new SqliteReads(store.Database);
        foreach (var (what, act) in Acts(store, new SqliteMessageStore(writer, rows, new CommitSignals(), FaultPoints.None)))
        {
            lines.Add(await MeasureAsync(what, act));
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{what,-58} p50 {lines[^1].P50Ms,7:F1} ms   p95 {lines[^1].P95Ms,7:F1} ms"));
        }

        if (lines.FirstOrDefault(line => line.P95Ms > Target) is { } slow)
        {
            throw new BrokenPromiseException($"'{slow.What}' takes {slow.P95Ms:F0} ms; the target is {Target} ms.");
        }

        return new Figures(FullStore.Conversations, FullStore.Conversations * FullStore.PerConversation, Math.Round(store.MegaBytes), Math.Round(store.IndexedPerSecond), lines);
    }

    private static IEnumerable<(string What, Func<int, Task> Act)> Acts(FullStore store, IMessageStore messages)
    {
        var reads = new ReadDb(store.Database);
        var inbox = new ReadInbox(reads, TimeProvider.System);
        var search = new SearchMessages(reads, TimeProvider.System);
        var find = new FindInInbox(reads, search, TimeProvider.System);
        var rest = new ListConversations(reads, TimeProvider.System);
        var timeline = new ReadTimeline(reads, messages, TimeProvider.System);
        var viewer = new InboxViewer(store.Account, store.Me, TimeZoneInfo.Utc);
        var none = ConversationFilter.None;

        Func<int, Task> List(ConversationFilter filter, int skip = 0) => async _ =>
        {
            await inbox.CountAsync(viewer, filter, default);
            await inbox.RunAsync(viewer, filter, skip, 30, null, default);
        };
        Func<int, Task> Find(string words, ConversationFilter? filter = null) => _ => find.RunAsync(viewer, new InboxQuery(filter ?? none, words), null, default);
        Func<int, Task> Rest(ConversationFilter filter, string? words = null) => _ => rest.RunAsync(store.Account, store.Me, filter, SearchWords.Parse(words), new PageRequest(50, null), default);

        return
        [
            ("list, first page with all counts", List(none)),
            ("list, rows 60,000 to 60,030", List(none, 60_000)),
            ("list, the last rows", List(none, FullStore.Conversations - 30)),
            ("list held while scrolled, with what is new", async _ =>
            {
                await inbox.SinceAsync(viewer, none, store.Now.AddMinutes(-5), default);
                await inbox.RunAsync(viewer, none, 500, 30, store.Now.AddMinutes(-5), default);
            }),
            ("filter: one chatbot", List(none with { Bot = store.Bots[1] })),
            ("filter: channel", List(none with { Channel = "whatsapp" })),
            ("filter: channel without any", List(none with { Channel = "website" })),
            ("filter: mine", List(none with { Owner = ConversationOwner.Mine })),
            ("filter: AI", List(none with { Owner = ConversationOwner.Ai })),
            ("filter: waiting for a person", List(none with { Owner = ConversationOwner.Waiting })),
            ("filter: unread", List(none with { Unread = true })),
            ("filter: window closing soon", List(none with { Closing = true })),
            ("filter: a label of every third", List(none with { Label = FullStore.CommonLabel })),
            ("filter: a label of every thousandth", List(none with { Label = FullStore.RareLabel })),
            ("filter: failed", List(none with { Failed = true })),
            ("filter: mine, unread, failed, one chatbot", List(none with { Bot = store.Bots[2], Owner = ConversationOwner.Mine, Unread = true, Failed = true })),
            ("how many wait, for the rail", _ => inbox.WaitingAsync(store.Account, default)),
            ("search: a rare word", Find(FullStore.RareWord)),
            ("search: a common word", Find("delivery")),
            ("search: two common words", Find("delivery refund")),
            ("search: a word of every third message", Find("the ")),
            ("search: the beginning of a word, one letter", Find("d")),
            ("search: the beginning of a word, two letters", Find("de")),
            ("search: the beginning of a word, four letters", Find("deli")),
            ("search: the beginning of a word, with a common word", Find("the deli")),
            ("search: a common and a rare word", Find("the " + FullStore.RareWord)),
            ("search: no such word", Find("xylophonist")),
            ("search: a common word, filtered to mine", Find("delivery", none with { Owner = ConversationOwner.Mine })),
            ("search: a common word, filtered to nothing", Find("delivery", none with { Channel = "website" })),
            ("search: a name", Find("José")),
            ("search: the last digits of a number", Find("370037")),
            ("REST: conversations", Rest(none)),
            ("REST: conversations, failed and unread", Rest(none with { Failed = true, Unread = true })),
            ("REST: conversations by name", Rest(none, "maya")),
            ("open a conversation of 20 messages", i => timeline.RunAsync(store.Account, store.Ids[1 + (i * 613)], null, false, TimeZoneInfo.Utc, default)),
            ("open a conversation of 5,000 messages", _ => timeline.RunAsync(store.Account, store.Ids[0], null, false, TimeZoneInfo.Utc, default)),
        ];
    }

    private static async Task<Line> MeasureAsync(string what, Func<int, Task> act)
    {
        for (var i = 0; i < 3; i++)
        {
            await act(i);
        }

        var times = new double[Runs];
        for (var i = 0; i < Runs; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await act(i + 3);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return new Line(what, Math.Round(times[Runs / 2], 1), Math.Round(times[Runs * 95 / 100], 1));
    }
}
