using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Api;

/// <summary>
/// Second wall (S-T4): whatever the routes read of a table whose rows belong to an account, the statement itself names the account. An id
/// that was checked before is no reason to leave it out: that check is what somebody will forget.
/// </summary>
public sealed class TenantWallTests
{
    /// <summary>Statements that cannot name an account, each by a part that only it has.</summary>
    private static readonly (string Part, string Why)[] Free =
    [
        ("RETURNING 1", "a row that was read under its account and is written back by its key"),
        ("WHERE 0", "a column list for the writer's own statements; no row"),
        ("\"s\".\"KeyHash\" = @hash", "the session of a cookie: it says which account it is"),
        ("\"p\".\"Id\" = @id", "the signed-in person's own row, asked for by Identity"),
        ("\"p\".\"Version\" = @user_Version", "Identity's write of that row"),
        ("\"a\".\"CreatedById\" = @personId", "keys of a person who was found in the account"),
        ("\"s\".\"PersonId\" = @personId", "sessions of a person who was found in the account"),
        ("-- figures of the whole installation", "gauges, when somebody collects them"),
        ("-- whose a callback may be, before that is known", "secrets that a callback may be signed with"),
        ("\"m\".\"DueAt\" <= @now", "the mail loop of all accounts"),
        ("\"m\".\"Id\" = @mail_Id", "a mail of that loop"),
        ("\"m\".\"CreatedAt\" < @p", "retention of all accounts"),
        ("MAX(\"m\".\"Seq\")", "how far the files of messages were looked for, over all accounts"),
        ("MAX(\"m\".\"MessageSeq\")", "the same after a start"),
        ("\"m\".\"Seq\" > @", "files of new messages of all accounts"),
        ("\"m\".\"PreviewDueAt\" <= @now", "files of all accounts whose previews are due"),
        ("\"m\".\"Id\" = @file_Id", "a file of that loop"),
        ("\"c\".\"ApiKeyProtected\" <> ''", "connections of all accounts whose templates are due"),
        ("SELECT \"m\".\"StoredName\"", "names of all files, at a start"),
        ("FROM \"erasures\"", "erasures that were begun, of all accounts"),
    ];

    [Fact]
    public async Task Every_statement_of_every_route_names_the_account()
    {
        await using var two = await TwoAccounts.StartAsync();
        var tables = TenantTables(two);
        tables.Count.ShouldBeGreaterThan(15);
        using var seen = new Statements(two.App.Folder);
        foreach (var client in new[] { two.Agent, two.Owner, two.Stranger })
        {
            foreach (var row in RouteTable.InSafeOrder())
            {
                using var answer = await client.SendAsync(row.Request(two.Mine), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            }
        }

        seen.All.Count(sql => tables.Any(table => Reads(sql, table))).ShouldBeGreaterThan(50);
        var open = seen.All.Where(sql => IsUnbound(sql, tables)).Order(StringComparer.Ordinal).ToList();
        open.ShouldBeEmpty(string.Join("\n\n", open));
    }

    [Theory]
    [InlineData("SELECT \"c\".\"Id\" FROM \"conversations\" AS \"c\" WHERE \"c\".\"Id\" = @id", true)]
    [InlineData("SELECT \"c\".\"Id\" FROM \"conversations\" AS \"c\" WHERE \"c\".\"AccountId\" = @account AND \"c\".\"Id\" = @id", false)]
    [InlineData("SELECT \"x\".\"Id\" FROM \"elsewhere\" AS \"x\" WHERE \"x\".\"Id\" = @id", false)]
    public void A_statement_without_the_account_is_found(string sql, bool found) => IsUnbound(sql, ["conversations"]).ShouldBe(found);

    private static bool IsUnbound(string sql, IReadOnlyList<string> tables) =>
        tables.Any(table => Reads(sql, table)) && !sql.Contains("\"AccountId\" = @", StringComparison.Ordinal) && !Free.Any(free => sql.Contains(free.Part, StringComparison.Ordinal));

    private static bool Reads(string sql, string table) => Regex.IsMatch(sql, $"(FROM|JOIN|UPDATE) \"{table}\"");

    private static List<string> TenantTables(TwoAccounts two)
    {
        using var db = two.App.Get<ReadDb>().Open();
        return [.. db.Model.GetEntityTypes().Where(type => type.FindProperty("AccountId") is not null).Select(type => type.GetTableName()!).Distinct()];
    }

    /// <summary>The statements that Entity Framework sends to the database of one product.</summary>
    private sealed class Statements : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private readonly ConcurrentDictionary<string, bool> _seen = new();
        private readonly ConcurrentBag<IDisposable> _subscriptions = [];
        private readonly string _folder;

        public Statements(string folder)
        {
            _folder = folder;
            _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
        }

        public ICollection<string> All => _seen.Keys;

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == DbLoggerCategory.Name)
            {
                _subscriptions.Add(value.Subscribe(this));
            }
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Value is CommandEventData { Command: var command } && value.Key == RelationalEventId.CommandExecuting.Name
                && command.Connection!.ConnectionString.Contains(_folder, StringComparison.Ordinal))
            {
                _seen.TryAdd(command.CommandText, true);
            }
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void Dispose()
        {
            foreach (var subscription in _subscriptions)
            {
                subscription.Dispose();
            }
        }
    }
}
