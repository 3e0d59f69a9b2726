using System.Text.RegularExpressions;
using AiBotKit.Storage;

namespace AiBotKit.Tests.Faults.Crashes;

/// <summary>Compares the truth of the world with the store at the end of a history: lost, duplicated, unexpected.</summary>
internal sealed partial class HistoryChecker(World world)
{
    private readonly List<string> _wrong = [.. world.Violations];
    private readonly Dictionary<string, (long At, long Seq)> _order = [];

    /// <summary>How customer messages ended.</summary>
    public Dictionary<string, int> Outcomes { get; } = [];

    /// <summary>Conversations that were merged into another.</summary>
    public int Merges { get; private set; }

    /// <summary>Customers whom the lead form has reached.</summary>
    public int FormsBegun { get; private set; }

    /// <summary>AI messages that were counted.</summary>
    public long AiMessages { get; private set; }

    /// <summary>Everything that breaks the contract I1 to I8; empty when all is well.</summary>
    public List<string> Check(string folder)
    {
        using var connection = new SqliteDatabase(folder).OpenForReading();
        CheckStored(connection);
        CheckSends(connection);
        CheckMerged(connection);
        CheckReplies(connection);
        CheckForms(connection);
        CheckUsage(connection);
        return _wrong;
    }

    /// <summary>
    /// A lead form begins once, whatever crashed in between; who was never reached by its words is asked again. Who is known by two names may have been asked under each before that was known.
    /// </summary>
    private void CheckForms(Microsoft.Data.Sqlite.SqliteConnection connection)
    {
        foreach (var customer in world.Accepted.Where(a => !a.Failed && a.Customer.UserId is null && a.Text.StartsWith(Simulation.FormHeading, StringComparison.Ordinal) && !a.Text.EndsWith(" (2)", StringComparison.Ordinal)).GroupBy(a => a.Customer))
        {
            FormsBegun++;
            if (customer.Select(a => a.Key).Distinct().Count() > 1)
            {
                _wrong.Add($"duplicated: {customer.Key} was asked for a lead {customer.Count()} times: {string.Join("; ", customer.Select(a => $"{a.ProviderId} {Turn(connection, a.Key)}"))}");
            }
        }
    }

    /// <summary>
    /// Every answer of which the provider took anything is one AI message, whatever crashed between its parts; one of which nothing was taken is none (I8).
    /// Of one that may have been taken either is right.
    /// </summary>
    private void CheckUsage(Microsoft.Data.Sqlite.SqliteConnection connection)
    {
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT (SELECT ifnull(sum(AiMessages), 0) FROM usage_counters), (SELECT count(*) FROM outbox WHERE UsagePeriod IS NOT NULL), (SELECT count(*) FROM usage_counters WHERE AiMessages < 0)";
            using var reader = command.ExecuteReader();
            reader.Read();
            if (reader.GetInt64(0) != reader.GetInt64(1) || reader.GetInt64(2) > 0)
            {
                _wrong.Add($"usage: the counters say {reader.GetInt64(0)} and {reader.GetInt64(1)} replies carry an AI message");
            }
        }

