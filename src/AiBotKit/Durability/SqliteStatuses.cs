namespace AiBotKit.Durability;

/// <summary>
/// Delivery statuses inside a write. A status may only touch rows of the connection it came in on; one of an id we do not know yet is
/// parked for 24 h and joined when the send's answer brings the id (F18).
/// </summary>
internal sealed class SqliteStatuses(WriteSession session, DateTimeOffset now, CommitSignals signals)
{
    public void Apply(RouteRow route, StatusArrival status)
    {
        var target = ByProviderId(route.Id, status.ProviderMessageId);
        if (target is { } known)
        {
            Learn(route.Id, status.Key is not null);
            Advance(known, status.Status, status.Failure);
            return;
        }

        if (status.Key is { } key && ByKey(route.Id, key) is { } keyed)
        {
            Learn(route.Id, true);
            Confirm(keyed, status.ProviderMessageId);
            Advance(keyed, status.Status, status.Failure);
            return;
        }

        if (status.Key is null && OnlyUnconfirmed(route.Id, status) is { } likely)
        {
            Confirm(likely, status.ProviderMessageId);
            Advance(likely, status.Status, status.Failure);
            return;
        }

        session.Execute(
            "INSERT INTO parked_statuses (ConnectionId, ProviderMessageId, Status, FailureCode, ParkedAt) VALUES ($1, $2, $3, $4, $5)",
            route.Id,
            status.ProviderMessageId,
            status.Status,
            status.Failure?.Code,
            now);
    }

    /// <summary>Applies what was parked for an id that is known now.</summary>
    public void Join(Guid connectionId, string providerMessageId, in SentRow row)
    {
        var parked = new List<(DeliveryStatus Status, long? Code)>();
        using (var reader = session.Statement("SELECT Status, FailureCode FROM parked_statuses WHERE ConnectionId = $1 AND ProviderMessageId = $2", connectionId, providerMessageId).ExecuteReader())
        {
            while (reader.Read())
            {
                parked.Add(((DeliveryStatus)reader.GetInt32(0), reader.NumberOrNull(1)));
            }
        }

        if (parked.Count == 0)
        {
            return;
        }

        foreach (var (status, code) in parked)
        {
            Advance(row, status, code is { } number ? new SendOutcome.Rejected(RejectionKind.Final, (int)number, "WhatsApp could not deliver this message.") : null);
        }

        session.Execute("DELETE FROM parked_statuses WHERE ConnectionId = $1 AND ProviderMessageId = $2", connectionId, providerMessageId);
    }

    /// <summary>The provider has taken the row, under this id.</summary>
    public void Confirm(in SentRow row, string providerMessageId)
    {
        session.Execute("UPDATE send_attempts SET ProviderMessageId = $3 WHERE OutboxId = $1 AND Attempt = $2 AND ProviderMessageId IS NULL", row.OutboxId, row.Attempt, providerMessageId);
        session.Execute("UPDATE outbox SET State = 3 WHERE Id = $1 AND (State <> 4 OR EndReason = 'not confirmed')", row.OutboxId);
        session.Execute("UPDATE messages SET Outcome = 'answered' WHERE ConversationId = $1 AND Outcome = 'unconfirmed' AND TurnId = (SELECT TurnId FROM outbox WHERE Id = $2)", row.ConversationId, row.OutboxId);
        session.Execute(
            "UPDATE messages SET ProviderMessageId = ifnull(ProviderMessageId, $2), Status = CASE WHEN Status IN (1, 2, 3, 10) THEN 4 ELSE Status END, FailureReason = CASE WHEN Status IN (1, 2, 3, 10) THEN NULL ELSE FailureReason END WHERE Seq = $1",
            row.MessageSeq,
            providerMessageId);
    }

    private void Advance(in SentRow row, DeliveryStatus reported, SendOutcome.Rejected? failure)
    {
        var current = (MessageStatus)(long)session.Statement("SELECT Status FROM messages WHERE Seq = $1", row.MessageSeq).ExecuteScalar()!;
        var next = StatusRules.Next(current, reported);
        if (next == current)
        {
            return;
        }

        if (next == MessageStatus.Failed && failure is not null && row.Author != SendAuthor.Person && TryAgain(row, failure))
        {
            return;
        }

        session.Execute(
            "UPDATE messages SET Status = $2, FailureCode = CASE WHEN $2 = 9 THEN $3 ELSE NULL END, FailureReason = CASE WHEN $2 = 9 THEN $4 ELSE NULL END WHERE Seq = $1",
            row.MessageSeq,
            next,
            failure?.Code,
            failure?.Reason ?? "WhatsApp could not deliver this message.");
        session.Execute("UPDATE outbox SET State = $2 WHERE Id = $1", row.OutboxId, next == MessageStatus.Failed ? OutboxState.Failed : OutboxState.Accepted);
        var acts = new SqliteActs(session, now, signals);
        if (failure is { Kind: RejectionKind.ConnectionBroken })
        {
            session.Execute("UPDATE connections SET BrokenReason = $2 WHERE Id = (SELECT ConnectionId FROM outbox WHERE Id = $1)", row.OutboxId, failure.Reason);
        }

        acts.Publish(row.ConversationId, row.AccountId);
    }

