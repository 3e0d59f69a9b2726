using AiBotKit.Durability.Audit;
using AiBotKit.Storage;

namespace AiBotKit.Durability;

/// <summary>The hot path on SQLite: writes go through the group-commit writer, reads use connections of their own.</summary>
internal sealed class SqliteMessageStore(GroupCommitWriter writer, SqliteReads reads, CommitSignals signals, FaultPoints faults) : IMessageStore
{
    public async Task<IngestResult> IngestAsync(IReadOnlyList<Arrival> arrivals, Func<ArrivalContext, ArrivalDecision> rule, DateTimeOffset now)
    {
        try
        {
            return await writer.WriteAsync(session => new SqliteIngest(session, rule, now, signals).Run(arrivals, cautious: false));
        }
        catch (Exception error) when (error is not (StoreUnavailableException or CrashException) && arrivals.Count > 0)
        {
            // One item that the store refuses must not harm its batch: again, each item in a savepoint of its own.
            return await writer.WriteAsync(session => new SqliteIngest(session, rule, now, signals).Run(arrivals, cautious: true));
        }
    }

    public Task<bool> KeepUnusableBodyAsync(byte[] dedupKey, byte[] body, string reason, DateTimeOffset now) => writer.WriteAsync(session =>
    {
        if (session.Execute("INSERT OR IGNORE INTO dedup_keys (Hash, ReceivedAt) VALUES ($1, $2)", dedupKey, now) == 0)
        {
            return false;
        }

        session.Execute(
            "INSERT INTO dead_letters (Id, Kind, Reason, Raw, CreatedAt) VALUES ($1, 'webhook_body', $2, $3, $4)",
            Guid.CreateVersion7(now),
            reason,
            body,
            now);
        session.AfterCommit(signals.SignalDeadLetter);
        return true;
    });

    public IReadOnlyList<DueWork> ReadDueWork(int limit) => reads.DueWork(limit);

    public Task<bool> BeginTurnAsync(Guid conversationId, Guid runId, bool alone, DateTimeOffset now) =>
        writer.WriteAsync(session => new SqliteTurns(session, signals, faults).Begin(conversationId, runId, alone, now));

    public TurnSnapshot? ReadTurn(Guid conversationId, DateTimeOffset now) => reads.Turn(conversationId, now);

    public Task<TurnResult> CommitTurnAsync(TurnCommit turn) => writer.WriteAsync(session =>
    {
        var result = new SqliteTurns(session, signals, faults).Commit(turn);
        faults.Reach(FaultPoint.R9BeforeCommit);
        return result;
    });

    public Task ReleaseTurnAsync(Guid conversationId, Guid runId, DateTimeOffset dueAt, bool countAttempt, DateTimeOffset now) => writer.WriteAsync(session =>
    {
        new SqliteTurns(session, signals, faults).Release(conversationId, runId, dueAt, countAttempt, now);
        return true;
    });

    public IReadOnlyList<(Guid ConversationId, Guid ConnectionId)> ReadConversationsToSend() => reads.ConversationsToSend();

    public IReadOnlyList<OpenSend> ReadOpenSends(Guid conversationId) => reads.OpenSends(conversationId);

    public int CountSendsSince(Guid conversationId, DateTimeOffset since) => reads.CountSendsSince(conversationId, since);

    public ConnectionLimits? ReadLimits(Guid connectionId) => reads.Limits(connectionId);

    public ConnectionAccess? ReadAccess(Guid connectionId) => reads.Access(connectionId);

    public ReplyCircumstances? ReadCircumstances(Guid accountId, Guid conversationId) => reads.Circumstances(accountId, conversationId);

    public Task<SendClaim> ClaimSendAsync(Guid outboxId, DateTimeOffset now) =>
        writer.WriteAsync(session => new SqliteSends(session, now, signals, faults).Claim(outboxId));

    public bool MayStillBegin(Guid outboxId) => reads.MayStillBegin(outboxId);

    public Task RecordSendAsync(ClaimedSend send, SendOutcome outcome, TimeSpan ambiguousWait, double jitter, DateTimeOffset now) => writer.WriteAsync(session =>
    {
        new SqliteSends(session, now, signals, faults).Record(send, outcome, ambiguousWait, jitter);
        return true;
    });

    public Task<Reconciled> ReconcileAsync(TimeSpan ambiguousWait, DateTimeOffset now) => writer.WriteAsync(session =>
    {
        new SqliteClock(session, now, signals).PullIn(ambiguousWait);
        new SqliteTakeovers(session, now, signals).EndDue();
        new SqliteLeads(session, now, signals).AskDue();
        return new SqliteSends(session, now, signals, faults).Reconcile(ambiguousWait);
    });

