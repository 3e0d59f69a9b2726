namespace AiBotKit.Durability;

/// <summary>
/// Delivery statuses inside a write. A status may only touch rows of the connection it came in on; one of an id we do not know yet is
/// parked for 24 h and joined when the send's answer brings the id (F18).
/// </summary>
internal sealed class SqliteStatuses(WriteSession session, DateTimeOffset now, CommitSignals signals)
{
    /// <summary>The provider's clock and ours, and its whole seconds.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    /// <summary>A hand-over without an id makes a status ambiguous for this long: statuses come within a day, and our clock may have been a day wrong.</summary>
    private static readonly TimeSpan Nameless = TimeSpan.FromDays(3);

    public void Apply(RouteRow route, StatusArrival status)
    {
        if (ByProviderId(route.Id, status.ProviderMessageId) is { } known)
        {
            Learn(route.Id, status.Key is not null);
            Advance(known, status.Status, status.Failure);
            return;
        }

        var about = status.Key is { } key ? ByKey(route.Id, key) : OnlyUnconfirmed(route.Id, status);
        if (about is { } row)
        {
            if (status.Key is not null)
            {
                Learn(route.Id, true);
            }

            Identify(row, status.ProviderMessageId);
            Advance(row, status.Status, status.Failure);
            return;
        }

        session.Execute(
            "INSERT INTO parked_statuses (ConnectionId, ProviderMessageId, Status, FailureKind, FailureCode, FailureReason, ParkedAt) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            route.Id,
            status.ProviderMessageId,
            status.Status,
            status.Failure?.Kind,
            status.Failure?.Code,
            status.Failure?.Reason,
            now);
    }

    /// <summary>The provider has taken the row, under this id. What was reported of the id before is applied now.</summary>
    public void Accept(in SentRow row, string providerMessageId)
    {
        Identify(row, providerMessageId);
        // A failure that was reported before this answer has been dealt with: the row is waiting for its next try, or has ended.
        if (Attempts(row.OutboxId).Contains((row.Attempt, MessageStatus.Failed)))
        {
            return;
        }

        Confirm(row);
        Join(row.ConnectionId, providerMessageId, row);
    }

    private void Join(Guid connectionId, string providerMessageId, in SentRow row)
    {
        var parked = new List<(DeliveryStatus Status, SendOutcome.Rejected? Failure)>();
        using (var reader = session.Statement(
            "SELECT Status, FailureKind, FailureCode, FailureReason FROM parked_statuses WHERE ConnectionId = $1 AND ProviderMessageId = $2",
            connectionId,
            providerMessageId).ExecuteReader())
        {
            while (reader.Read())
            {
                parked.Add((
                    (DeliveryStatus)reader.GetInt32(0),
                    reader.NumberOrNull(1) is { } kind ? new SendOutcome.Rejected((RejectionKind)kind, (int?)reader.NumberOrNull(2), reader.GetString(3)) : null));
            }
        }

        if (parked.Count == 0)
        {
            return;
        }

        foreach (var (status, failure) in parked)
        {
            Advance(row, status, failure);
        }

        session.Execute("DELETE FROM parked_statuses WHERE ConnectionId = $1 AND ProviderMessageId = $2", connectionId, providerMessageId);
    }

    private void Identify(in SentRow row, string providerMessageId) =>
        session.Execute("UPDATE send_attempts SET ProviderMessageId = $3 WHERE OutboxId = $1 AND Attempt = $2 AND ProviderMessageId IS NULL", row.OutboxId, row.Attempt, providerMessageId);

    private void Confirm(in SentRow row)
    {
        session.Execute("UPDATE outbox SET State = 3 WHERE Id = $1 AND (State <> 4 OR EndReason = 'not confirmed')", row.OutboxId);
        SqliteOutbox.CountAnswered(session, row.OutboxId);
        session.Execute(
            """
            UPDATE messages SET ProviderMessageId = ifnull((SELECT ProviderMessageId FROM send_attempts WHERE OutboxId = $2 AND Attempt = $3), ProviderMessageId),
                Status = 4, FailureCode = NULL, FailureReason = NULL
            WHERE Seq = $1 AND Status IN (1, 2, 3, 10)
            """,
            row.MessageSeq,
            row.OutboxId,
            row.Attempt);
    }