        var taken = world.Accepted.Select(a => a.Key).ToHashSet(StringComparer.Ordinal);
        using var turns = connection.CreateCommand();
        turns.CommandText =
            """
            SELECT group_concat(o.Key), count(o.UsagePeriod), max(o.PossibleDuplicate OR o.State = 2 OR ifnull(o.EndReason, '') = 'not confirmed') FROM outbox o JOIN turns t ON t.Id = o.TurnId
            WHERE o.Author = 0 AND o.Follows = 0 AND t.AnswerKind = 'model' GROUP BY o.TurnId
            """;
        using var rows = turns.ExecuteReader();
        while (rows.Read())
        {
            var (keys, counted, doubtful) = (rows.GetString(0), rows.GetInt64(1), rows.GetInt64(2) > 0);
            AiMessages += counted;
            var wanted = keys.Split(',').Any(taken.Contains) ? 1 : 0;
            if (counted > 1 || (counted != wanted && !doubtful))
            {
                _wrong.Add($"usage: an answer of which {(wanted == 1 ? "something" : "nothing")} was taken counts as {counted} AI messages: {Turn(connection, keys.Split(',')[0])}");
            }
        }
    }

    private void CheckStored(Microsoft.Data.Sqlite.SqliteConnection connection)
    {
        var rows = new List<(string? Id, string? Outcome)>();
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT ProviderMessageId, Outcome, Text, At, Seq FROM messages WHERE Role = 0";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                rows.Add((reader.TextOrNull(0), reader.TextOrNull(1)));
                _order[reader.GetString(2).TrimEnd('?')] = (reader.GetInt64(3), reader.GetInt64(4));
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
            else if (stored[0].Outcome is not { } outcome)
            {
                _wrong.Add($"lost: {said.Tag} has no outcome");
            }
            else
            {
                Outcomes[outcome] = Outcomes.GetValueOrDefault(outcome) + 1;
                if (outcome == "answered" && !world.Accepted.Exists(a => !a.Failed && a.Text.Contains(said.Tag, StringComparison.Ordinal)))
                {
                    _wrong.Add($"lost: {said.Tag} counts as answered but nothing that answers it was accepted; outbox: {Rows(connection, said.Tag)}");
                }

                if (said.CameWhilePaused && outcome != "paused")
                {
                    _wrong.Add($"unexpected: {said.Tag} came while its connection was off and ended as {outcome}");
                }
            }
        }
    }

    /// <summary>Who has been heard of under both names has one conversation, and everything that waited in the other has ended (wire facts 3.1).</summary>
    private void CheckMerged(Microsoft.Data.Sqlite.SqliteConnection connection)
    {
        foreach (var customer in world.Messages.Values.Where(said => said.Names == Names.Both).Select(said => said.Customer).Distinct())
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT count(*), count(MergedIntoId) FROM conversations WHERE ConnectionId = $n AND (SessionId IN ('wa_' || $p, 'wa_' || $u))";
            command.Parameters.AddWithValue("$n", customer.Tenant.ConnectionId.ToByteArray(true));
            command.Parameters.AddWithValue("$p", customer.Phone);
            command.Parameters.AddWithValue("$u", customer.UserId);
            using var reader = command.ExecuteReader();
            reader.Read();
            Merges += reader.GetInt32(1);
            if (reader.GetInt32(0) - reader.GetInt32(1) != 1)
            {
                _wrong.Add($"merge: {customer} is known by both names and has {reader.GetInt32(0) - reader.GetInt32(1)} live conversations");
            }
        }
    }

    /// <summary>
    /// What a person wrote and was told is stored went out once, or says where it stands why not; no act of anybody in the conversation took it back.
    /// </summary>
    private void CheckReplies(Microsoft.Data.Sqlite.SqliteConnection connection)
    {
        foreach (var said in world.Replies)
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT m.Status, ifnull(m.FailureReason, ''), o.State FROM messages m JOIN outbox o ON o.MessageSeq = m.Seq WHERE m.Id = $m AND m.Role = 2 AND m.AuthorName = 'Ana'";
            command.Parameters.AddWithValue("$m", said.MessageId.ToByteArray(true));
            using var reader = command.ExecuteReader();
            if (!reader.Read())
            {
                _wrong.Add($"lost: '{said.Text}' to {said.Customer} was answered for and is not stored");
                continue;
            }

            var (status, reason, accepted) = (reader.GetInt32(0), reader.GetString(1), world.Accepted.Count(a => a.Text == said.Text && !a.Failed));
            if (accepted > 1)
            {
                _wrong.Add($"duplicated: '{said.Text}' was accepted {accepted} times");
            }

            if (accepted == 0 && (status is not (3 or 9 or 10) || reason is "" or "human"))
            {
                _wrong.Add($"lost: '{said.Text}' to {said.Customer} never went out and does not say why: status {status}, '{reason}'");
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

    /// <summary>Every part of the turn that a row belongs to.</summary>
    private static string Turn(Microsoft.Data.Sqlite.SqliteConnection connection, string key)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT group_concat(Part || ' of ' || StartedAt || ': ' || State || '/' || Attempt || '/' || PossibleDuplicate || '/' || ifnull(EndReason, ''), ', ') FROM outbox WHERE TurnId = (SELECT TurnId FROM outbox WHERE Key = $k)";
        command.Parameters.AddWithValue("$k", key);
        return command.ExecuteScalar() as string ?? "none";
    }

    private void CheckSends(Microsoft.Data.Sqlite.SqliteConnection connection)
    {
        var rows = new Dictionary<string, SentReply>(StringComparer.Ordinal);
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT Key, State, PossibleDuplicate, ConversationId, MessageSeq, TurnId FROM outbox";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                rows[reader.GetString(0)] = new SentReply(reader.Flag(2), reader.Id(3), reader.GetInt64(4), reader.IdOrNull(5));
                if (reader.GetInt32(1) is 0 or 1)
                {
                    _wrong.Add($"unexpected: outbox row {reader.GetString(0)} never ended (state {reader.GetInt32(1)})");
                }
            }
        }

        // A send that the provider took and then reported as undeliverable may be tried again.
        foreach (var key in world.Accepted.Where(a => !a.Failed).GroupBy(a => a.Key).Where(g => g.Count() > 1 && !rows[g.Key].Flagged))
        {
            _wrong.Add($"duplicated: '{key.First().Text}' was accepted {key.Count()} times and carries no flag");
        }

        foreach (var customer in world.Accepted.GroupBy(a => a.Customer))
        {
            CheckCustomer(customer.Key, [.. customer], rows);
        }

        CheckOrder(rows);
    }

    /// <summary>
    /// Replies of a conversation leave in the order of their turns (I4). A flagged row was resent after the wait for its status, which later
    /// rows do not wait out: it has no place in the order.
    /// </summary>
    private void CheckOrder(Dictionary<string, SentReply> rows)
    {
        // A person's message waits behind no reply of the AI: each has its own order.
        var last = new Dictionary<(Guid, bool), (long Seq, string Text)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var send in world.Accepted)
        {
            if (rows[send.Key] is not { Flagged: false } row || !seen.Add(send.Key))
            {
                continue;
            }

            var lane = (row.Conversation, PersonSaid.Is(send.Text));
            if (last.TryGetValue(lane, out var before) && before.Seq > row.Seq)
            {
                _wrong.Add($"out of order: '{before.Text}' left before '{send.Text}'");
            }

            last[lane] = (row.Seq, send.Text);
        }
    }

    private void CheckCustomer(Customer customer, List<AcceptedSend> sends, Dictionary<string, SentReply> rows)
    {
        var answeredBy = new Dictionary<string, Guid?>(StringComparer.Ordinal);
        foreach (var send in sends)
        {
            var latest = (At: 0L, Seq: 0L);
            foreach (Match match in Tag().Matches(send.Text))
            {
                if (match.Groups["who"].Value != $"{customer.Tenant.Name}{customer.Phone[^2..]}")
                {
                    _wrong.Add($"unexpected: {match.Value} of another customer or tenant was sent to {customer}");
                    continue;
                }

                if (!send.Failed)
                {
                    var turn = rows[send.Key].Turn;
                    if (answeredBy.TryGetValue(match.Value, out var other) && other != turn)
                    {
                        _wrong.Add($"duplicated: {match.Value} was answered by two turns");
                    }

                    answeredBy[match.Value] = turn;
                }

                var place = _order.GetValueOrDefault(match.Value);
                if (place.CompareTo(latest) < 0)
                {
                    _wrong.Add($"out of order: {match.Value} was answered after a later message of the same turn");
                }

                latest = place;
            }
        }
    }

    private sealed record SentReply(bool Flagged, Guid Conversation, long Seq, Guid? Turn);

    [GeneratedRegex(@"<(?<who>[AB]\d\d)\.(?<number>\d+)>", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();
}
