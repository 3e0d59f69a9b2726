namespace AiBotKit.Durability;

/// <summary>Lead forms inside a write: what a turn changes of them, and those that begin after a silence.</summary>
internal sealed class SqliteLeads(WriteSession session, DateTimeOffset now, CommitSignals signals)
{
    /// <summary>At most so many at once: what is left begins with the next sweep.</summary>
    private const int Slice = 200;

    /// <summary>
    /// Null while the form is switched off. The state before the last turn counts when what the form said in that turn was cancelled, and either
    /// the messages it heard are unanswered again (they are heard anew) or it had only begun with them: the customer has never seen its question.
    /// </summary>
    public static LeadSeen? Read(WriteSession session, Guid conversationId)
    {
        using var reader = session.Statement(
            """
            SELECT f.Settings, c.ContactName, CASE WHEN t.TurnId IS NOT NULL
                AND EXISTS (SELECT 1 FROM outbox o WHERE o.TurnId = t.TurnId)
                AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.TurnId = t.TurnId AND (o.State <> 5 OR o.PossibleDuplicate = 1)
                    AND (o.Follows = 1 OR NOT EXISTS (SELECT 1 FROM outbox f WHERE f.TurnId = t.TurnId AND f.Follows = 1)))
                AND (t.HeardSeq IS NULL OR t.Before IS NULL OR EXISTS (SELECT 1 FROM messages m WHERE m.ConversationId = $1 AND m.Role = 0 AND m.Outcome IS NULL AND m.Seq <= t.HeardSeq))
                THEN t.Before ELSE t.State END
            FROM conversations c JOIN lead_forms f ON f.ChatbotId = c.ChatbotId AND f.Enabled = 1 LEFT JOIN lead_talks t ON t.ConversationId = c.Id WHERE c.Id = $1
            """,
            conversationId).ExecuteReader();
        return reader.Read() ? new LeadSeen(reader.GetString(0), reader.TextOrNull(2), reader.TextOrNull(1)) : null;
    }

    /// <summary>A conversation that was merged away takes its talk along, unless the one that goes on has its own.</summary>
    public static void Merge(WriteSession session, Guid from, Guid into) =>
        session.Execute("UPDATE OR IGNORE lead_talks SET ConversationId = $2, DueAt = NULL WHERE ConversationId = $1", from, into);

    /// <summary>With a turn that is committed.</summary>
    public void Apply(TurnCommit turn)
    {
        if (turn.Lead is not { } change)
        {
            return;
        }

        var seen = turn.Snapshot;
        Store(seen, change, turn.Parts.Count > 0 ? turn.TurnId : null, seen.Unanswered.Max(m => m.Seq));
        if (change.Lead is { } lead)
        {
            Store(seen, lead);
            Tell(lead, change);
        }
    }

    /// <summary>Forms that begin because their conversation has been silent for long enough.</summary>
    public void AskDue()
    {
        var due = new List<Due>();
        using (var reader = session.Statement(
            """
            SELECT t.ConversationId, t.AccountId, c.ConnectionId, c.Address, c.Epoch, ifnull(n.Epoch, 0), c.LastInboundAt, t.OpeningText, t.OpeningState,
                c.AiReplies = 1 AND c.Epoch = t.Epoch AND c.WaitingReason IS NULL AND c.MergedIntoId IS NULL AND f.ChatbotId IS NOT NULL,
                n.Id IS NOT NULL AND n.DisconnectedAt IS NULL AND ifnull(n.Enabled, 1) = 1 AND n.PausedByPlan = 0,
                EXISTS (SELECT 1 FROM work w WHERE w.ConversationId = c.Id)
            FROM lead_talks t JOIN conversations c ON c.Id = t.ConversationId LEFT JOIN connections n ON n.Id = c.ConnectionId
            LEFT JOIN lead_forms f ON f.ChatbotId = c.ChatbotId AND f.Enabled = 1
            WHERE t.DueAt IS NOT NULL AND t.DueAt <= $1 ORDER BY t.DueAt LIMIT $2
            """,
            now,
            Slice).ExecuteReader())
        {
            while (reader.Read())
            {
                due.Add(new Due(
                    reader.Id(0), reader.Id(1), reader.IdOrNull(2), reader.GetString(3), reader.GetInt64(4), reader.GetInt64(5), reader.TextOrNull(7) ?? "", reader.TextOrNull(8),
                    new LeadDueFacts(reader.Flag(9), reader.Flag(10), reader.Flag(11), reader.TimeOrNull(6))));
            }
        }

        foreach (var talk in due)
        {
            var next = talk is { OpeningState: not null, ConnectionId: not null } ? LeadDueRules.Next(talk.Facts, now) : null;
            if (next is { } at && at <= now)
            {
                Begin(talk, talk.ConnectionId!.Value);
            }
            else
            {
                session.Execute("UPDATE lead_talks SET DueAt = $2 WHERE ConversationId = $1", talk.ConversationId, next);
            }
        }
    }

