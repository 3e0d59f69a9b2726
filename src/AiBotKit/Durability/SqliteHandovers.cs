namespace AiBotKit.Durability;

/// <summary>A person is called, inside the write of the turn that tells the customer: mark, event line and mails are there together, or not at all.</summary>
internal sealed class SqliteHandovers(WriteSession session, DateTimeOffset now, CommitSignals signals)
{
    /// <summary>Type of the event line.</summary>
    public const string Event = "handover";

    /// <param name="told">The message to the customer is in the outbox.</param>
    public void Call(TurnSnapshot turn, HandoverAct act, bool told)
    {
        // What the customer asked for is more than what was noticed before.
        session.Execute(
            "UPDATE conversations SET WaitingReason = $2, WaitingSince = ifnull(WaitingSince, $3), HandoverToldAt = CASE WHEN $4 THEN $3 ELSE HandoverToldAt END WHERE Id = $1",
            turn.ConversationId,
            act.Reason,
            now,
            told);
        new SqliteActs(session, now, signals).AddEvent(turn.ConversationId, turn.AccountId, Event, act.EventText);
        SqliteMails.Add(session, act.Mails);
    }

    /// <summary>
    /// Tells the customer that a person answers now, or the AI again, when the owner has words for it and the window allows them. Like every word that is not the AI's it goes out
    /// whoever has the conversation.
    /// </summary>
    public void TellOwnerChange(ThreadRow thread, bool on, string name)
    {
        string text;
        Guid connection;
        long epoch;
        using (var reader = session.Statement(
            """
            SELECT CASE WHEN $2 THEN h.HandbackMessage ELSE h.TakeoverMessage END, n.Id, n.Epoch, c.LastInboundAt FROM conversations c JOIN handovers h ON h.ChatbotId = c.ChatbotId JOIN connections n ON n.Id = c.ConnectionId
            WHERE c.Id = $1 AND ifnull(n.Enabled, 1) = 1 AND n.PausedByPlan = 0 AND n.DisconnectedAt IS NULL
            """,
            thread.Id,
            on).ExecuteReader())
        {
            if (!reader.Read() || reader.GetString(0) is not { Length: > 0 } words || !WindowRules.IsOpenForAi(reader.TimeOrNull(3), now))
            {
                return;
            }

            (text, connection, epoch) = (words.Replace("{name}", name, StringComparison.Ordinal), reader.Id(1), reader.GetInt64(2));
        }

        SqliteOutbox.Add(session, new NewOutbound(thread.AccountId, thread.Id, connection, null, 0, SendAuthor.Notice, text, thread.Address, thread.Epoch, epoch, now));
        session.AfterCommit(() => signals.SignalSendDue(thread.Id, connection));
    }
}
