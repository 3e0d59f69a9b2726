namespace AiBotKit.Durability;

/// <summary>The outbox states inside a write (reliability contract 2.1).</summary>
internal sealed class SqliteSends(WriteSession session, DateTimeOffset now, CommitSignals signals, FaultPoints faults)
{
    /// <summary>While a connection is broken one message tries again this often: what was repaired at the provider resumes by itself.</summary>
    public static readonly TimeSpan ProbeEvery = TimeSpan.FromMinutes(5);

    /// <summary>A status of an id that nobody has claimed by then is about a message of another system.</summary>
    private static readonly TimeSpan ParkedFor = TimeSpan.FromHours(24);

    /// <summary>How soon a repair made here is seen.</summary>
    private static readonly TimeSpan BrokenRecheck = TimeSpan.FromSeconds(5);

    /// <summary>The provider client gives up after 30 s in all; a row that is still being sent long after is nobody's.</summary>
    private static readonly TimeSpan LongestSend = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The conditional commit at which a send begins: only when the row is unsent and due, both epochs are as the row saw them, the
    /// connection is enabled and usable, and the service window is open (a template needs none). A row whose conditions are gone for good is ended here.
    /// </summary>
    public SendClaim Claim(Guid outboxId)
    {
        long seq;
        SendAuthor author;
        string key, recipient, text;
        Guid account, conversation, connection;
        int attempt, keyMark;
        string? payload, ended = null;
        DateTimeOffset? heldUntil;
        using (var reader = session.Statement(
            """
            SELECT o.MessageSeq, o.Author, o.Key, o.Recipient, o.Text, o.AccountId, o.ConversationId, o.ConnectionId, o.Attempt, o.ConversationEpoch, o.ConnectionEpoch,
                c.Epoch, c.AiReplies, c.LastInboundAt, n.Epoch, ifnull(n.Enabled, 1) AND n.PausedByPlan = 0, n.DisconnectedAt, n.BrokenReason, n.ProbeAt, n.ApiKeyProtected, n.PausedByPlan, o.Payload
            FROM outbox o JOIN conversations c ON c.Id = o.ConversationId JOIN connections n ON n.Id = o.ConnectionId
            WHERE o.Id = $1 AND o.State = 0 AND o.DueAt <= $2
            """,
            outboxId,
            now).ExecuteReader())
        {
            if (!reader.Read())
            {
                return default;
            }

            (seq, author, key, recipient, text) = (reader.GetInt64(0), (SendAuthor)reader.GetInt32(1), reader.GetString(2), reader.GetString(3), reader.GetString(4));
            (account, conversation, connection, attempt) = (reader.Id(5), reader.Id(6), reader.Id(7), reader.GetInt32(8) + 1);
            heldUntil = reader.IsDBNull(17) ? null : reader.TimeOrNull(18);
            keyMark = Mark(reader.TextOrNull(19));
            payload = reader.TextOrNull(21);
            if (author == SendAuthor.Assistant && (reader.GetInt64(9) != reader.GetInt64(11) || !reader.Flag(12)))
            {
                ended = "human";
            }
            else if (reader.GetInt64(10) != reader.GetInt64(14) || !reader.Flag(15))
            {
                ended = !reader.IsDBNull(16) ? "disconnected" : reader.Flag(20) ? "plan" : "disabled";
            }
            else if (payload is null && !WindowRules.IsOpen(reader.TimeOrNull(13), now))
            {
                ended = "window";
            }
        }

        if (ended is "window")
        {
            Fail(new SentRow(outboxId, seq, conversation, account, attempt, author, connection), null, "Not sent: the 24-hour window closed before it could go out. Only a template can reach the customer now.", "window");
            return default;
        }

        if (ended is not null)
        {
            SqliteOutbox.Cancel(session, outboxId, seq, ended);
            SqliteOutbox.EndAnswered(session, outboxId, ended == "disabled" ? "paused" : ended);
            new SqliteActs(session, now, signals).Publish(conversation, account);
            return default;
        }

        if (heldUntil is { } probeAt)
        {
            if (probeAt > now && probeAt - now <= ProbeEvery)
            {
                return new SendClaim(null, probeAt < now + BrokenRecheck ? probeAt : now + BrokenRecheck);
            }

            session.Execute("UPDATE connections SET ProbeAt = $2 WHERE Id = $1", connection, now + ProbeEvery);
        }

        session.Execute("UPDATE outbox SET State = 1, Attempt = $2, StartedAt = $3 WHERE Id = $1", outboxId, attempt, now);
        session.Execute("INSERT INTO send_attempts (OutboxId, Attempt, ConnectionId, StartedAt) VALUES ($1, $2, $3, $4)", outboxId, attempt, connection, now);
        session.Execute("UPDATE messages SET Status = 2 WHERE Seq = $1", seq);
        return new SendClaim(new ClaimedSend(outboxId, account, conversation, connection, SendKeys.Of(key, attempt), recipient, text, attempt, keyMark, payload));
    }

