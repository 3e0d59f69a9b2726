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

        var place = Look(reply, reply.Payload is null ? ReplyWay.Now : ReplyWay.Template);
        if (place.Verdict != ReplyVerdict.Stored)
        {
            return new ReplyResult(place.Verdict);
        }

        var thread = Take(place.Thread!, reply, out var inFlight);
        Send(reply, thread, place);
        return new ReplyResult(ReplyVerdict.Stored, reply.MessageId, inFlight);
    }

    /// <summary>The reply is held and its nudge sent; refused, neither.</summary>
    public ReplyResult Hold(HeldWish wish)
    {
        if (Earlier(wish.Reply) is { } before)
        {
            return before;
        }

        var place = Look(wish.Reply, ReplyWay.Later);
        if (place.Verdict != ReplyVerdict.Stored)
        {
            return new ReplyResult(place.Verdict);
        }

        var thread = Take(place.Thread!, wish.Reply, out var inFlight);
        var held = new SqliteHeld(session, now, signals);
        var isNudged = held.IsNudged(thread.Id);
        held.Add(wish.Reply, place.Connection, isNudged ? null : wish.Nudge.MessageId);
        if (!isNudged)
        {
            Send(wish.Nudge, thread, place);
        }
        else
        {
            new SqliteActs(session, now, signals).Publish(thread.Id, thread.AccountId);
        }

        return new ReplyResult(ReplyVerdict.Stored, wish.Reply.MessageId, inFlight);
    }

    /// <summary>Where the message is to go, and whether it may.</summary>
    private Place Look(PersonReply reply, ReplyWay way)
    {
        using var reader = session.Statement(
            """
            SELECT c.Partition, c.AiReplies, c.AiRepliesReason, c.Epoch, c.SessionId, c.Address, c.MergedIntoId, c.LastInboundAt, c.ConnectionId, ifnull(n.Epoch, 0),
                n.Id IS NOT NULL AND n.DisconnectedAt IS NULL, ifnull(n.Enabled, 1), ifnull(n.PausedByPlan, 0)
            FROM conversations c LEFT JOIN connections n ON n.Id = c.ConnectionId WHERE c.Id = $1 AND c.AccountId = $2
            """,
            reply.ConversationId,
            reply.AccountId).ExecuteReader();
        if (!reader.Read())
        {
            return new Place(ReplyVerdict.NotFound);
        }

        if (!reader.IsDBNull(6))
        {
            return new Place(ReplyVerdict.Merged);
        }

        var thread = new ThreadRow(reply.ConversationId, reply.AccountId, reader.GetInt32(0), reader.Flag(1), reader.TextOrNull(2), reader.GetInt64(3), reader.GetString(4), reader.GetString(5));
        var circumstances = new ReplyCircumstances(reader.Flag(10), reader.Flag(11), reader.Flag(12), reader.TimeOrNull(7), thread.AiReplies);
        return reader.IdOrNull(8) is { } connection
            ? new Place(ReplyRules.Decide(circumstances, reply.TakeOver, now, way), thread, connection, reader.GetInt64(9))
            : new Place(ReplyVerdict.Disconnected);
    }

    /// <summary>The conversation is the person's from here on.</summary>
    private ThreadRow Take(ThreadRow thread, PersonReply reply, out bool inFlight)
    {
        inFlight = false;
        var acts = new SqliteActs(session, now, signals);
        if (!thread.AiReplies && thread.AiRepliesReason != "loop_guard")
        {
            return acts.Speak(thread, reply.By.PersonId);
        }

        // Whoever writes is here now. A customer's stop word stays what it is: START must go on meaning something.
        var tellsCustomer = thread.AiReplies;
        if (thread.AiReplies)
        {
            AuditTrail.Append(session, new AuditNote(reply.AccountId, reply.By, AuditActs.AiRepliesOff, "conversation", thread.Id.ToString()), now);
        }

        thread = acts.Switch(thread, false, "owner", TakeoverTexts.Joined(reply.AuthorName), reply.By.PersonId);
        if (tellsCustomer)
        {
            new SqliteHandovers(session, now, signals).TellOwnerChange(thread, false, reply.AuthorName);
        }

        inFlight = SqliteOutbox.IsReplyUnderWay(session, thread.Id);
        return thread;
    }

    private void Send(PersonReply reply, ThreadRow thread, in Place place)
    {
        var route = place.Connection;
        var drafted = new SqliteDrafts(session, now, signals).Use(reply);
        SqliteOutbox.Add(session, new NewOutbound(
            reply.AccountId, thread.Id, route, null, 0, SendAuthor.Person, reply.Text, thread.Address, thread.Epoch, place.ConnectionEpoch, now, AuthorName: reply.AuthorName, MessageId: reply.MessageId,
            Type: reply.Type, Content: reply.Content, Payload: reply.Payload, Citations: drafted?.Citations, UsagePeriod: drafted?.CountedIn));
        session.Execute(
            "UPDATE conversations SET LastMessageAt = $2, LastMessagePreview = $3, LastMessageRole = 2 WHERE Id = $1",
            thread.Id,
            now,
            SqliteIngest.Preview(reply.Text));
        new SqliteActs(session, now, signals).Publish(thread.Id, thread.AccountId);
        session.AfterCommit(() => signals.SignalSendDue(thread.Id, route));
    }

    /// <summary>What the same request came to before; null when it is the first.</summary>
    private ReplyResult? Earlier(PersonReply reply)
    {
        using var reader = session.Statement("SELECT Text, AuthorName, Type FROM messages WHERE Id = $1 AND AccountId = $2", reply.MessageId, reply.AccountId).ExecuteReader();
        return !reader.Read() ? null
            : reader.GetString(0) == reply.Text && reader.TextOrNull(1) == reply.AuthorName && reader.GetString(2) == reply.Type ? new ReplyResult(ReplyVerdict.Stored, reply.MessageId)
            : new ReplyResult(ReplyVerdict.KeyUsed);
    }

    private readonly record struct Place(ReplyVerdict Verdict, ThreadRow? Thread = null, Guid Connection = default, long ConnectionEpoch = 0);
}
