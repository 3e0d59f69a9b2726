using AiBotKit.Durability.Audit;

namespace AiBotKit.Durability;

/// <summary>What became of a merge or a split.</summary>
internal enum ContactVerdict
{
    Done,

    /// <summary>The account has no such conversation.</summary>
    NotFound,

    /// <summary>It was merged into another one meanwhile: look again.</summary>
    Moved,

    /// <summary>The two belong to different chatbots, and a thread belongs to one.</summary>
    OtherChatbot,

    /// <summary>It is one already, or the name is none of this contact that could be split off.</summary>
    Refused,
}

/// <param name="ConversationId">The thread of what was split off; null unless done.</param>
internal readonly record struct SplitResult(ContactVerdict Verdict, Guid? ConversationId = null);

/// <summary>Who is whom, by a person's word, inside a write.</summary>
internal sealed class SqliteContacts(WriteSession session, DateTimeOffset now, CommitSignals signals)
{
    private readonly SqliteThreads _threads = new(session, now, signals);
    private readonly SqliteActs _acts = new(session, now, signals);

    public ContactVerdict Merge(Guid accountId, Guid intoId, Guid fromId, Actor by, string eventText)
    {
        if (Read(accountId, intoId) is not { } into || Read(accountId, fromId) is not { } from)
        {
            return ContactVerdict.NotFound;
        }

        if (into.MergedIntoId is not null || from.MergedIntoId is not null)
        {
            return ContactVerdict.Moved;
        }

        if (into.ChatbotId != from.ChatbotId)
        {
            return ContactVerdict.OtherChatbot;
        }

        if (intoId == fromId)
        {
            return ContactVerdict.Refused;
        }

        Open(intoId);
        session.Execute("UPDATE conversations SET KeptApart = 0 WHERE Id IN ($1, $2)", intoId, fromId);
        var survivor = _threads.Merge(from.Thread, into.Thread with { Epoch = into.Thread.Epoch + 1 });
        if ((from.LastInboundAt ?? default) > (into.LastInboundAt ?? default))
        {
            _threads.Follow(survivor, new CustomerIdentity(from.Thread.SessionId, from.Thread.Address), now);
        }

        session.Execute(
            """
            UPDATE conversations SET LastMessageAt = f.LastMessageAt, LastMessagePreview = f.LastMessagePreview, LastMessageRole = f.LastMessageRole
            FROM (SELECT LastMessageAt, LastMessagePreview, LastMessageRole FROM conversations WHERE Id = $1) f WHERE conversations.Id = $2 AND conversations.LastMessageAt < f.LastMessageAt
            """,
            fromId,
            intoId);
        _acts.AddEvent(intoId, accountId, "identity", eventText);
        Acted(accountId, intoId);
        AuditTrail.Append(session, new AuditNote(accountId, by, AuditActs.ContactsMerged, "conversation", intoId.ToString()), now);
        return ContactVerdict.Done;
    }

    public SplitResult Split(Guid accountId, Guid id, string name, Actor by, string eventText)
    {
        if (Read(accountId, id) is not { } whole)
        {
            return new SplitResult(ContactVerdict.NotFound);
        }

        if (whole.MergedIntoId is not null)
        {
            return new SplitResult(ContactVerdict.Moved);
        }

        if ((Merged(whole, name) ?? OfAlias(whole, name)) is not { } part)
        {
            return new SplitResult(ContactVerdict.Refused);
        }

        Open(id);
        foreach (var own in Names(part, name))
        {
            session.Execute(
                "UPDATE messages SET ConversationId = $1, Via = CASE WHEN Via = $3 THEN NULL ELSE Via END WHERE Via = $2 AND ConversationId IN (SELECT Id FROM conversations WHERE Id = $4 OR MergedIntoId = $4)",
                part,
                own,
                name,
                id);
        }

        session.Execute("UPDATE media SET ConversationId = $1 WHERE ConversationId <> $1 AND MessageId IN (SELECT Id FROM messages WHERE ConversationId = $1)", part);
        session.Execute(
            """
            UPDATE conversations SET MergedIntoId = NULL, KeptApart = 1, Epoch = Epoch + 1, AiReplies = w.AiReplies, AiRepliesReason = w.AiRepliesReason, TakenOverBy = w.TakenOverBy, TakeoverUntil = w.TakeoverUntil
            FROM (SELECT AiReplies, AiRepliesReason, TakenOverBy, TakeoverUntil FROM conversations WHERE Id = $2) w WHERE conversations.Id = $1
            """,
            part,
            id);
        session.Execute(
            "UPDATE conversations SET Address = substr(SessionId, 4) WHERE Id = $1 AND Address = (SELECT Address FROM conversations WHERE Id = $2)",
            id,
            part);
        foreach (var one in new[] { id, part })
        {
            Summarise(one);
            _acts.AddEvent(one, accountId, "identity", eventText);
            Acted(accountId, one);
        }

        AuditTrail.Append(session, new AuditNote(accountId, by, AuditActs.ContactSplit, "conversation", id.ToString()), now);
        return new SplitResult(ContactVerdict.Done, part);
    }

