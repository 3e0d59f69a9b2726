namespace AiBotKit.Durability;

/// <summary>Acts of people (and of the rules that act for them) inside a write: every one raises the ownership epoch.</summary>
internal sealed class SqliteActs(WriteSession session, DateTimeOffset now, CommitSignals signals)
{
    private const long TicksOfAnHour = TimeSpan.TicksPerHour;

    /// <summary>
    /// Switches AI replies of one conversation. Off: what is unanswered ends as stored-only, AI replies not handed over yet are cancelled,
    /// a turn under way loses its claim; repeated, it does the same. On: the next answer discloses the AI again.
    /// </summary>
    /// <param name="person">Who takes over, when it is somebody that is known.</param>
    public ThreadRow Switch(ThreadRow thread, bool on, string by, string? eventText, Guid? person = null)
    {
        session.Execute(
            "UPDATE conversations SET AiReplies = $2, AiRepliesReason = $3, TakenOverBy = $4, Epoch = Epoch + 1, DisclosureDue = CASE WHEN $2 THEN 1 ELSE DisclosureDue END WHERE Id = $1",
            thread.Id,
            on,
            by,
            on ? null : person);
        if (by is "owner" or "phone")
        {
            // A person is here now, whichever way they decided: nobody is wanted any more.
            session.Execute("UPDATE conversations SET WaitingReason = NULL, WaitingSince = NULL, HandoverToldAt = NULL, UnansweredInARow = 0 WHERE Id = $1", thread.Id);
        }

        if (on || by is not ("owner" or "phone"))
        {
            // What a rule or the customer switched off stays off until a person or the customer says otherwise.
            session.Execute("UPDATE conversations SET TakeoverUntil = NULL WHERE Id = $1", thread.Id);
        }
        else
        {
            Hold(thread.Id);
        }

        if (on)
        {
            new SqliteHeld(session, now, signals).Cancel(thread.Id, "handed_back");
        }
        else
        {
            var outcome = by == "stop_word" ? "stopped" : "human";
            EndUnanswered(thread.Id, outcome);
            CancelReplies(thread.Id, outcome);
        }

        if (eventText is not null)
        {
            AddEvent(thread.Id, thread.AccountId, by is not ("owner" or "phone" or "clock") ? "ai_replies" : on ? TakeoverTexts.HandedBack : TakeoverTexts.TakenOver, eventText);
        }

        Publish(thread.Id, thread.AccountId);
        session.AfterCommit(() => signals.SignalPersonActed(thread.Id));
        return thread with { AiReplies = on, Epoch = thread.Epoch + 1, AiRepliesReason = by };
    }

    /// <summary>
    /// A person writes in a conversation in which AI replies are off: like every human act it raises the ownership epoch, nobody is wanted
    /// any more, and a takeover lasts its whole time from here.
    /// </summary>
    /// <param name="person">Who writes has it in hand from now on; null leaves it with whoever had it.</param>
    public ThreadRow Speak(ThreadRow thread, Guid? person)
    {
        session.Execute("UPDATE conversations SET Epoch = Epoch + 1, TakenOverBy = ifnull($2, TakenOverBy), WaitingReason = NULL, WaitingSince = NULL, HandoverToldAt = NULL, UnansweredInARow = 0 WHERE Id = $1", thread.Id, person);
        if (thread.AiRepliesReason is "owner" or "phone")
        {
            Hold(thread.Id);
        }

        EndUnanswered(thread.Id, "human");
        CancelReplies(thread.Id, "human");
        session.AfterCommit(() => signals.SignalPersonActed(thread.Id));
        return thread with { Epoch = thread.Epoch + 1 };
    }

    /// <summary>Nothing is held in the conversation any more: a takeover lasts its time from here.</summary>
    public void Resume(Guid conversationId)
    {
        if (session.Statement("SELECT 1 FROM conversations WHERE Id = $1 AND AiReplies = 0 AND AiRepliesReason IN ('owner', 'phone')", conversationId).ExecuteScalar() is not null)
        {
            Hold(conversationId);
        }
    }

    /// <summary>
    /// The takeover lasts the chatbot's time from now on, or longer when somebody has extended it; without such a time, and while a reply is held,
    /// until it is handed back.
    /// </summary>
    private void Hold(Guid conversationId) => session.Execute(
        """
        UPDATE conversations SET TakeoverUntil = (SELECT CASE WHEN b.TakeoverHours IS NULL OR EXISTS (SELECT 1 FROM held_replies h WHERE h.ConversationId = conversations.Id AND h.State = 0) THEN NULL ELSE max(ifnull(conversations.TakeoverUntil, 0), $2 + b.TakeoverHours * $3) END
            FROM chatbots b WHERE b.Id = conversations.ChatbotId) WHERE Id = $1
        """,
        conversationId,
        now,
        TicksOfAnHour);

    /// <summary>Every unanswered message of the conversation ends with <paramref name="outcome"/>; no turn is due any more.</summary>
    public void EndUnanswered(Guid conversationId, string outcome)
    {
        session.Execute("UPDATE messages SET Outcome = $2 WHERE ConversationId = $1 AND Outcome IS NULL AND Role = 0", conversationId, outcome);
        session.Execute("DELETE FROM work WHERE ConversationId = $1", conversationId);
    }

    /// <summary>Cancels AI replies that were not handed over; the messages of turns of which nothing left end with <paramref name="outcome"/>.</summary>
    public void CancelReplies(Guid conversationId, string outcome)
    {
        foreach (var turn in SqliteOutbox.CancelUnsent(session, conversationId, outcome, reopen: false))
        {
            session.Execute("UPDATE messages SET Outcome = $3 WHERE ConversationId = $1 AND TurnId = $2 AND Role = 0 AND Outcome = 'answered'", conversationId, turn, outcome);
        }
    }

    /// <summary>An event line of the timeline.</summary>
    public void AddEvent(Guid conversationId, Guid accountId, string type, string text) =>
        session.Execute(
            """
            INSERT INTO messages (Id, AccountId, ConversationId, Role, Type, Text, At, CreatedAt, Status, StartsTurn, PossibleDuplicate)
            VALUES ($1, $2, $3, 3, $4, $5, $7, $6, 0, 0, 0)
            """,
            Guid.CreateVersion7(now),
            accountId,
            conversationId,
            type,
            text,
            now,
            MessageTime.Of(now));

    /// <summary>Raises the version and tells the viewers after the commit.</summary>
    public void Publish(Guid conversationId, Guid accountId)
    {
        session.Execute("UPDATE conversations SET Version = Version + 1 WHERE Id = $1", conversationId);
        Announce(conversationId, accountId);
    }

    /// <summary>Tells the viewers the version after the commit. It is read by itself: RETURNING would build a table for its one row.</summary>
    public void Announce(Guid conversationId, Guid accountId)
    {
        var version = (long)(session.Statement("SELECT Version FROM conversations WHERE Id = $1", conversationId).ExecuteScalar() ?? 0L);
        session.AfterCommit(() => signals.SignalChanged(accountId, conversationId, version));
    }

    /// <summary>A person is wanted in this conversation.</summary>
    public void Want(Guid conversationId, string reason) =>
        session.Execute("UPDATE conversations SET WaitingReason = ifnull(WaitingReason, $2), WaitingSince = ifnull(WaitingSince, $3) WHERE Id = $1", conversationId, reason, now);
}