    /// <summary>What one hand-over came to. Nothing is changed when a status has told more meanwhile.</summary>
    public void Record(ClaimedSend send, SendOutcome outcome, TimeSpan ambiguousWait, double jitter)
    {
        if (Row(send) is not { } row)
        {
            return;
        }

        switch (outcome)
        {
            case SendOutcome.Accepted accepted:
                Accept(row, accepted.ProviderMessageId);
                break;
            case SendOutcome.Ambiguous:
                Suspend(row, ambiguousWait);
                break;
            case SendOutcome.Rejected rejected:
                Reject(row, rejected, jitter, send.ProviderKeyMark);
                break;
        }

        new SqliteActs(session, now, signals).Publish(send.ConversationId, send.AccountId);
        session.AfterCommit(() => faults.Reach(FaultPoint.S9Published));
        faults.Reach(FaultPoint.S7BeforeCommit);
    }

    /// <summary>
    /// Unconfirmed rows whose wait is over: an AI reply is resent once, flagged as a possible duplicate (the claim re-checks epochs and window);
    /// a person's message is never resent by itself.
    /// </summary>
    public Reconciled Reconcile(TimeSpan ambiguousWait)
    {
        // A send that was begun long ago and never recorded (a fault of ours between the two commits) is ambiguous like any other.
        foreach (var stuck in Stuck())
        {
            session.Execute("UPDATE outbox SET State = 2, DueAt = $2 WHERE Id = $1", stuck.OutboxId, now + ambiguousWait);
            session.Execute("UPDATE messages SET Status = 3 WHERE Seq = $1", stuck.MessageSeq);
        }

        var rows = new List<(SentRow Row, bool Resent)>();
        using (var reader = session.Statement(
            "SELECT Id, MessageSeq, ConversationId, AccountId, Attempt, Author, ConnectionId, PossibleDuplicate FROM outbox WHERE State = 2 AND DueAt <= $1",
            now).ExecuteReader())
        {
            while (reader.Read())
            {
                rows.Add((new SentRow(reader.Id(0), reader.GetInt64(1), reader.Id(2), reader.Id(3), reader.GetInt32(4), (SendAuthor)reader.GetInt32(5), reader.Id(6)), reader.Flag(7)));
            }
        }

        foreach (var (row, resent) in rows)
        {
            if (row.Author == SendAuthor.Person || resent)
            {
                session.Execute("UPDATE outbox SET State = 4, EndReason = 'not confirmed' WHERE Id = $1", row.OutboxId);
                session.Execute(
                    "UPDATE messages SET Status = 3, FailureReason = 'Not confirmed: WhatsApp has not said whether it took this message. Check with the customer before sending it again.' WHERE Seq = $1",
                    row.MessageSeq);
                SqliteOutbox.EndAnswered(session, row.OutboxId, "unconfirmed");
                new SqliteActs(session, now, signals).Want(row.ConversationId, "unconfirmed");
            }
            else
            {
                session.Execute("UPDATE outbox SET State = 0, DueAt = $2, PossibleDuplicate = 1 WHERE Id = $1", row.OutboxId, now);
                session.Execute("UPDATE messages SET Status = 1, PossibleDuplicate = 1 WHERE Seq = $1", row.MessageSeq);
                session.AfterCommit(() => signals.SignalSendDue(row.ConversationId, row.ConnectionId));
            }

            new SqliteActs(session, now, signals).Publish(row.ConversationId, row.AccountId);
        }

        return new Reconciled(rows.Count, session.Execute("DELETE FROM parked_statuses WHERE ParkedAt <= $1", now - ParkedFor));
    }

    private List<(Guid OutboxId, long MessageSeq)> Stuck()
    {
        var rows = new List<(Guid, long)>();
        using var reader = session.Statement("SELECT Id, MessageSeq FROM outbox WHERE State = 1 AND StartedAt <= $1", now - LongestSend).ExecuteReader();
        while (reader.Read())
        {
            rows.Add((reader.Id(0), reader.GetInt64(1)));
        }

        return rows;
    }

    private SentRow? Row(ClaimedSend send)
    {
        using var reader = session.Statement("SELECT MessageSeq, Author FROM outbox WHERE Id = $1 AND Attempt = $2", send.OutboxId, send.Attempt).ExecuteReader();
        return reader.Read()
            ? new SentRow(send.OutboxId, reader.GetInt64(0), send.ConversationId, send.AccountId, send.Attempt, (SendAuthor)reader.GetInt32(1), send.ConnectionId)
            : null;
    }