    private Known? Read(Guid accountId, Guid id)
    {
        using var reader = session.Statement(
            "SELECT Partition, AiReplies, AiRepliesReason, Epoch, SessionId, Address, Version, TakeoverUntil, ChatbotId, MergedIntoId, LastInboundAt FROM conversations WHERE Id = $1 AND AccountId = $2",
            id,
            accountId).ExecuteReader();
        return reader.Read()
            ? new Known(
                new ThreadRow(id, accountId, reader.GetInt32(0), reader.Flag(1), reader.TextOrNull(2), reader.GetInt64(3), reader.GetString(4), reader.GetString(5), reader.GetInt64(6), null, reader.TimeOrNull(7)),
                reader.Id(8),
                reader.IdOrNull(9),
                reader.TimeOrNull(10))
            : null;
    }

    /// <summary>What is unsent is taken back and what it answered is unanswered again; a turn under way cannot commit any more.</summary>
    private void Open(Guid id)
    {
        SqliteOutbox.CancelUnsent(session, id, "merged", reopen: true);
        session.Execute("DELETE FROM work WHERE ConversationId = $1", id);
        session.Execute("UPDATE conversations SET Epoch = Epoch + 1 WHERE Id = $1", id);
    }

    private Guid? Merged(Known whole, string name)
    {
        using var reader = session.Statement("SELECT Id FROM conversations WHERE ChatbotId = $1 AND SessionId = $2 AND MergedIntoId = $3", whole.ChatbotId, name, whole.Thread.Id).ExecuteReader();
        return reader.Read() ? reader.Id(0) : null;
    }

    /// <summary>An alias never had a thread: it gets one now.</summary>
    private Guid? OfAlias(Known whole, string name)
    {
        if (session.Execute(
            "DELETE FROM conversation_aliases WHERE ChatbotId = $1 AND Alias = $2 AND ConversationId IN (SELECT Id FROM conversations WHERE Id = $3 OR MergedIntoId = $3) AND NOT EXISTS (SELECT 1 FROM conversations WHERE ChatbotId = $1 AND SessionId = $2)",
            whole.ChatbotId,
            name,
            whole.Thread.Id) == 0)
        {
            return null;
        }

        var id = Guid.CreateVersion7(now);
        session.Execute(
            """
            INSERT INTO conversations (Id, AccountId, ChatbotId, ConnectionId, Channel, SessionId, Partition, Address, NameGiven, KeptApart, AiReplies, Epoch,
                LastMessageAt, LastMessagePreview, LastMessageRole, Unread, DisclosureDue, OutageNoticeSent, UnansweredInARow, Version, CreatedAt)
            SELECT $2, AccountId, ChatbotId, ConnectionId, Channel, $3, $4, substr($3, 4), 0, 1, AiReplies, 0, $5, '', 0, 0, 1, 0, 0, 0, $5 FROM conversations WHERE Id = $1
            """,
            whole.Thread.Id,
            id,
            name,
            Partition.Of(id),
            now);
        return id;
    }

    private List<string> Names(Guid part, string name)
    {
        var names = new List<string> { name };
        using var reader = session.Statement("SELECT Alias FROM conversation_aliases WHERE ConversationId = $1", part).ExecuteReader();
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    /// <summary>The window and the line in the list, from the messages that are there now.</summary>
    private void Summarise(Guid id)
    {
        session.Execute("UPDATE conversations SET LastInboundAt = (SELECT max(At) FROM messages WHERE ConversationId = $1 AND Role = 0 AND Type NOT IN ('edit', 'revoke')) WHERE Id = $1", id);
        session.Execute(
            """
            UPDATE conversations SET LastMessageAt = m.CreatedAt, LastMessageRole = m.Role, LastMessagePreview = CASE WHEN length(m.Text) > 120 THEN substr(m.Text, 1, 120) || '…' ELSE m.Text END
            FROM (SELECT CreatedAt, Role, Text FROM messages WHERE ConversationId = $1 AND Role <> 3 ORDER BY At DESC, Seq DESC LIMIT 1) m WHERE conversations.Id = $1
            """,
            id);
    }

    private void Acted(Guid accountId, Guid id)
    {
        if (Read(accountId, id) is { Thread: var thread })
        {
            if (thread.AiReplies)
            {
                _threads.Continue(thread);
            }
            else
            {
                _acts.EndUnanswered(id, thread.AiRepliesReason == "stop_word" ? "stopped" : "human");
            }
        }

        _acts.Publish(id, accountId);
        session.AfterCommit(() => signals.SignalPersonActed(id));
    }

    private sealed record Known(ThreadRow Thread, Guid ChatbotId, Guid? MergedIntoId, DateTimeOffset? LastInboundAt);
}
