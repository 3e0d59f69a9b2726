using System.Globalization;
using System.Text;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;

namespace AiBotKit.Durability.Backups;

/// <summary>
/// A restored copy does not know what was sent after its snapshot. So it stores what comes in, but begins no turn and sends nothing until an
/// operator releases it (F09). The mark travels inside every backup, so that a copy put into place by hand is quarantined too.
/// </summary>
internal sealed partial class Quarantine(GroupCommitWriter writer, SqliteDatabase database, CommitSignals signals, TimeProvider time, ILogger<Quarantine> logger)
{
    /// <summary>Name of the setting whose value is the time of the snapshot.</summary>
    public const string Mark = "quarantine";

    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _since;

    /// <summary>Time of the snapshot that this installation was restored from; null when it is not in quarantine.</summary>
    public DateTimeOffset? Since => Interlocked.Read(ref _since) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Reads the mark; before the loops start.</summary>
    public void Load()
    {
        using var session = new WriteSession(database.OpenForReading());
        if (session.Statement("SELECT Value FROM settings WHERE Name = $1", Mark).ExecuteScalar() is byte[] value)
        {
            var since = Parse(value);
            Interlocked.Exchange(ref _since, since.UtcTicks);
            LogQuarantined(since);
        }
        else
        {
            _released.TrySetResult();
        }
    }

    /// <summary>Ends at once when there is no quarantine, else with its release.</summary>
    public Task WaitForReleaseAsync(CancellationToken cancellationToken) => _released.Task.WaitAsync(cancellationToken);

    /// <summary>
    /// Turns and sends begin. What was unsent at the snapshot goes out marked as a possible duplicate, and what was unanswered is left to a
    /// person: the original may have sent and answered it after the snapshot. False when there is no quarantine.
    /// </summary>
    /// <param name="accountId">The operator's, for the audit trail.</param>
    public async Task<bool> ReleaseAsync(Guid accountId, Actor by)
    {
        var now = time.GetUtcNow();
        var released = await writer.WriteAsync(session =>
        {
            if (session.Statement("SELECT Value FROM settings WHERE Name = $1", Mark).ExecuteScalar() is not byte[] value)
            {
                return false;
            }

            var since = Parse(value);
            session.Execute("UPDATE outbox SET PossibleDuplicate = 1 WHERE State < 3 AND MessageSeq IN (SELECT Seq FROM messages WHERE CreatedAt <= $1)", since);
            session.Execute("UPDATE messages SET PossibleDuplicate = 1 WHERE CreatedAt <= $1 AND Seq IN (SELECT MessageSeq FROM outbox WHERE State < 3)", since);
            LeaveToPeople(session, since, new SqliteActs(session, now, signals));
            session.Execute("DELETE FROM settings WHERE Name = $1", Mark);
            AuditTrail.Append(session, new AuditNote(accountId, by, AuditActs.QuarantineReleased), now);
            return true;
        });
        if (released)
        {
            Interlocked.Exchange(ref _since, 0);
            LogReleased();
            _released.TrySetResult();
        }

        return released;
    }

    private static void LeaveToPeople(WriteSession session, DateTimeOffset since, SqliteActs acts)
    {
        var open = new List<(Guid Conversation, Guid Account)>();
        using (var reader = session.Statement(
            "SELECT ConversationId, AccountId FROM work w WHERE EXISTS (SELECT 1 FROM messages m WHERE m.ConversationId = w.ConversationId AND m.Role = 0 AND m.Outcome IS NULL AND m.CreatedAt <= $1)",
            since).ExecuteReader())
        {
            while (reader.Read())
            {
                open.Add((reader.Id(0), reader.Id(1)));
            }
        }

        foreach (var (conversation, account) in open)
        {
            session.Execute("UPDATE messages SET Outcome = 'restored' WHERE ConversationId = $1 AND Role = 0 AND Outcome IS NULL AND CreatedAt <= $2", conversation, since);
            session.Execute("DELETE FROM work WHERE ConversationId = $1 AND NOT EXISTS (SELECT 1 FROM messages WHERE ConversationId = $1 AND Role = 0 AND Outcome IS NULL)", conversation);
            acts.Want(conversation, "restored");
            acts.Publish(conversation, account);
        }
    }

    /// <summary>The mark's stored form.</summary>
    public static byte[] Format(DateTimeOffset snapshotAt) => Encoding.ASCII.GetBytes(snapshotAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));

    // A mark that cannot be read still is one: everything then counts as older than the snapshot.
    private static DateTimeOffset Parse(byte[] value) =>
        DateTimeOffset.TryParse(Encoding.ASCII.GetString(value), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : DateTimeOffset.MaxValue;

    [LoggerMessage(Level = LogLevel.Warning, Message = "This is a restored copy of {SnapshotAt:u}, in quarantine: messages are stored, nothing is answered or sent. Release it on the dashboard or with POST /api/quarantine/release once the original can send nothing any more")]
    private partial void LogQuarantined(DateTimeOffset snapshotAt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The quarantine was released: answering and sending begin")]
    private partial void LogReleased();
}
