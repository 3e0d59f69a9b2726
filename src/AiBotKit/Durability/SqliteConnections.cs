using AiBotKit.Durability.Audit;

namespace AiBotKit.Durability;

/// <summary>What becomes of a connection inside a write: switched by a person, or held, released and ended by the provider's word.</summary>
internal sealed class SqliteConnections(WriteSession session, DateTimeOffset now, CommitSignals signals)
{
    /// <summary>False when the connection does not exist in the account. To the state that it is in already changes nothing: turns under way and queued replies go on.</summary>
    public bool Switch(Guid accountId, Guid connectionId, bool enabled, Actor by)
    {
        if (session.Statement("SELECT ifnull(Enabled, 1) FROM connections WHERE Id = $1 AND AccountId = $2", connectionId, accountId).ExecuteScalar() is not long before)
        {
            return false;
        }

        if (before != 0 == enabled)
        {
            return true;
        }

        session.Execute(
            "UPDATE connections SET Enabled = $3, Epoch = Epoch + 1, PausedAt = CASE WHEN $3 THEN PausedAt ELSE $4 END WHERE Id = $1 AND AccountId = $2",
            connectionId,
            accountId,
            enabled,
            now);
        session.AfterCommit(() => signals.SignalConnection(accountId));
        AuditTrail.Append(session, new AuditNote(accountId, by, enabled ? AuditActs.ConnectionEnabled : AuditActs.ConnectionDisabled, "connection", connectionId.ToString()), now);
        if (!enabled)
        {
            EndOpen(connectionId, "paused");
        }

        return true;
    }

    /// <summary>False when the account has no live connection of that id.</summary>
    public bool Disconnect(Guid accountId, Guid connectionId, Actor by)
    {
        var number = session.Statement("SELECT DisplayPhoneNumber FROM connections WHERE Id = $1 AND AccountId = $2 AND DisconnectedAt IS NULL", connectionId, accountId).ExecuteScalar() as string;
        if (number is null)
        {
            return false;
        }

        End(connectionId, accountId, null, by, number);
        return true;
    }

    /// <summary>
    /// Makes the account's connections follow its plan. Without channels: paused, which is remembered apart from the owner's switch, what is
    /// unanswered ends as <c>plan</c>, nothing begins to be sent any more; key and history stay. With channels: what the plan had paused goes
    /// on, and what the owner had switched off stays off.
    /// </summary>
    public void FollowPlan(Guid accountId, bool hasChannels)
    {
        session.AfterCommit(() => signals.SignalConnection(accountId));
        var changed = new List<Guid>();
        using (var reader = session.Statement("SELECT Id FROM connections WHERE AccountId = $1 AND PausedByPlan = $2", accountId, hasChannels).ExecuteReader())
        {
            while (reader.Read())
            {
                changed.Add(reader.Id(0));
            }
        }

        foreach (var connection in changed)
        {
            session.Execute(
                "UPDATE connections SET PausedByPlan = $2, Epoch = Epoch + 1, PausedAt = CASE WHEN $2 AND ifnull(Enabled, 1) THEN $3 ELSE PausedAt END WHERE Id = $1",
                connection,
                !hasChannels,
                now);
            if (!hasChannels)
            {
                EndOpen(connection, "plan");
            }
        }
    }

    /// <summary>
    /// Applies an event to the live connections of its account. One that is older than what a person last said about the connection is an
    /// old story, however it comes again; one that cannot be placed in time holds the queue but takes nothing away, because anybody who
    /// caught it once could repeat it.
    /// </summary>
    public void Apply(ConnectionArrival state)
    {
        foreach (var (connection, account) in Live(state.WabaId, state.At, state.SignedFor))
        {
            if (state is { IsGone: true, At: not null })
            {
                End(connection, account, state.BrokenReason, Actor.System, state.BrokenReason);
            }
            else
            {
                session.Execute(
                    "UPDATE connections SET BrokenReason = $2, ProbeAt = CASE WHEN $2 IS NULL THEN NULL ELSE $3 END WHERE Id = $1",
                    connection,
                    state.BrokenReason,
                    now + SqliteSends.ProbeEvery);
                session.AfterCommit(() => signals.SignalConnection(account));
            }
        }
    }

