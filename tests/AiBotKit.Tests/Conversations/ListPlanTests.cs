using System.Data.Common;
using System.Diagnostics;
using System.Text.RegularExpressions;
using AiBotKit.Accounts;
using AiBotKit.Conversations;
using AiBotKit.Dashboard.Inbox;
using AiBotKit.Hosting.Paging;
using AiBotKit.Storage;
using AiBotKit.Tests.Fakes;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations;

/// <summary>How SQLite answers what the inbox asks: by indices, never by walking a whole table, whatever it grows to.</summary>
public sealed partial class ListPlanTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;
    private static readonly AsyncLocal<List<(string Sql, List<(string, object?)> Values)>?> Asked = new();

    [Fact]
    public async Task Nothing_that_the_inbox_asks_walks_all_messages_or_all_conversations()
    {
        using var listening = DiagnosticListener.AllListeners.Subscribe(new Listener());
        await using var app = new AppFixture();
        var account = app.Get<FirstAccount>().Id;
        var viewer = new InboxViewer(account, Guid.CreateVersion7(), TimeZoneInfo.Utc);
        var whole = new ConversationFilter(Guid.CreateVersion7(), "whatsapp", ConversationOwner.Mine, true, true, true);
        var questions = new List<(string Sql, List<(string, object?)> Values)>();
        Asked.Value = questions;
        foreach (var filter in new[] { ConversationFilter.None, whole, new(Owner: ConversationOwner.Waiting), new(Owner: ConversationOwner.Ai), new(Failed: true), new(Closing: true), new(Label: "VIP") })
        {
            await app.Get<ReadInbox>().CountAsync(viewer, filter, Stop);
            await app.Get<ReadInbox>().RunAsync(viewer, filter, 10, 30, app.Get<TimeProvider>().GetUtcNow(), Stop);
            await app.Get<ReadInbox>().SinceAsync(viewer, filter, app.Get<TimeProvider>().GetUtcNow(), Stop);
            await app.Get<FindInInbox>().RunAsync(viewer, new InboxQuery(filter, "moka pot"), null, Stop);
            await app.Get<ListConversations>().RunAsync(account, null, filter, SearchWords.Parse("moka"), new PageRequest(50, null), Stop);
            await app.Get<ListConversations>().RunAsync(account, null, filter, null, new PageRequest(50, new Cursor(app.Get<TimeProvider>().GetUtcNow(), 1)), Stop);
        }

        await app.Get<ReadInbox>().WaitingAsync(account, Stop);
        await app.Get<ReadInbox>().RowsAsync(viewer, [Guid.CreateVersion7()], Stop);
        Asked.Value = null;
        questions.Count.ShouldBeGreaterThan(40);
        var walks = questions.SelectMany(question => Walks(app, question.Sql, question.Values)).Distinct().ToList();
        walks.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_question_that_walks_a_table_is_noticed()
    {
        await using var app = new AppFixture();
        Walks(app, """SELECT count(*) FROM "messages" AS "m" WHERE "m"."Text" = 'x'""", []).ShouldNotBeEmpty();
        Walks(app, """SELECT count(*) FROM "conversations" AS "c" WHERE "c"."ContactName" = 'x'""", []).ShouldNotBeEmpty();
    }

    private static List<string> Walks(AppFixture app, string sql, List<(string Name, object? Value)> values)
    {
        using var connection = app.Get<SqliteDatabase>().OpenForReading();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // What the product itself has just asked.
        command.CommandText = "EXPLAIN QUERY PLAN " + sql;
#pragma warning restore CA2100
        values.ForEach(value => command.Parameters.AddWithValue(value.Name, value.Value ?? DBNull.Value));
        var tables = Tables().Matches(sql).Select(match => match.Groups[1].Value).ToHashSet();
        var walks = new List<string>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var step = reader.GetString(3);
            if (step.StartsWith("SCAN ", StringComparison.Ordinal) && tables.Contains(step.Split(' ')[1]))
            {
                walks.Add($"{step}: {sql}");
            }
        }

        return walks;
    }

    [GeneratedRegex("""\b"?(?:messages|conversations|search_people)"? (?:AS )?"?(\w+)"?""")]
    private static partial Regex Tables();

    private sealed class Listener : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == DbLoggerCategory)
            {
                value.Subscribe(this);
            }
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Key == RelationalEventId.CommandExecuting.Name && Asked.Value is { } asked && value.Value is CommandEventData { Command: var command })
            {
                asked.Add((command.CommandText, [.. command.Parameters.Cast<DbParameter>().Select(p => (p.ParameterName, p.Value))]));
            }
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        private const string DbLoggerCategory = "Microsoft.EntityFrameworkCore";
    }
}
