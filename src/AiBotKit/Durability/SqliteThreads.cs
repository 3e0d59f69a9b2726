namespace AiBotKit.Durability;

/// <summary>A conversation as the hot path sees it inside a write.</summary>
/// <param name="Version">As it was read; every change raises it.</param>
/// <param name="FirstUnansweredAt">From its work row; null when no turn is due.</param>
/// <param name="TakeoverUntil">When the AI answers again by itself; null = not by itself.</param>
internal sealed record ThreadRow(
    Guid Id, Guid AccountId, int Partition, bool AiReplies, string? AiRepliesReason, long Epoch, string SessionId, string Address, long Version = 0, DateTimeOffset? FirstUnansweredAt = null, DateTimeOffset? TakeoverUntil = null);

/// <summary>A live connection as the hot path sees it inside a write.</summary>
/// <param name="Enabled">Neither its owner nor the plan has paused it.</param>
internal sealed record RouteRow(Guid Id, Guid AccountId, Guid ChatbotId, bool Enabled, long Epoch, string Languages, DateTimeOffset? LastWebhookAt, bool PausedByPlan = false);

/// <summary>Finds, creates and merges the conversation of a customer (wire facts 3.1).</summary>
internal sealed class SqliteThreads(WriteSession session, DateTimeOffset now, CommitSignals signals)
{
    private const string Columns = "c.Id, c.AccountId, c.Partition, c.AiReplies, c.AiRepliesReason, c.Epoch, c.SessionId, c.Address, c.Version, w.FirstUnansweredAt, c.MergedIntoId, c.TakeoverUntil";
    private const string Work = "LEFT JOIN work w ON w.ConversationId = c.Id";

    /// <summary>
    /// The conversation of <paramref name="sender"/> with this chatbot: by session id or alias, created when unknown. When both addresses
    /// of the sender lead to different conversations, the one by number continues and the other is merged into it.
    /// </summary>
    public ThreadRow Resolve(RouteRow route, CustomerIdentity sender, string channel, out bool created)
    {
        created = false;
        var primary = Find(route.ChatbotId, sender.SessionId);
        if (sender.Alias is not { } alias)
        {
            return primary ?? Create(route, sender, channel, out created);
        }

        var other = Find(route.ChatbotId, alias);
        if (primary is not null)
        {
            if (other is not null && other.Id != primary.Id)
            {
                primary = Merge(other, primary);
            }

            LinkAlias(route.ChatbotId, alias, primary.Id);
            return primary;
        }

        if (other is not null)
        {
            LinkAlias(route.ChatbotId, sender.SessionId, other.Id);
            session.Execute("UPDATE conversations SET Address = $1 WHERE Id = $2", sender.Address, other.Id);
            return other with { Address = sender.Address };
        }

        var thread = Create(route, sender, channel, out created);
        LinkAlias(route.ChatbotId, alias, thread.Id);
        return thread;
    }

    /// <summary>By session id or alias, following a merge; null when unknown.</summary>
    public ThreadRow? Find(Guid chatbotId, string sessionId) =>
        Read($"SELECT {Columns} FROM conversations c {Work} WHERE c.ChatbotId = $1 AND c.SessionId = $2", chatbotId, sessionId)
        ?? Read($"SELECT {Columns} FROM conversation_aliases a JOIN conversations c ON c.Id = a.ConversationId {Work} WHERE a.ChatbotId = $1 AND a.Alias = $2", chatbotId, sessionId);

    /// <summary>Another name for a conversation; the latest wins.</summary>
    public void LinkAlias(Guid chatbotId, string alias, Guid conversationId) =>
        session.Execute(
            "INSERT INTO conversation_aliases (ChatbotId, Alias, ConversationId) VALUES ($1, $2, $3) ON CONFLICT (ChatbotId, Alias) DO UPDATE SET ConversationId = excluded.ConversationId WHERE ConversationId <> excluded.ConversationId",
            chatbotId,
            alias,
            conversationId);

    private ThreadRow? Read(string sql, Guid chatbotId, string key)
    {
        Guid? mergedInto;
        ThreadRow? row;
        using (var reader = session.Statement(sql, chatbotId, key).ExecuteReader())
        {
            if (!reader.Read())
            {
                return null;
            }

            row = Row(reader);
            mergedInto = reader.IdOrNull(10);
        }

        return mergedInto is { } target ? ById(target) : row;
    }

    private ThreadRow? ById(Guid id)
    {
        using var reader = session.Statement($"SELECT {Columns} FROM conversations c {Work} WHERE c.Id = $1", id).ExecuteReader();
        return reader.Read() ? Row(reader) : null;
    }

    private static ThreadRow Row(in SqlRows row) => new(
        row.Id(0), row.Id(1), row.GetInt32(2), row.Flag(3), row.TextOrNull(4), row.GetInt64(5), row.GetString(6), row.GetString(7), row.GetInt64(8), row.TimeOrNull(9), row.TimeOrNull(11));

