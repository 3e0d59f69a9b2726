namespace AiBotKit.Durability;

/// <summary>Beginning and end of a turn inside a write.</summary>
internal sealed class SqliteTurns(WriteSession session, CommitSignals signals, FaultPoints faults)
{
    /// <summary>Poisoned work is tried this often.</summary>
    public const int MaxAttempts = 5;

    public bool Begin(Guid conversationId, Guid runId, bool alone, DateTimeOffset now) =>
        session.Execute(
            "UPDATE work SET RunId = $2, Alone = CASE WHEN $4 THEN 2 ELSE Alone END WHERE ConversationId = $1 AND RunId IS NULL AND DueAt <= $3",
            conversationId,
            runId,
            now,
            alone) > 0;

    /// <summary>Commits the turn's end if nobody overtook it. Every condition is checked here, in the transaction that writes the effect.</summary>
    public TurnResult Commit(TurnCommit turn)
    {
        var seen = turn.Snapshot;
        if (Overtaken(turn))
        {
            KeepSuggestion(turn);
            return TurnResult.Overtaken;
        }

        var newest = seen.Unanswered[^1].Seq;
        foreach (var message in seen.Unanswered)
        {
            newest = Math.Max(newest, message.Seq);
            if (session.Statement("SELECT 1 FROM messages WHERE Seq = $1 AND Outcome IS NULL", message.Seq).ExecuteScalar() is null)
            {
                // The customer took it back meanwhile: the answer must not speak of it.
                return TurnResult.NewerMessage;
            }
        }

        if (!turn.AllowNewer && session.Statement("SELECT 1 FROM messages WHERE ConversationId = $1 AND Role = 0 AND Outcome IS NULL AND Seq > $2 LIMIT 1", seen.ConversationId, newest).ExecuteScalar() is not null)
        {
            session.Execute("UPDATE work SET Redone = 1 WHERE ConversationId = $1", seen.ConversationId);
            return TurnResult.NewerMessage;
        }

        var (result, countedIn) = turn.Author == SendAuthor.Assistant && turn.Parts.Count > 0 ? CheckSending(turn) : (TurnResult.Committed, null);
        var outcome = result switch
        {
            TurnResult.WindowClosed => "window",
            TurnResult.QuotaExhausted => "quota",
            _ => turn.Outcome,
        };
        var acts = new SqliteActs(session, turn.Now, signals);
        if (result == TurnResult.Committed && turn.Parts.Count > 0)
        {
            Reply(turn, countedIn);
        }

        if (result == TurnResult.Committed)
        {
            new SqliteLeads(session, turn.Now, signals).Apply(turn);
        }

        foreach (var message in seen.Unanswered)
        {
            session.Execute(
                "UPDATE messages SET Outcome = $2, TurnId = $3 WHERE Seq = $1 AND Outcome IS NULL",
                message.Seq,
                outcome,
                outcome == "answered" ? turn.TurnId : null);
        }

        if (turn.Outcome == "quota")
        {
            SqliteUsage.TellRefused(session, signals, seen.AccountId, turn.Now);
        }

        if (result == TurnResult.QuotaExhausted || turn.WaitingReason is not null)
        {
            acts.Want(seen.ConversationId, turn.WaitingReason ?? "quota");
        }

        if (turn.OutageNoticeSent is { } noticed && noticed != seen.OutageNoticeSent)
        {
            session.Execute("UPDATE conversations SET OutageNoticeSent = $2 WHERE Id = $1", seen.ConversationId, noticed);
        }

        if (turn.UnansweredInARow is { } inARow && inARow != seen.Handover.UnansweredInARow)
        {
            session.Execute("UPDATE conversations SET UnansweredInARow = $2 WHERE Id = $1", seen.ConversationId, inARow);
        }

        if (turn.Handover is { } handover)
        {
            new SqliteHandovers(session, turn.Now, signals).Call(seen, handover, told: result == TurnResult.Committed);
        }

        if (turn.SwitchOffBy is { } by)
        {
            acts.Switch(new ThreadRow(seen.ConversationId, seen.AccountId, 0, true, null, seen.ConversationEpoch, "", seen.Address), false, by, "AI replies were switched off: this looks like two machines talking to each other");
        }

        Leave(seen.ConversationId, turn.Now);
        acts.Publish(seen.ConversationId, seen.AccountId);
        return result;
    }

