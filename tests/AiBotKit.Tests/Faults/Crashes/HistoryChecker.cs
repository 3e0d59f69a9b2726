using System.Text.RegularExpressions;
using AiBotKit.Durability;
using AiBotKit.Storage;

namespace AiBotKit.Tests.Faults.Crashes;

/// <summary>Compares the truth of the world with the store at the end of a history: lost, duplicated, unexpected.</summary>
internal sealed partial class HistoryChecker(World world)
{
    private readonly List<string> _wrong = [.. world.Violations];

    /// <summary>Everything that breaks the contract I1 to I5 and I7; empty when all is well.</summary>
    public List<string> Check(string folder)
    {
        using var connection = new SqliteDatabase(folder).OpenForReading();
        CheckStored(connection);
        CheckSends(connection);
        return _wrong;
    }

    private void CheckStored(Microsoft.Data.Sqlite.SqliteConnection connection)
    {
        var rows = new List<(string? Id, string Text, string? Outcome, byte[]? Turn, int Starts)>();
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT ProviderMessageId, Text, Outcome, TurnId, StartsTurn FROM messages WHERE Role = 0";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                rows.Add((reader.TextOrNull(0), reader.GetString(1), reader.TextOrNull(2), reader.IsDBNull(3) ? null : reader.GetFieldValue<byte[]>(3), reader.GetInt32(4)));
            }
        }

        foreach (var said in world.Messages.Values)
        {
            var stored = rows.FindAll(r => r.Id == said.Id);
            if (stored.Count == 0)
            {
                _wrong.Add($"lost: {said.Tag} ({(said.Acknowledged ? "acknowledged" : "never acknowledged")}) is not stored");
            }
            else if (stored.Count > 1)
            {
                _wrong.Add($"duplicated: {said.Tag} is stored {stored.Count} times");
            }
            else if (stored[0].Outcome is null)
            {
                _wrong.Add($"lost: {said.Tag} has no outcome");
            }
            else if (stored[0].Outcome == "answered" && !world.Accepted.Exists(a => a.Text.Contains(said.Tag, StringComparison.Ordinal)))
            {
                _wrong.Add($"lost: {said.Tag} counts as answered but nothing that answers it was accepted; outbox: {Rows(connection, said.Tag)}");
            }
        }
    }

    private static string Rows(Microsoft.Data.Sqlite.SqliteConnection connection, string tag)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT group_concat(State || '/' || Attempt || '/' || PossibleDuplicate || '/' || ifnull(EndReason, ''), ' ') FROM outbox WHERE Text LIKE '%' || $t || '%'";
        command.Parameters.AddWithValue("$t", tag);
        return command.ExecuteScalar() as string ?? "none";
    }

    private void CheckSends(Microsoft.Data.Sqlite.SqliteConnection connection)
    {
        var flagged = new HashSet<string>(StringComparer.Ordinal);
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT Key, State, PossibleDuplicate FROM outbox";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                if (reader.Flag(2))
                {
                    flagged.Add(reader.GetString(0));
                }

                if (reader.GetInt32(1) is 0 or 1)
                {
                    _wrong.Add($"unexpected: outbox row {reader.GetString(0)} never ended (state {reader.GetInt32(1)})");
                }
            }
        }

        foreach (var key in world.Accepted.GroupBy(a => a.Key).Where(g => g.Count() > 1 && !flagged.Contains(g.Key)))
        {
            _wrong.Add($"duplicated: '{key.First().Text}' was accepted {key.Count()} times and carries no flag");
        }

        foreach (var customer in world.Accepted.GroupBy(a => a.Customer))
        {
            CheckCustomer(customer.Key, [.. customer]);
        }
    }

    private void CheckCustomer(Customer customer, List<AcceptedSend> sends)
    {
        var answeredBy = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var send in sends)
        {
            foreach (Match match in Tag().Matches(send.Text))
            {
                if (match.Groups["who"].Value != $"{customer.Tenant.Name}{customer.Phone[^2..]}")
                {
                    _wrong.Add($"unexpected: {match.Value} of another customer or tenant was sent to {customer}");
                    continue;
                }

                if (answeredBy.TryGetValue(match.Value, out var key) && key != send.Key)
                {
                    _wrong.Add($"duplicated: {match.Value} was answered by two sends");
                }

                answeredBy[match.Value] = send.Key;
            }
        }
    }

    [GeneratedRegex(@"<(?<who>[AB]\d\d)\.(?<number>\d+)>", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();
}