    public Task RecoverAsync(TimeSpan ambiguousWait, DateTimeOffset now) => writer.WriteAsync(session =>
    {
        session.Execute("UPDATE messages SET Status = 3 WHERE Seq IN (SELECT MessageSeq FROM outbox WHERE State = 1)");
        session.Execute("UPDATE outbox SET State = 2 WHERE State = 1");
        session.Execute("UPDATE outbox SET DueAt = $1 WHERE State = 2", now + ambiguousWait);

        // Who was only near a crash is not counted: it runs alone from now on. Who crashes alone was the cause of the first crash too, which makes
        // five runs in all (F39).
        session.Execute("UPDATE work SET Attempts = max(Attempts, 1) + 1 WHERE RunId IS NOT NULL AND Alone = 2");
        session.Execute("UPDATE work SET RunId = NULL, Alone = 1, DueAt = $1 WHERE RunId IS NOT NULL", now);
        new SqliteClock(session, now, signals).PullIn(ambiguousWait);
        new SqliteTurns(session, signals, faults).BuryExhausted(now);
        return true;
    });

    public Task<bool?> SwitchAiRepliesAsync(Guid accountId, Guid conversationId, bool on, Actor by, string name, DateTimeOffset now) => writer.WriteAsync<bool?>(session =>
    {
        ThreadRow? thread;
        using (var reader = session.Statement("SELECT Partition, AiReplies, AiRepliesReason, Epoch, SessionId, Address FROM conversations WHERE Id = $1 AND AccountId = $2", conversationId, accountId).ExecuteReader())
        {
            thread = reader.Read()
                ? new ThreadRow(conversationId, accountId, reader.GetInt32(0), reader.Flag(1), reader.TextOrNull(2), reader.GetInt64(3), reader.GetString(4), reader.GetString(5))
                : null;
        }

        if (thread is null)
        {
            return null;
        }

        if (on && thread.AiReplies)
        {
            // Nothing is taken from anybody: an answer under way goes on.
            return false;
        }

        var changes = thread.AiReplies != on;
        thread = new SqliteActs(session, now, signals).Switch(thread, on, "owner", changes ? on ? TakeoverTexts.HandedBackBy(name) : TakeoverTexts.Joined(name) : null, by.PersonId);
        if (changes)
        {
            new SqliteHandovers(session, now, signals).TellOwnerChange(thread, on, name);
            AuditTrail.Append(session, new AuditNote(accountId, by, on ? AuditActs.AiRepliesOn : AuditActs.AiRepliesOff, "conversation", conversationId.ToString()), now);
        }

        return SqliteOutbox.IsReplyUnderWay(session, conversationId);
    });

    public Task<ReplyResult> ReplyAsync(PersonReply reply, DateTimeOffset now) => writer.WriteAsync(session => new SqliteReplies(session, now, signals).Store(reply));

    public Task<ReplyResult> HoldReplyAsync(HeldWish wish, DateTimeOffset now) => writer.WriteAsync(session => new SqliteReplies(session, now, signals).Hold(wish));

    public Task<bool> CancelHeldAsync(Guid accountId, Guid conversationId, Guid heldId, DateTimeOffset now) =>
        writer.WriteAsync(session => new SqliteHeld(session, now, signals).TakeBack(accountId, conversationId, heldId));

    public Task<bool> ExtendTakeoverAsync(Guid accountId, Guid conversationId, Actor by, DateTimeOffset now) =>
        writer.WriteAsync(session => new SqliteTakeovers(session, now, signals).Extend(accountId, conversationId, by));

    public Task<ContactVerdict> MergeContactsAsync(Guid accountId, Guid into, Guid from, Actor by, string eventText, DateTimeOffset now) =>
        writer.WriteAsync(session => new SqliteContacts(session, now, signals).Merge(accountId, into, from, by, eventText));

    public Task<SplitResult> SplitContactAsync(Guid accountId, Guid conversationId, string name, Actor by, string eventText, DateTimeOffset now) =>
        writer.WriteAsync(session => new SqliteContacts(session, now, signals).Split(accountId, conversationId, name, by, eventText));

    public Task<bool> BeginErasureAsync(Guid erasureId, Guid accountId, IReadOnlyList<Guid> conversations, IReadOnlyList<string> names, Actor by, DateTimeOffset now) =>
        writer.WriteAsync(session => new SqliteErasures(session).Begin(erasureId, accountId, conversations, names, by, now, signals));

    public Task<bool> SwitchConnectionAsync(Guid accountId, Guid connectionId, bool enabled, Actor by, DateTimeOffset now) =>
        writer.WriteAsync(session => new SqliteConnections(session, now, signals).Switch(accountId, connectionId, enabled, by));

    public Task<bool> DisconnectConnectionAsync(Guid accountId, Guid connectionId, Actor by, DateTimeOffset now) =>
        writer.WriteAsync(session => new SqliteConnections(session, now, signals).Disconnect(accountId, connectionId, by));
}
