namespace AiBotKit.Durability;

/// <summary>
/// Replies held for the customer's next message, inside a write. Whether one waits is its row's state and nothing else: every way out of
/// <see cref="HeldState.Waiting"/> changes the state in the transaction of its effect, so it goes out once or not at all.
/// </summary>
internal sealed class SqliteHeld(WriteSession session, DateTimeOffset now, CommitSignals signals)
{
    /// <summary>Stores the reply as a message that is held. The caller has checked that it may be.</summary>
    /// <param name="nudge">The template's message; null when none is sent for it.</param>
    public void Add(PersonReply reply, Guid connectionId, Guid? nudge)
    {
        session.Execute(
            """
            INSERT INTO messages (Id, AccountId, ConversationId, Role, Type, Text, At, CreatedAt, Status, StartsTurn, PossibleDuplicate, AuthorName)
            VALUES ($1, $2, $3, 2, 'text', $4, $6, $5, 11, 0, 0, $7)
            """,
            reply.MessageId,
            reply.AccountId,
            reply.ConversationId,
            reply.Text,
            now,
            MessageTime.Of(now),
            reply.AuthorName);
        session.Execute(
            "INSERT INTO held_replies (Id, AccountId, ConversationId, ConnectionId, Text, AuthorName, NudgeId, State, CreatedAt) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)",
            reply.MessageId,
            reply.AccountId,
            reply.ConversationId,
            connectionId,
            reply.Text,
            reply.AuthorName,
            nudge,
            now);
        session.Execute("UPDATE conversations SET TakeoverUntil = NULL WHERE Id = $1", reply.ConversationId);
    }

    /// <summary>Whether the customer was asked within a day to tap for an earlier held reply, and that has not failed: asking twice would cost twice.</summary>
    public bool IsNudged(Guid conversationId) =>
        session.Statement(
            "SELECT 1 FROM held_replies h JOIN outbox o ON o.Id = h.NudgeId WHERE h.ConversationId = $1 AND h.State = 0 AND h.CreatedAt > $2 AND o.State < 4 LIMIT 1",
            conversationId,
            now - WindowRules.Length).ExecuteScalar() is not null;

    /// <summary>
    /// The customer has done what opens the window: everything held goes into the outbox, in the order in which it was written. Nothing when
    /// AI replies are on, the number is paused, or what arrives is too old to open the window.
    /// </summary>
    /// <param name="at">The provider's time of what arrived, never ahead of ours.</param>
    public void Release(ThreadRow thread, RouteRow route, DateTimeOffset at)
    {
        if (thread.AiReplies || !route.Enabled || !WindowRules.IsOpen(at, now) || Waiting(thread.Id) is not { Count: > 0 } waiting)
        {
            return;
        }

        var acts = new SqliteActs(session, now, signals);
        foreach (var (id, _, _, _) in waiting)
        {
            session.Execute("UPDATE held_replies SET State = 1, EndedAt = $2 WHERE Id = $1", id, now);

            // It is said now: it takes its place behind the message that released it.
            session.Execute("DELETE FROM messages WHERE Id = $1", id);
        }

        thread = acts.Speak(thread, null);
        foreach (var (id, account, text, author) in waiting)
        {
            SqliteOutbox.Add(session, new NewOutbound(account, thread.Id, route.Id, null, 0, SendAuthor.Person, text, thread.Address, thread.Epoch, route.Epoch, now, AuthorName: author, MessageId: id));
        }

        session.Execute("UPDATE conversations SET LastMessageAt = $2, LastMessagePreview = $3, LastMessageRole = 2 WHERE Id = $1", thread.Id, now, SqliteIngest.Preview(waiting[^1].Text));
        acts.Publish(thread.Id, thread.AccountId);
        session.AfterCommit(() => signals.SignalSendDue(thread.Id, route.Id));
    }

    /// <summary>A person takes one back. False when the account has none of that id in the conversation that still waits.</summary>
    public bool TakeBack(Guid accountId, Guid conversationId, Guid id)
    {
        if (session.Execute(
            "UPDATE held_replies SET State = 2, EndedAt = $4 WHERE Id = $1 AND AccountId = $2 AND ConversationId = $3 AND State = 0",
            id,
            accountId,
            conversationId,
            now) == 0)
        {
            return false;
        }

        End(id, "withdrawn");
        new SqliteActs(session, now, signals).Resume(conversationId);
        new SqliteActs(session, now, signals).Publish(conversationId, accountId);
        return true;
    }

    /// <summary>Nothing that is held in the conversation goes out any more.</summary>
    public void Cancel(Guid conversationId, string reason)
    {
        foreach (var (id, _, _, _) in Waiting(conversationId))
        {
            session.Execute("UPDATE held_replies SET State = 2, EndedAt = $2 WHERE Id = $1", id, now);
            End(id, reason);
        }
    }

    /// <summary>The number is gone, and with it everything that was held for it.</summary>
    public void CancelOf(Guid connectionId, string reason)
    {
        var touched = new List<(Guid Conversation, Guid Account)>();
        using (var reader = session.Statement("SELECT DISTINCT ConversationId, AccountId FROM held_replies WHERE ConnectionId = $1 AND State = 0", connectionId).ExecuteReader())
        {
            while (reader.Read())
            {
                touched.Add((reader.Id(0), reader.Id(1)));
            }
        }

        foreach (var (conversation, account) in touched)
        {
            Cancel(conversation, reason);
            var acts = new SqliteActs(session, now, signals);
            acts.Resume(conversation);
            acts.Publish(conversation, account);
        }
    }

    /// <summary>The customer is known under two addresses now: what was held under one waits in the conversation that goes on.</summary>
    public static void Move(WriteSession session, Guid from, Guid into)
    {
        session.Execute("UPDATE messages SET ConversationId = $2 WHERE ConversationId = $1 AND Status = 11", from, into);
        session.Execute("UPDATE held_replies SET ConversationId = $2 WHERE ConversationId = $1 AND State = 0", from, into);
    }

    private void End(Guid id, string reason) => session.Execute("UPDATE messages SET Status = 10, FailureReason = $2 WHERE Id = $1", id, reason);

    private List<(Guid Id, Guid Account, string Text, string Author)> Waiting(Guid conversationId)
    {
        var rows = new List<(Guid, Guid, string, string)>();
        using var reader = session.Statement(
            "SELECT h.Id, h.AccountId, h.Text, h.AuthorName FROM held_replies h JOIN messages m ON m.Id = h.Id WHERE h.ConversationId = $1 AND h.State = 0 ORDER BY m.Seq",
            conversationId).ExecuteReader();
        while (reader.Read())
        {
            rows.Add((reader.Id(0), reader.Id(1), reader.GetString(2), reader.GetString(3)));
        }

        return rows;
    }
}