    /// <summary>A test event came back. A provider that sends our header with it has to send it from now on.</summary>
    public void Proved(Guid connectionId, TestArrival test)
    {
        if (session.Execute(
            "UPDATE connections SET TestArrivedAt = $3, CallbackHeaderRequired = CallbackHeaderRequired OR $4 WHERE Id = $1 AND TestTokenHash = $2",
            connectionId,
            test.TokenHash,
            now,
            test.HeaderSeen) > 0)
        {
            session.AfterCommit(signals.SignalCredentials);
        }
    }

    /// <summary>The live connections of a provider's account that an event of that time is about.</summary>
    /// <param name="only">The one that signed it; null = all.</param>
    public List<(Guid Connection, Guid Account)> Live(string wabaId, DateTimeOffset? at, Guid? only)
    {
        var found = new List<(Guid, Guid)>();
        using var reader = session.Statement("SELECT Id, AccountId FROM connections WHERE WabaId = $1 AND DisconnectedAt IS NULL AND ConnectedAt <= ifnull($2, ConnectedAt) AND Id = ifnull($3, Id)", wabaId, at, only).ExecuteReader();
        while (reader.Read())
        {
            found.Add((reader.Id(0), reader.Id(1)));
        }

        return found;
    }

    /// <summary>The credentials go with the connection (S-K6); the row stays and says why.</summary>
    private void End(Guid connectionId, Guid accountId, string? reason, Actor by, string? detail)
    {
        session.Execute(
            """
            UPDATE connections SET DisconnectedAt = $2, ApiKeyProtected = NULL, ApiKeyLast4 = NULL, WebhookSecretProtected = NULL, PreviousWebhookSecretProtected = NULL, PreviousWebhookSecretUntil = NULL,
                CallbackKey = NULL, CallbackHeaderProtected = NULL, CallbackHeaderRequired = 0, VerifyTokenProtected = NULL, WebhookSetAt = NULL, ConnectingSince = NULL,
                TestTokenHash = NULL, TestAskedAt = NULL, TestArrivedAt = NULL, Epoch = Epoch + 1, BrokenReason = $3, ProbeAt = NULL
            WHERE Id = $1
            """,
            connectionId,
            now,
            reason);
        EndOpen(connectionId, "disconnected");
        new SqliteHeld(session, now, signals).CancelOf(connectionId, "disconnected");
        AuditTrail.Append(session, new AuditNote(accountId, by, AuditActs.ConnectionDisconnected, "connection", connectionId.ToString(), detail), now);
        session.AfterCommit(signals.SignalCredentials);
        session.AfterCommit(() => signals.SignalConnection(accountId));
    }

    /// <summary>What is unanswered ends with <paramref name="outcome"/>, what is unsent is cancelled, turns under way lose their claim.</summary>
    private void EndOpen(Guid connectionId, string outcome)
    {
        var touched = new List<(Guid Conversation, Guid Account)>();
        using (var reader = session.Statement(
            """
            SELECT c.Id, c.AccountId FROM conversations c WHERE c.ConnectionId = $1 AND (EXISTS (SELECT 1 FROM work w WHERE w.ConversationId = c.Id)
                OR EXISTS (SELECT 1 FROM outbox o WHERE o.ConversationId = c.Id AND o.State < 3))
            """,
            connectionId).ExecuteReader())
        {
            while (reader.Read())
            {
                touched.Add((reader.Id(0), reader.Id(1)));
            }
        }

        var acts = new SqliteActs(session, now, signals);
        foreach (var (conversation, account) in touched)
        {
            acts.EndUnanswered(conversation, outcome);
            acts.CancelReplies(conversation, outcome);
            SqliteOutbox.CancelUnsentOfPeople(session, conversation, outcome);
            acts.Publish(conversation, account);
            session.AfterCommit(() => signals.SignalPersonActed(conversation));
        }
    }
}