    /// <summary>Gives the claim back after a failure of ours; the fifth counted failure makes a dead letter that a person can replay.</summary>
    public void Release(Guid conversationId, Guid runId, DateTimeOffset dueAt, bool countAttempt, DateTimeOffset now)
    {
        if (session.Execute(
            "UPDATE work SET RunId = NULL, DueAt = $3, Attempts = Attempts + $4, Alone = CASE WHEN Alone = 2 THEN 1 ELSE Alone END WHERE ConversationId = $1 AND RunId = $2",
            conversationId,
            runId,
            dueAt,
            countAttempt ? 1 : 0) == 0)
        {
            return;
        }

        session.Execute("DELETE FROM work WHERE ConversationId = $1 AND NOT EXISTS (SELECT 1 FROM messages WHERE ConversationId = $1 AND Role = 0 AND Outcome IS NULL)", conversationId);
        BuryExhausted(now);
        SqliteWork.Announce(session, signals, conversationId);
    }

    /// <summary>Work that failed five times becomes a dead letter: its messages end there, the conversation goes on, a person is wanted.</summary>
    public void BuryExhausted(DateTimeOffset now)
    {
        var exhausted = new List<(Guid Conversation, Guid Account)>();
        using (var reader = session.Statement("SELECT ConversationId, AccountId FROM work WHERE Attempts >= $1", MaxAttempts).ExecuteReader())
        {
            while (reader.Read())
            {
                exhausted.Add((reader.Id(0), reader.Id(1)));
            }
        }

        foreach (var (conversation, account) in exhausted)
        {
            session.Execute(
                "INSERT INTO dead_letters (Id, AccountId, ConversationId, Kind, Reason, CreatedAt) VALUES ($1, $2, $3, 'turn', 'answering failed five times', $4)",
                Guid.CreateVersion7(now),
                account,
                conversation,
                now);
            var acts = new SqliteActs(session, now, signals);
            acts.EndUnanswered(conversation, "dead_letter");
            acts.Want(conversation, "dead_letter");
            acts.Publish(conversation, account);
            session.AfterCommit(signals.SignalDeadLetter);
        }
    }

    private bool Overtaken(TurnCommit turn)
    {
        using var reader = session.Statement(
            """
            SELECT w.RunId, c.Epoch, c.AiReplies, n.Epoch, ifnull(n.Enabled, 1) AND n.PausedByPlan = 0, n.DisconnectedAt FROM conversations c
            LEFT JOIN work w ON w.ConversationId = c.Id JOIN connections n ON n.Id = $2 WHERE c.Id = $1
            """,
            turn.Snapshot.ConversationId,
            turn.Snapshot.ConnectionId).ExecuteReader();
        return !reader.Read()
            || reader.IdOrNull(0) != turn.RunId
            || reader.GetInt64(1) != turn.Snapshot.ConversationEpoch
            || !reader.Flag(2)
            || reader.GetInt64(3) != turn.Snapshot.ConnectionEpoch
            || !reader.Flag(4)
            || !reader.IsDBNull(5);
    }

    private void KeepSuggestion(TurnCommit turn)
    {
        // Of a contact that was erased meanwhile nothing may be kept.
        if (turn.Draft.Length > 0 && turn.Parts.Count > 0
            && session.Statement("SELECT 1 FROM conversations WHERE Id = $1 AND AccountId = $2", turn.Snapshot.ConversationId, turn.Snapshot.AccountId).ExecuteScalar() is not null)
        {
            InsertTurn(turn, "suggestion");
        }

        // The act that overtook it ended the messages already; a claim that is still ours (connection paused meanwhile) is closed here.
        session.Execute("UPDATE messages SET Outcome = 'human' WHERE ConversationId = $1 AND Outcome IS NULL AND Role = 0 AND EXISTS (SELECT 1 FROM work WHERE ConversationId = $1 AND RunId = $2)", turn.Snapshot.ConversationId, turn.RunId);
        session.Execute("DELETE FROM work WHERE ConversationId = $1 AND RunId = $2", turn.Snapshot.ConversationId, turn.RunId);
    }

