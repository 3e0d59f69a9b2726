namespace AiBotKit.Durability;

/// <summary>Ends of outbox rows that several operations share.</summary>
internal static class SqliteOutbox
{
    /// <summary>
    /// Cancels the AI replies of a conversation that were not handed over yet and gives their usage back. With <paramref name="reopen"/>
    /// the messages they answered become unanswered again, but only for a turn of which nothing has left.
    /// </summary>
    /// <returns>Turns that were cancelled whole.</returns>
    public static List<Guid> CancelUnsent(WriteSession session, Guid conversationId, string reason, bool reopen)
    {
        var rows = new List<(Guid Id, long Seq, Guid TurnId)>();
        using (var reader = session.Statement("SELECT Id, MessageSeq, TurnId FROM outbox WHERE ConversationId = $1 AND State = 0 AND Author = 0", conversationId).ExecuteReader())
        {
            while (reader.Read())
            {
                rows.Add((reader.Id(0), reader.GetInt64(1), reader.Id(2)));
            }
        }

        var whole = new List<Guid>();
        foreach (var turn in rows.GroupBy(r => r.TurnId))
        {
            // A row that may have been accepted before (possible duplicate) is not reopened: answering its messages anew would answer them twice.
            // Words behind an answer that went out without it answer nothing, but they have reached somebody: their turn is not done again.
            // A part that was certainly refused has not left: when the rest is cancelled too, nothing of the turn has reached anybody.
            var left = (long)session.Statement(
                """
                SELECT count(*) FROM outbox WHERE TurnId = $1 AND (Follows = 0 OR $2)
                    AND (State IN (1, 2, 3) OR (State = 4 AND ($2 OR EndReason = 'not confirmed')) OR (PossibleDuplicate = 1 AND $2))
                """,
                turn.Key,
                reopen).ExecuteScalar()! > 0;
            if (left && reopen)
            {
                continue;
            }

            foreach (var row in turn)
            {
                Cancel(session, row.Id, row.Seq, reason);
            }

            if (!left)
            {
                whole.Add(turn.Key);
                if (reopen)
                {
                    session.Execute("UPDATE messages SET Outcome = NULL, TurnId = NULL WHERE ConversationId = $1 AND TurnId = $2 AND Role = 0", conversationId, turn.Key);
                }
            }
        }

        return whole;
    }

    /// <summary>Ends the messages of people that have not been handed over: their connection sends nothing any more. They say so where they stand.</summary>
    public static void CancelUnsentOfPeople(WriteSession session, Guid conversationId, string reason)
    {
        var rows = new List<(Guid Id, long Seq)>();
        using (var reader = session.Statement("SELECT Id, MessageSeq FROM outbox WHERE ConversationId = $1 AND State = 0 AND Author = 2", conversationId).ExecuteReader())
        {
            while (reader.Read())
            {
                rows.Add((reader.Id(0), reader.GetInt64(1)));
            }
        }

        foreach (var (id, seq) in rows)
        {
            Cancel(session, id, seq, reason);
        }
    }

    /// <summary>Whether an AI reply of the conversation is on the wire, or may be.</summary>
    public static bool IsReplyUnderWay(WriteSession session, Guid conversationId) =>
        session.Statement("SELECT 1 FROM outbox WHERE ConversationId = $1 AND State IN (1, 2) AND Author = 0 LIMIT 1", conversationId).ExecuteScalar() is not null;

    /// <summary>Ends one unsent row as cancelled and gives its usage back.</summary>
    public static void Cancel(WriteSession session, Guid outboxId, long messageSeq, string reason)
    {
        GiveUsageBack(session, outboxId);
        session.Execute("UPDATE outbox SET State = 5, EndReason = $2 WHERE Id = $1", outboxId, reason);
        session.Execute("UPDATE messages SET Status = 10, FailureReason = $2 WHERE Seq = $1", messageSeq, reason);
    }

    /// <summary>The messages that this reply was to answer end with <paramref name="outcome"/>, unless another part of the answer has gone out.</summary>
    public static void EndAnswered(WriteSession session, Guid outboxId, string outcome) =>
        session.Execute(
            """
            UPDATE messages SET Outcome = $2 WHERE Role = 0 AND TurnId = (SELECT TurnId FROM outbox WHERE Id = $1 AND Follows = 0)
                AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.TurnId = messages.TurnId AND o.State = 3 AND o.Follows = 0)
                AND ConversationId = (SELECT ConversationId FROM outbox WHERE Id = $1)
            """,
            outboxId,
            outcome);

    /// <summary>Part of an answer ended unsent or undelivered: what was to follow it is not sent either, unless another part of the answer may still reach the customer.</summary>
    public static void CancelFollowing(WriteSession session, Guid outboxId)
    {
        var rows = new List<(Guid Id, long Seq)>();
        using (var reader = session.Statement(
            """
            SELECT f.Id, f.MessageSeq FROM outbox o JOIN outbox f ON f.TurnId = o.TurnId AND f.Follows = 1 AND f.State = 0
            WHERE o.Id = $1 AND o.Follows = 0 AND NOT EXISTS (SELECT 1 FROM outbox a WHERE a.TurnId = o.TurnId AND a.Follows = 0 AND a.State < 4)
            """,
            outboxId).ExecuteReader())
        {
            while (reader.Read())
            {
                rows.Add((reader.Id(0), reader.GetInt64(1)));
            }
        }

        foreach (var (id, seq) in rows)
        {
            Cancel(session, id, seq, "unanswered");
        }
    }

