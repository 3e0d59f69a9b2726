using System.Text.Json;
using AiBotKit.Durability;
using AiBotKit.Storage;
using AiBotKit.Tests.Simulator;
using Microsoft.Data.Sqlite;

namespace AiBotKit.Tests.Faults;

/// <summary>Reads the truth on both sides: the product's store and the simulator's wire log.</summary>
internal sealed class KillEvidenceReader(string dataFolder, SimulatorFixture simulator)
{
    private readonly List<AcceptedSend> _accepted = [];
    private long _read;

    /// <summary>Messages not stored yet or without an outcome, work rows and open sends of the running product; zero when there is nothing left to do.</summary>
    public long Open(int written)
    {
        using var connection = new SqliteDatabase(dataFolder).OpenForReading();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT (SELECT count(*) FROM messages WHERE Role = 0 AND Outcome IS NULL) + (SELECT count(*) FROM work) + (SELECT count(*) FROM outbox WHERE State < 3) + $written - (SELECT count(*) FROM messages WHERE Role = 0)";
        command.Parameters.AddWithValue("$written", written);
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Conversations of the running product that were in a turn at a kill and have had no answer since.</summary>
    public long WaitingAlone()
    {
        using var connection = new SqliteDatabase(dataFolder).OpenForReading();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM work WHERE Alone > 0";
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Rows that were being sent when the product died, read from a copy of its files: opening the files themselves would recover them.</summary>
    public long LeftSending()
    {
        var copy = Directory.CreateTempSubdirectory("aibotkit-killed-").FullName;
        try
        {
            foreach (var file in (string[])["aibotkit.db", "aibotkit.db-wal"])
            {
                if (File.Exists(Path.Combine(dataFolder, file)))
                {
                    File.Copy(Path.Combine(dataFolder, file), Path.Combine(copy, file));
                }
            }

            using var connection = new SqliteConnection($"Data Source={Path.Combine(copy, "aibotkit.db")};Pooling=False");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT count(*) FROM outbox WHERE State = 1";
            return (long)command.ExecuteScalar()!;
        }
        finally
        {
            Directory.Delete(copy, true);
        }
    }

    public async Task<KillEvidence> ReadAsync(IReadOnlyCollection<string> written, IReadOnlyList<OffTime> off)
    {
        await ReadLogAsync();
        using var connection = new SqliteDatabase(dataFolder).OpenForReading();
        var stored = Rows(
            connection,
            "SELECT m.ProviderMessageId, m.Outcome, hex(m.TurnId), c.SessionId = 'wa_" + KillLoad.Switched + "' FROM messages m JOIN conversations c ON c.Id = m.ConversationId WHERE m.Role = 0",
            static row => new StoredMessage(row.GetString(0), row.TextOrNull(1), row.TextOrNull(2), row.Flag(3)));
        var outbox = Rows(
            connection,
            "SELECT o.Key, o.ConversationId, o.MessageSeq, hex(o.TurnId), o.State, o.PossibleDuplicate, o.Author, o.Author = 0 AND o.Follows = 0 AND t.AnswerKind IN ('model', 'extractive'), o.UsagePeriod IS NOT NULL FROM outbox o LEFT JOIN turns t ON t.Id = o.TurnId",
            static row => new StoredSend(row.GetString(0), row.Id(1).ToString(), row.GetInt64(2), row.TextOrNull(3), (OutboxState)row.GetInt32(4), row.Flag(5), (SendAuthor)row.GetInt32(6), !row.IsDBNull(7) && row.Flag(7), row.Flag(8)));
        return new KillEvidence(written, stored, outbox, _accepted, off, Rows(connection, "SELECT ifnull(sum(AiMessages), 0) FROM usage_counters", static row => row.GetInt64(0)).Single());
    }

    private static List<T> Rows<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> read)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // All texts are constants of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>Every message call since the last look that was answered with 200 and carries our key.</summary>
    private async Task ReadLogAsync()
    {
        while (true)
        {
            var page = await simulator.GetAsync($"/sim/log?after={_read}&direction=api&kind=messages&status=200&full=true&limit=1000");
            if (page.GetProperty("entries").GetArrayLength() == 0)
            {
                return;
            }

            _read = page.GetProperty("cursor").GetInt64();
            foreach (var entry in page.GetProperty("entries").EnumerateArray())
            {
                var body = JsonDocument.Parse(entry.GetProperty("body").GetString()!).RootElement;
                _accepted.Add(new AcceptedSend(SendKeys.Parse(body.GetProperty("biz_opaque_callback_data").GetString()!).RowKey, entry.GetProperty("at").GetDateTimeOffset()));
            }
        }
    }
}