    private void Begin(Due talk, Guid connection)
    {
        var turn = Guid.CreateVersion7(now);
        session.Execute(
            "INSERT INTO turns (Id, AccountId, ConversationId, StartedAt, EndedAt, Result, AnswerKind, Draft, Trace) VALUES ($1, $2, $3, $4, $4, 'committed', 'lead_form', $5, '{}')",
            turn,
            talk.AccountId,
            talk.ConversationId,
            now,
            talk.Text);
        SqliteOutbox.Add(session, new NewOutbound(talk.AccountId, talk.ConversationId, connection, turn, 0, SendAuthor.Assistant, talk.Text, talk.Address, talk.Epoch, talk.ConnectionEpoch, now));
        session.Execute(
            "UPDATE lead_talks SET Before = State, State = OpeningState, TurnId = $2, HeardSeq = NULL, DueAt = NULL, OpeningText = NULL, OpeningState = NULL WHERE ConversationId = $1",
            talk.ConversationId,
            turn);
        session.Execute(
            "UPDATE conversations SET LastMessageAt = $2, LastMessagePreview = $3, LastMessageRole = 1 WHERE Id = $1",
            talk.ConversationId,
            now,
            SqliteIngest.Preview(talk.Text));
        new SqliteActs(session, now, signals).Publish(talk.ConversationId, talk.AccountId);
        session.AfterCommit(() => signals.SignalSendDue(talk.ConversationId, connection));
    }

    private void Store(TurnSnapshot seen, LeadChange change, Guid? turnId, long heard) => session.Execute(
        """
        INSERT INTO lead_talks (ConversationId, AccountId, ChatbotId, State, Before, TurnId, HeardSeq, Epoch, DueAt, OpeningText, OpeningState)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (ConversationId) DO UPDATE SET State = excluded.State, Before = excluded.Before, TurnId = excluded.TurnId, HeardSeq = excluded.HeardSeq,
            Epoch = excluded.Epoch, DueAt = excluded.DueAt, OpeningText = excluded.OpeningText, OpeningState = excluded.OpeningState
        """,
        seen.ConversationId,
        seen.AccountId,
        seen.ChatbotId,
        change.State,
        change.Before,
        turnId,
        heard,
        seen.ConversationEpoch,
        change.DueAt,
        change.Opening?.Text,
        change.Opening?.State);

    private void Store(TurnSnapshot seen, LeadValues lead) => session.Execute(
        """
        INSERT INTO leads (Id, AccountId, ChatbotId, ConversationId, Name, Email, Phone, Own, Words, ConsentText, ConsentAt, CreatedAt, CompletedAt)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        ON CONFLICT (Id) DO UPDATE SET Name = excluded.Name, Email = excluded.Email, Phone = excluded.Phone, Own = excluded.Own, Words = excluded.Words,
            ConsentText = excluded.ConsentText, ConsentAt = excluded.ConsentAt, CompletedAt = ifnull(leads.CompletedAt, excluded.CompletedAt)
        """,
        lead.Id,
        seen.AccountId,
        seen.ChatbotId,
        seen.ConversationId,
        lead.Name,
        lead.Email,
        lead.Phone,
        lead.Own,
        lead.Words,
        lead.ConsentText,
        lead.ConsentAt,
        lead.CreatedAt,
        lead.IsComplete ? now : null);

    /// <summary>One telling for a lead: a turn that is done again after its reply was cancelled finds the mark.</summary>
    private void Tell(LeadValues lead, LeadChange change)
    {
        if (change.Mails.Count == 0 || session.Execute("UPDATE leads SET ToldAt = $2 WHERE Id = $1 AND ToldAt IS NULL", lead.Id, now) == 0)
        {
            return;
        }

        SqliteMails.Add(session, change.Mails);
    }

    private sealed record Due(
        Guid ConversationId, Guid AccountId, Guid? ConnectionId, string Address, long Epoch, long ConnectionEpoch, string Text, string? OpeningState, LeadDueFacts Facts);
}