    /// <summary>This reply, or a part of it, has gone out after all.</summary>
    public static void CountAnswered(WriteSession session, Guid outboxId) =>
        session.Execute(
            """
            UPDATE messages SET Outcome = 'answered' WHERE Role = 0 AND Outcome IN ('unconfirmed', 'failed', 'window') AND TurnId = (SELECT TurnId FROM outbox WHERE Id = $1 AND Follows = 0)
                AND ConversationId = (SELECT ConversationId FROM outbox WHERE Id = $1)
            """,
            outboxId);

    /// <summary>
    /// Returns the AI message that a reply took, in the period it was taken from, when this part of it ends unsent: at most once for a reply, and not
    /// while another part may still go out or one was accepted or may have been. What the provider took is paid for, whatever became of it.
    /// </summary>
    public static void GiveUsageBack(WriteSession session, Guid outboxId)
    {
        if (session.Statement(
            """
            SELECT 1 FROM outbox o WHERE (o.Id = $1 OR o.TurnId = (SELECT TurnId FROM outbox WHERE Id = $1)) AND o.Follows = 0
                AND (o.PossibleDuplicate = 1 OR (o.Id <> $1 AND o.State < 4) OR o.EndReason = 'not confirmed'
                    OR EXISTS (SELECT 1 FROM send_attempts a WHERE a.OutboxId = o.Id AND a.ProviderMessageId IS NOT NULL))
            LIMIT 1
            """,
            outboxId).ExecuteScalar() is not null)
        {
            return;
        }

        session.Execute(
            """
            UPDATE usage_counters SET AiMessages = AiMessages - 1 WHERE (AccountId, PeriodStart) =
                (SELECT AccountId, UsagePeriod FROM outbox WHERE (Id = $1 OR TurnId = (SELECT TurnId FROM outbox WHERE Id = $1)) AND UsagePeriod IS NOT NULL)
            """,
            outboxId);
        session.Execute("UPDATE outbox SET UsagePeriod = NULL WHERE (Id = $1 OR TurnId = (SELECT TurnId FROM outbox WHERE Id = $1)) AND UsagePeriod IS NOT NULL", outboxId);
    }

    /// <summary>Adds one message and its outbox row; returns the arrival number.</summary>
    public static long Add(WriteSession session, in NewOutbound send)
    {
        var id = send.MessageId ?? Guid.CreateVersion7(send.Now);
        session.Execute(
            """
            INSERT INTO messages (Id, AccountId, ConversationId, Role, Text, At, CreatedAt, Status, TurnId, StartsTurn, PossibleDuplicate, AuthorName, Citations, Type, Content)
            VALUES ($1, $2, $3, $4, $5, $10, $6, 1, $7, 0, 0, $8, $9, $11, $12)
            """,
            id,
            send.AccountId,
            send.ConversationId,
            send.Author == SendAuthor.Person ? MessageRole.Owner : MessageRole.Assistant,
            send.Text,
            send.Now,
            send.TurnId,
            send.AuthorName,
            send.Citations,
            MessageTime.Of(send.Now),
            send.Type,
            send.Content);
        var seq = session.LastInsertRowId;
        session.Execute(
            """
            INSERT INTO outbox (Id, AccountId, ConversationId, ConnectionId, MessageSeq, TurnId, Part, Author, Key, State, DueAt, Attempt, Waits,
                ConversationEpoch, ConnectionEpoch, Recipient, Text, PossibleDuplicate, UsagePeriod, Payload, Follows)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, 0, 0, $11, $12, $13, $14, 0, $15, $16, $17)
            """,
            id,
            send.AccountId,
            send.ConversationId,
            send.ConnectionId,
            seq,
            send.TurnId,
            send.Part,
            send.Author,
            id.ToString("N"),
            send.Now,
            send.ConversationEpoch,
            send.ConnectionEpoch,
            send.Recipient,
            send.Text,
            send.UsagePeriod,
            send.Payload,
            send.Follows);
        return seq;
    }
}

/// <summary>A message about to be put into the outbox.</summary>
/// <param name="MessageId">Null = a new one.</param>
/// <param name="Type">Of the message, as its reader sees it.</param>
/// <param name="Payload">What the channel sends instead of the text (<see cref="OutboxRow.Payload"/>).</param>
/// <param name="Follows">It goes along behind an answer (<see cref="OutboxRow.Follows"/>).</param>
internal readonly record struct NewOutbound(
    Guid AccountId,
    Guid ConversationId,
    Guid ConnectionId,
    Guid? TurnId,
    int Part,
    SendAuthor Author,
    string Text,
    string Recipient,
    long ConversationEpoch,
    long ConnectionEpoch,
    DateTimeOffset Now,
    DateTimeOffset? UsagePeriod = null,
    string? AuthorName = null,
    string? Citations = null,
    Guid? MessageId = null,
    string Type = "text",
    string? Content = null,
    string? Payload = null,
    bool Follows = false);