    private void Advance(in SentRow row, DeliveryStatus reported, SendOutcome.Rejected? failure)
    {
        var attempts = Attempts(row.OutboxId);
        var attempt = row.Attempt;
        var index = attempts.FindIndex(a => a.Number == attempt);
        var before = index < 0 ? MessageStatus.Accepted : attempts[index].Status ?? MessageStatus.Accepted;
        var next = StatusRules.Next(before, reported);
        if (index < 0 || next == before)
        {
            return;
        }

        session.Execute("UPDATE send_attempts SET Status = $3 WHERE OutboxId = $1 AND Attempt = $2", row.OutboxId, row.Attempt, next);
        attempts[index] = (attempt, next);
        if (StatusRules.Of([.. attempts.Select(a => a.Status)]) is not { } together)
        {
            // An earlier hand-over failed and a later one is under way: that one decides.
            return;
        }

        if (together == MessageStatus.Failed)
        {
            // The latest hand-over decides; an earlier one that failed as well says nothing new.
            if (index == attempts.Count - 1)
            {
                Failed(row, failure);
            }

            return;
        }

        Confirm(row);
        session.Execute(
            """
            UPDATE messages SET Status = $2, FailureCode = NULL, FailureReason = NULL,
                ProviderMessageId = ifnull(ProviderMessageId, (SELECT ProviderMessageId FROM send_attempts WHERE OutboxId = $3 AND Attempt = $4))
            WHERE Seq = $1
            """,
            row.MessageSeq,
            together,
            row.OutboxId,
            row.Attempt);
        session.Execute("UPDATE outbox SET State = 3 WHERE Id = $1", row.OutboxId);
        new SqliteActs(session, now, signals).Publish(row.ConversationId, row.AccountId);
    }

    private void Failed(in SentRow row, SendOutcome.Rejected? failure)
    {
        if (failure is { Kind: RejectionKind.ConnectionBroken or RejectionKind.OwnerNeeded })
        {
            DateTimeOffset? next = failure.Kind == RejectionKind.ConnectionBroken ? now + SqliteSends.ProbeEvery : null;
            session.Execute("UPDATE connections SET BrokenReason = $2, ProbeAt = $3 WHERE Id = $1", row.ConnectionId, failure.Reason, next);
        }

        // What WhatsApp refuses inside our own window goes through a moment later; of anything else a person decides about their own message.
        if (failure is not null && (row.Author != SendAuthor.Person || failure.Kind == RejectionKind.WindowClosed) && TryAgain(row, failure))
        {
            return;
        }

        session.Execute(
            "UPDATE messages SET Status = 9, FailureCode = $2, FailureReason = $3 WHERE Seq = $1",
            row.MessageSeq,
            failure?.Code,
            failure?.Reason ?? "WhatsApp could not deliver this message. Reach the customer another way.");
        session.Execute("UPDATE outbox SET State = 4, EndReason = $2 WHERE Id = $1", row.OutboxId, failure?.Reason ?? "not delivered");
        SqliteOutbox.EndAnswered(session, row.OutboxId, failure is { Kind: RejectionKind.WindowClosed } ? "window" : "failed");
        SqliteOutbox.CancelFollowing(session, row.OutboxId);
        var acts = new SqliteActs(session, now, signals);
        if (row.Author == SendAuthor.Assistant)
        {
            acts.Want(row.ConversationId, "send_failed");
        }

        acts.Publish(row.ConversationId, row.AccountId);
    }

    /// <summary>The provider reported that the message was not delivered for a passing reason: the same row is sent again, as a new attempt.</summary>
    private bool TryAgain(SentRow row, SendOutcome.Rejected failure)
    {
        var (attempt, waits) = Tries(row.OutboxId);
        if (RetryRules.Delay(failure, attempt - waits, waits + 1, 0) is not { } delay)
        {
            return false;
        }

        session.Execute("UPDATE outbox SET State = 0, DueAt = $2, Waits = Waits + $3 WHERE Id = $1", row.OutboxId, now + delay, RetryRules.Counts(failure.Kind) ? 0 : 1);
        session.Execute("UPDATE messages SET Status = 1 WHERE Seq = $1", row.MessageSeq);
        new SqliteActs(session, now, signals).Publish(row.ConversationId, row.AccountId);
        session.AfterCommit(() => signals.SignalSendDue(row.ConversationId, row.ConnectionId));
        return true;
    }