    /// <summary>The provider reported that the message was not delivered for a passing reason: the same row is sent again, as a new attempt.</summary>
    private bool TryAgain(SentRow row, SendOutcome.Rejected failure)
    {
        if (RetryRules.Delay(failure.Kind, row.Attempt, failure.RetryAfter, 0) is not { } delay)
        {
            return false;
        }

        session.Execute("UPDATE outbox SET State = 0, DueAt = $2 WHERE Id = $1", row.OutboxId, now + delay);
        session.Execute("UPDATE messages SET Status = 1 WHERE Seq = $1", row.MessageSeq);
        new SqliteActs(session, now, signals).Publish(row.ConversationId, row.AccountId);
        session.AfterCommit(() => signals.SignalSendDue(row.ConversationId, row.ConnectionId));
        return true;
    }

    private void Learn(Guid connectionId, bool echoes) =>
        session.Execute("UPDATE connections SET EchoesKeys = $2 WHERE Id = $1 AND ifnull(EchoesKeys, -1) <> $2", connectionId, echoes);

    private SentRow? ByProviderId(Guid connectionId, string providerMessageId) => One(
        "SELECT o.Id, o.MessageSeq, o.ConversationId, o.AccountId, a.Attempt, o.Author, o.ConnectionId FROM send_attempts a JOIN outbox o ON o.Id = a.OutboxId WHERE a.ConnectionId = $1 AND a.ProviderMessageId = $2",
        connectionId,
        providerMessageId);

    private SentRow? ByKey(Guid connectionId, string key) => One(
        "SELECT o.Id, o.MessageSeq, o.ConversationId, o.AccountId, o.Attempt, o.Author, o.ConnectionId FROM outbox o WHERE o.ConnectionId = $1 AND o.Key = $2 AND o.Attempt > 0",
        connectionId,
        key);

    /// <summary>
    /// For a provider that does not echo our keys: a status of an unknown id for the same recipient, not older than the send, confirms the one
    /// hand-over of that conversation whose id we do not know. With two such hand-overs it could be either, and confirms neither.
    /// </summary>
    private SentRow? OnlyUnconfirmed(Guid connectionId, StatusArrival status)
    {
        if (status.Recipient is not { } recipient || session.Statement("SELECT 1 FROM connections WHERE Id = $1 AND EchoesKeys = 0", connectionId).ExecuteScalar() is null)
        {
            return null;
        }

        var rows = new List<SentRow>();
        using var reader = session.Statement(
            """
            SELECT o.Id, o.MessageSeq, o.ConversationId, o.AccountId, a.Attempt, o.Author, o.ConnectionId FROM conversations c
            JOIN outbox o ON o.ConversationId = c.Id JOIN send_attempts a ON a.OutboxId = o.Id
            WHERE c.ConnectionId = $1 AND c.Address = $2 AND a.ProviderMessageId IS NULL AND a.StartedAt <= $3 AND a.StartedAt > $4
            """,
            connectionId,
            recipient,
            (status.At ?? now) + TimeSpan.FromSeconds(5),
            now - TimeSpan.FromHours(24)).ExecuteReader();
        while (reader.Read())
        {
            rows.Add(Read(reader));
        }

        return rows.Count == 1 ? rows[0] : null;
    }

    private SentRow? One(string sql, Guid connectionId, string value)
    {
        using var reader = session.Statement(sql, connectionId, value).ExecuteReader();
        return reader.Read() ? Read(reader) : null;
    }

    private static SentRow Read(Microsoft.Data.Sqlite.SqliteDataReader reader) =>
        new(reader.Id(0), reader.GetInt64(1), reader.Id(2), reader.Id(3), reader.GetInt32(4), (SendAuthor)reader.GetInt32(5), reader.Id(6));
}

/// <summary>An outbox row that was handed over at least once.</summary>
internal readonly record struct SentRow(Guid OutboxId, long MessageSeq, Guid ConversationId, Guid AccountId, int Attempt, SendAuthor Author, Guid ConnectionId);