    private ThreadRow Create(RouteRow route, CustomerIdentity sender, string channel, out bool created)
    {
        created = true;
        var id = Guid.CreateVersion7(now);
        var partition = Partition.Of(id);
        session.Execute(
            """
            INSERT INTO conversations (Id, AccountId, ChatbotId, ConnectionId, Channel, SessionId, Partition, Address, ContactName, AiReplies, Epoch,
                LastMessageAt, LastMessagePreview, LastMessageRole, Unread, DisclosureDue, OutageNoticeSent, Version, CreatedAt)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, 0, $10, '', 0, 0, 1, 0, 0, $10)
            """,
            id,
            route.AccountId,
            route.ChatbotId,
            route.Id,
            channel,
            sender.SessionId,
            partition,
            sender.Address,
            sender.Name,
            now);
        return new ThreadRow(id, route.AccountId, partition, true, null, 0, sender.SessionId, sender.Address);
    }

    /// <summary>
    /// The same person was known twice. <paramref name="from"/> stays, shown under <paramref name="into"/>; what was unanswered or unsent there
    /// is answered in <paramref name="into"/>. A person who had switched the AI off in one of them keeps it off.
    /// </summary>
    /// <returns><paramref name="into"/> as it is now.</returns>
    public ThreadRow Merge(ThreadRow from, ThreadRow into)
    {
        var acts = new SqliteActs(session, now, signals);
        SqliteOutbox.CancelUnsent(session, from.Id, "merged", reopen: true);
        session.Execute("UPDATE messages SET ConversationId = $2 WHERE ConversationId = $1 AND Outcome IS NULL AND Role = 0", from.Id, into.Id);
        session.Execute("DELETE FROM work WHERE ConversationId = $1", from.Id);
        session.Execute(
            """
            UPDATE conversations SET
                LastInboundAt = CASE WHEN f.LastInboundAt IS NULL THEN conversations.LastInboundAt ELSE max(ifnull(conversations.LastInboundAt, 0), f.LastInboundAt) END,
                Unread = conversations.Unread + f.Unread,
                ContactName = ifnull(conversations.ContactName, f.ContactName),
                WaitingReason = ifnull(conversations.WaitingReason, f.WaitingReason),
                WaitingSince = ifnull(conversations.WaitingSince, f.WaitingSince)
            FROM (SELECT LastInboundAt, Unread, ContactName, WaitingReason, WaitingSince FROM conversations WHERE Id = $1) f WHERE conversations.Id = $2
            """,
            from.Id,
            into.Id);

        // A reply of which nobody knows whether it left is fenced by the new epoch and is not resent: a person is to look.
        if (session.Statement("SELECT 1 FROM outbox WHERE ConversationId = $1 AND State IN (1, 2) AND Author = 0 LIMIT 1", from.Id).ExecuteScalar() is not null)
        {
            acts.Want(into.Id, "unconfirmed");
        }

        session.Execute("UPDATE conversations SET MergedIntoId = $2, Epoch = Epoch + 1, Unread = 0, WaitingReason = NULL, WaitingSince = NULL WHERE Id = $1", from.Id, into.Id);
        session.Execute("UPDATE conversations SET MergedIntoId = $2 WHERE MergedIntoId = $1", from.Id, into.Id);
        session.Execute("UPDATE conversation_aliases SET ConversationId = $2 WHERE ConversationId = $1", from.Id, into.Id);
        session.AfterCommit(() => signals.SignalPersonActed(from.Id));
        acts.Publish(from.Id, from.AccountId);
        if (into.AiReplies && !from.AiReplies)
        {
            into = acts.Switch(into, false, from.AiRepliesReason ?? "owner", "The customer is known under two addresses now, and AI replies were off under the other: they are off");
        }
        else if (!into.AiReplies)
        {
            acts.EndUnanswered(into.Id, into.AiRepliesReason == "stop_word" ? "stopped" : "human");
        }

        Continue(into);
        acts.Publish(into.Id, into.AccountId);
        return ById(into.Id) ?? into;
    }

    /// <summary>A turn for what the merge brought: the message that caused it may be one that starts none.</summary>
    private void Continue(ThreadRow into)
    {
        if (session.Execute(
            """
            INSERT INTO work (ConversationId, AccountId, Partition, DueAt, FirstUnansweredAt, Attempts, Alone, Redone)
            SELECT $1, $2, $3, $4, min(CreatedAt), 0, 0, 0 FROM messages WHERE ConversationId = $1 AND Role = 0 AND Outcome IS NULL HAVING count(*) > 0
            ON CONFLICT (ConversationId) DO UPDATE SET FirstUnansweredAt = min(FirstUnansweredAt, excluded.FirstUnansweredAt)
            """,
            into.Id,
            into.AccountId,
            into.Partition,
            now) > 0)
        {
            SqliteWork.Announce(session, signals, into.Id);
        }
    }
}
