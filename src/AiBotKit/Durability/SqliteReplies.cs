using AiBotKit.Durability.Audit;

namespace AiBotKit.Durability;

/// <summary>A person's message inside a write: checked, stored and put into the outbox together, or not at all.</summary>
internal sealed class SqliteReplies(WriteSession session, DateTimeOffset now, CommitSignals signals)
{
    public ReplyResult Store(PersonReply reply)
    {
        if (Earlier(reply) is { } before)
        {
            return before;
        }

        ThreadRow thread;
        ReplyCircumstances circumstances;
        Guid? connection;
        long connectionEpoch;
        using (var reader = session.Statement(
            """
            SELECT c.Partition, c.AiReplies, c.AiRepliesReason, c.Epoch, c.SessionId, c.Address, c.MergedIntoId, c.LastInboundAt, c.ConnectionId, ifnull(n.Epoch, 0),
                n.Id IS NOT NULL AND n.DisconnectedAt IS NULL, ifnull(n.Enabled, 1), ifnull(n.PausedByPlan, 0)
            FROM conversations c LEFT JOIN connections n ON n.Id = c.ConnectionId WHERE c.Id = $1 AND c.AccountId = $2
            """,
            reply.ConversationId,
            reply.AccountId).ExecuteReader())
        {
            if (!reader.Read())
            {
                return new ReplyResult(ReplyVerdict.NotFound);
            }

            if (!reader.IsDBNull(6))
            {
                return new ReplyResult(ReplyVerdict.Merged);
            }

            thread = new ThreadRow(reply.ConversationId, reply.AccountId, reader.GetInt32(0), reader.Flag(1), reader.TextOrNull(2), reader.GetInt64(3), reader.GetString(4), reader.GetString(5));
            circumstances = new ReplyCircumstances(reader.Flag(10), reader.Flag(11), reader.Flag(12), reader.TimeOrNull(7), thread.AiReplies);
            (connection, connectionEpoch) = (reader.IdOrNull(8), reader.GetInt64(9));
        }

        var verdict = ReplyRules.Decide(circumstances, reply.TakeOver, now);
        if (verdict != ReplyVerdict.Stored || connection is not { } route)
        {
            return new ReplyResult(verdict);
        }

        var acts = new SqliteActs(session, now, signals);
        var inFlight = false;
        if (thread.AiReplies || thread.AiRepliesReason == "loop_guard")
        {
            // Whoever writes is here now. A customer's stop word stays what it is: START must go on meaning something.
            if (thread.AiReplies)
            {
                AuditTrail.Append(session, new AuditNote(reply.AccountId, reply.By, AuditActs.AiRepliesOff, "conversation", thread.Id.ToString()), now);
            }

            thread = acts.Switch(thread, false, "owner", TakeoverTexts.Joined(reply.AuthorName), reply.By.PersonId);
            inFlight = SqliteOutbox.IsReplyUnderWay(session, thread.Id);
        }
        else
        {
            thread = acts.Speak(thread, reply.By.PersonId);
        }

        SqliteOutbox.Add(session, new NewOutbound(
            reply.AccountId, thread.Id, route, null, 0, SendAuthor.Person, reply.Text, thread.Address, thread.Epoch, connectionEpoch, now, AuthorName: reply.AuthorName, MessageId: reply.MessageId));
        session.Execute(
            "UPDATE conversations SET LastMessageAt = $2, LastMessagePreview = $3, LastMessageRole = 2 WHERE Id = $1",
            thread.Id,
            now,
            SqliteIngest.Preview(reply.Text));
        acts.Publish(thread.Id, thread.AccountId);
        session.AfterCommit(() => signals.SignalSendDue(thread.Id, route));
        return new ReplyResult(ReplyVerdict.Stored, reply.MessageId, inFlight);
    }

    /// <summary>What the same request came to before; null when it is the first.</summary>
    private ReplyResult? Earlier(PersonReply reply)
    {
        using var reader = session.Statement("SELECT Text, AuthorName FROM messages WHERE Id = $1 AND AccountId = $2", reply.MessageId, reply.AccountId).ExecuteReader();
        return !reader.Read() ? null
            : reader.GetString(0) == reply.Text && reader.TextOrNull(1) == reply.AuthorName ? new ReplyResult(ReplyVerdict.Stored, reply.MessageId)
            : new ReplyResult(ReplyVerdict.KeyUsed);
    }
}