    /// <summary>Whether the answer may go out, and the billing period that pays for it; null when it costs nothing.</summary>
    private (TurnResult Result, DateTimeOffset? CountedIn) CheckSending(TurnCommit turn)
    {
        var last = session.Statement("SELECT LastInboundAt FROM conversations WHERE Id = $1", turn.Snapshot.ConversationId).ExecuteScalar();
        if (!WindowRules.IsOpenForAi(last is long ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null, turn.Now))
        {
            return (TurnResult.WindowClosed, null);
        }

        if (!turn.Counts)
        {
            return (TurnResult.Committed, null);
        }

        var period = SqliteUsage.Take(session, signals, turn.Snapshot.AccountId, turn.Now);
        faults.Reach(FaultPoint.R7QuotaReserved);
        return (period is null ? TurnResult.QuotaExhausted : TurnResult.Committed, period);
    }

    private void Reply(TurnCommit turn, DateTimeOffset? countedIn)
    {
        var seen = turn.Snapshot;
        InsertTurn(turn, "committed");
        for (var part = 0; part < turn.Parts.Count + turn.Following.Count; part++)
        {
            SqliteOutbox.Add(session, new NewOutbound(
                seen.AccountId,
                seen.ConversationId,
                seen.ConnectionId,
                turn.TurnId,
                part,
                turn.Author,
                part < turn.Parts.Count ? turn.Parts[part] : turn.Following[part - turn.Parts.Count],
                seen.Address,
                seen.ConversationEpoch,
                seen.ConnectionEpoch,
                turn.Now,
                part == 0 ? countedIn : null,
                Citations: turn.Citations,
                Follows: part >= turn.Parts.Count));
        }

        faults.Reach(FaultPoint.R8OutboxInserted);
        session.Execute(
            "UPDATE conversations SET LastMessageAt = $2, LastMessagePreview = $3, LastMessageRole = 1, DisclosureDue = CASE WHEN $4 THEN 0 ELSE DisclosureDue END WHERE Id = $1",
            seen.ConversationId,
            turn.Now,
            SqliteIngest.Preview(turn.Following.Count > 0 ? turn.Following[^1] : turn.Parts[^1]),
            turn.DisclosureGiven);
        session.AfterCommit(() => signals.SignalSendDue(seen.ConversationId, seen.ConnectionId));
    }

    private void InsertTurn(TurnCommit turn, string result) =>
        session.Execute(
            "INSERT INTO turns (Id, AccountId, ConversationId, StartedAt, EndedAt, Result, AnswerKind, Draft, Trace) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            turn.TurnId,
            turn.Snapshot.AccountId,
            turn.Snapshot.ConversationId,
            turn.StartedAt,
            turn.Now,
            result,
            turn.AnswerKind,
            turn.Draft,
            turn.Trace);

    /// <summary>What came meanwhile is the next turn, due now; without any the work row goes.</summary>
    private void Leave(Guid conversationId, DateTimeOffset now)
    {
        if (session.Execute(
            """
            UPDATE work SET RunId = NULL, Redone = 0, Attempts = 0, Alone = 0, DueAt = $2,
                FirstUnansweredAt = (SELECT min(CreatedAt) FROM messages WHERE ConversationId = $1 AND Role = 0 AND Outcome IS NULL)
            WHERE ConversationId = $1 AND EXISTS (SELECT 1 FROM messages WHERE ConversationId = $1 AND Role = 0 AND Outcome IS NULL)
            """,
            conversationId,
            now) > 0)
        {
            SqliteWork.Announce(session, signals, conversationId);
            return;
        }

        session.Execute("DELETE FROM work WHERE ConversationId = $1", conversationId);
    }
}