    private (int Attempt, int Waits) Tries(Guid outboxId)
    {
        using var reader = session.Statement("SELECT Attempt, Waits FROM outbox WHERE Id = $1", outboxId).ExecuteReader();
        return reader.Read() ? (reader.GetInt32(0), reader.GetInt32(1)) : default;
    }

    private List<(int Number, MessageStatus? Status)> Attempts(Guid outboxId)
    {
        var attempts = new List<(int, MessageStatus?)>();
        using var reader = session.Statement("SELECT Attempt, Status FROM send_attempts WHERE OutboxId = $1 ORDER BY Attempt", outboxId).ExecuteReader();
        while (reader.Read())
        {
            attempts.Add((reader.GetInt32(0), (MessageStatus?)reader.NumberOrNull(1)));
        }

        return attempts;
    }

    private void Learn(Guid connectionId, bool echoes) =>
        session.Execute("UPDATE connections SET EchoesKeys = $2 WHERE Id = $1 AND ifnull(EchoesKeys, -1) <> $2", connectionId, echoes);

    private SentRow? ByProviderId(Guid connectionId, string providerMessageId) => One(
        "SELECT o.Id, o.MessageSeq, o.ConversationId, o.AccountId, a.Attempt, o.Author, o.ConnectionId FROM send_attempts a JOIN outbox o ON o.Id = a.OutboxId WHERE a.ConnectionId = $1 AND a.ProviderMessageId = $2",
        connectionId,
        providerMessageId);

    private SentRow? ByKey(Guid connectionId, string key)
    {
        var (rowKey, attempt) = SendKeys.Parse(key);
        using var reader = session.Statement(
            """
            SELECT o.Id, o.MessageSeq, o.ConversationId, o.AccountId, a.Attempt, o.Author, o.ConnectionId FROM outbox o JOIN send_attempts a ON a.OutboxId = o.Id
            WHERE o.ConnectionId = $1 AND o.Key = $2 AND a.Attempt = $3
            """,
            connectionId,
            rowKey,
            attempt).ExecuteReader();
        return reader.Read() ? Read(reader) : null;
    }

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

        var rows = new List<(SentRow Row, DateTimeOffset StartedAt)>();
        using var reader = session.Statement(
            """
            SELECT o.Id, o.MessageSeq, o.ConversationId, o.AccountId, a.Attempt, o.Author, o.ConnectionId, a.StartedAt FROM conversations c
            JOIN outbox o ON o.ConversationId = c.Id JOIN send_attempts a ON a.OutboxId = o.Id
            WHERE c.ConnectionId = $1 AND c.Address = $2 AND a.ProviderMessageId IS NULL AND a.StartedAt > $3
            """,
            connectionId,
            recipient,
            now - Nameless).ExecuteReader();
        while (reader.Read())
        {
            rows.Add((Read(reader), reader.Time(7)));
        }

        return rows is [var (only, startedAt)] && startedAt <= (status.At ?? now) + ClockTolerance ? only : null;
    }

    private SentRow? One(string sql, Guid connectionId, string value)
    {
        using var reader = session.Statement(sql, connectionId, value).ExecuteReader();
        return reader.Read() ? Read(reader) : null;
    }

    private static SentRow Read(in SqlRows reader) =>
        new(reader.Id(0), reader.GetInt64(1), reader.Id(2), reader.Id(3), reader.GetInt32(4), (SendAuthor)reader.GetInt32(5), reader.Id(6));
}

/// <summary>An outbox row that was handed over at least once.</summary>
internal readonly record struct SentRow(Guid OutboxId, long MessageSeq, Guid ConversationId, Guid AccountId, int Attempt, SendAuthor Author, Guid ConnectionId);