    private void Accept(in SentRow row, string? providerMessageId)
    {
        // Whatever was wrong with the connection is over: the provider has taken a message.
        session.Execute("UPDATE connections SET LastSendAt = $2, BrokenReason = NULL, ProbeAt = NULL WHERE Id = $1", row.ConnectionId, now);
        if (providerMessageId is null)
        {
            session.Execute("UPDATE outbox SET State = 3 WHERE Id = $1 AND State < 3", row.OutboxId);
            SqliteOutbox.CountAnswered(session, row.OutboxId);
            session.Execute("UPDATE messages SET Status = 4, FailureCode = NULL, FailureReason = NULL WHERE Seq = $1 AND Status < 4", row.MessageSeq);
            return;
        }

        new SqliteStatuses(session, now, signals).Accept(row, providerMessageId);
    }

    private void Suspend(in SentRow row, TimeSpan wait)
    {
        if (session.Execute("UPDATE outbox SET State = 2, DueAt = $2 WHERE Id = $1 AND State = 1", row.OutboxId, now + wait) > 0)
        {
            session.Execute("UPDATE messages SET Status = 3 WHERE Seq = $1", row.MessageSeq);
        }
    }

    private void Reject(in SentRow row, SendOutcome.Rejected rejected, double jitter, int keyMark)
    {
        // It was certainly not taken: no status can ever be about this hand-over.
        session.Execute("DELETE FROM send_attempts WHERE OutboxId = $1 AND Attempt = $2", row.OutboxId, row.Attempt);
        var (conversation, connection) = (row.ConversationId, row.ConnectionId);
        var waits = (long)session.Statement(
            "UPDATE outbox SET Waits = Waits + $2 WHERE Id = $1 RETURNING Waits",
            row.OutboxId,
            RetryRules.Counts(rejected.Kind) ? 0 : 1).ExecuteScalar()!;
        if (rejected.Kind is RejectionKind.ConnectionBroken or RejectionKind.OwnerNeeded
            && Mark(session.Statement("SELECT ApiKeyProtected FROM connections WHERE Id = $1", row.ConnectionId).ExecuteScalar() as string) == keyMark)
        {
            // What was refused with the key of before says nothing about the one that was put in meanwhile (F21).
            DateTimeOffset? next = rejected.Kind == RejectionKind.ConnectionBroken ? now + ProbeEvery : null;
            session.Execute("UPDATE connections SET BrokenReason = $2, ProbeAt = $3 WHERE Id = $1", row.ConnectionId, rejected.Reason, next);
        }

        if (rejected.Kind == RejectionKind.ConnectionBroken)
        {
            // The queue is held, nothing is lost: the row waits until the connection works again.
            session.Execute("UPDATE outbox SET State = 0, DueAt = $2 WHERE Id = $1 AND State = 1", row.OutboxId, now);
            session.Execute("UPDATE messages SET Status = 1, FailureCode = $2, FailureReason = $3 WHERE Seq = $1 AND Status = 2", row.MessageSeq, rejected.Code, rejected.Reason);
            session.AfterCommit(() => signals.SignalSendDue(conversation, connection));
            return;
        }

        if (RetryRules.Delay(rejected, row.Attempt - (int)waits, (int)waits, jitter) is not { } delay)
        {
            Fail(row, rejected.Code, rejected.Reason, rejected.Kind == RejectionKind.WindowClosed ? "window" : "failed");
            return;
        }

        if (session.Execute("UPDATE outbox SET State = 0, DueAt = $2 WHERE Id = $1 AND State = 1", row.OutboxId, now + delay) > 0)
        {
            session.Execute("UPDATE messages SET Status = 1 WHERE Seq = $1", row.MessageSeq);
            session.AfterCommit(() => signals.SignalSendDue(conversation, connection));
        }
    }

    private static int Mark(string? protectedKey) => protectedKey?.GetHashCode(StringComparison.Ordinal) ?? 0;

    /// <param name="outcome">What becomes of the messages it was to answer, unless another part of the reply has gone out.</param>
    private void Fail(in SentRow row, int? code, string reason, string outcome)
    {
        SqliteOutbox.GiveUsageBack(session, row.OutboxId);
        session.Execute("UPDATE outbox SET State = 4, EndReason = $2 WHERE Id = $1 AND State < 3", row.OutboxId, reason);
        session.Execute("UPDATE messages SET Status = 9, FailureCode = $2, FailureReason = $3 WHERE Seq = $1 AND Status < 5", row.MessageSeq, code, reason);
        SqliteOutbox.EndAnswered(session, row.OutboxId, outcome);
        SqliteOutbox.CancelFollowing(session, row.OutboxId);
        var acts = new SqliteActs(session, now, signals);
        if (row.Author == SendAuthor.Assistant)
        {
            acts.Want(row.ConversationId, "send_failed");
        }

        acts.Publish(row.ConversationId, row.AccountId);
    }
}
