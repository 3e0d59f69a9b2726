namespace AiBotKit.Durability;

/// <summary>A conversation as the hot path sees it inside a write.</summary>
/// <param name="Version">As it was read; every change raises it.</param>
/// <param name="FirstUnansweredAt">From its work row; null when no turn is due.</param>
/// <param name="TakeoverUntil">When the AI answers again by itself; null = not by itself.</param>
/// <param name="KeptApart">No rule merges it: people have said that it is somebody else's.</param>
internal sealed record ThreadRow(
    Guid Id, Guid AccountId, int Partition, bool AiReplies, string? AiRepliesReason, long Epoch, string SessionId, string Address, long Version = 0, DateTimeOffset? FirstUnansweredAt = null, DateTimeOffset? TakeoverUntil = null,
    bool KeptApart = false)
{
    /// <summary>Under which other name this sender writes here; null for the conversation's own.</summary>
    public string? Via(CustomerIdentity sender) => sender.SessionId == SessionId ? null : sender.SessionId;
}

/// <summary>A live connection as the hot path sees it inside a write.</summary>
/// <param name="Enabled">Neither its owner nor the plan has paused it.</param>
internal sealed record RouteRow(Guid Id, Guid AccountId, Guid ChatbotId, bool Enabled, long Epoch, string Languages, DateTimeOffset? LastWebhookAt, bool PausedByPlan = false);

/// <summary>Finds, creates and merges the conversation of a customer (wire facts 3.1).</summary>
internal sealed class SqliteThreads(WriteSession session, DateTimeOffset now, CommitSignals signals)
{
    private const string Columns = "c.Id, c.AccountId, c.Partition, c.AiReplies, c.AiRepliesReason, c.Epoch, c.SessionId, c.Address, c.Version, w.FirstUnansweredAt, c.MergedIntoId, c.TakeoverUntil, c.KeptApart";
    private const string Work = "LEFT JOIN work w ON w.ConversationId = c.Id";

    /// <summary>
    /// The conversation of <paramref name="sender"/> with this chatbot: by session id or alias, created when unknown. When both addresses
    /// of the sender lead to different conversations, the one by number continues and the other is merged into it.
    /// </summary>
    public ThreadRow Resolve(RouteRow route, CustomerIdentity sender, string channel, out bool created)
    {
        created = false;
        var primary = WithVariant(route.ChatbotId, sender, Find(route.ChatbotId, sender.SessionId));
        if (sender.Alias is not { } alias)
        {
            return primary ?? Create(route, sender, channel, out created);
        }

        var other = Find(route.ChatbotId, alias);
        if (primary is not null)
        {
            if (other is not null && other.Id != primary.Id)
            {
                if (other.KeptApart || primary.KeptApart)
                {
                    return primary;
                }

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

    /// <summary>Replies go to the number that the customer wrote from last; a user id does not replace a number, nor an old message a newer one's.</summary>
    /// <param name="at">When it was written.</param>
    public ThreadRow Follow(ThreadRow thread, CustomerIdentity sender, DateTimeOffset at) =>
        thread.Address != sender.Address && IsNumber(sender.Address)
            && session.Execute("UPDATE conversations SET Address = $2 WHERE Id = $1 AND ifnull(LastInboundAt, 0) <= $3", thread.Id, sender.Address, at) > 0
            ? thread with { Address = sender.Address }
            : thread;

    public static bool IsNumber(string address) => address.All(char.IsAsciiDigit);

    /// <summary>The conversation under the other form of the same number is the same person's.</summary>
    private ThreadRow? WithVariant(Guid chatbotId, CustomerIdentity sender, ThreadRow? known)
    {
        if (sender.Variant is not { } variant || known is { KeptApart: true }
            || Find(chatbotId, variant) is not { KeptApart: false } twin || twin.Id == known?.Id)
        {
            return known;
        }

        if (known is not null)
        {
            return Merge(twin, known);
        }

        LinkAlias(chatbotId, sender.SessionId, twin.Id);
        return twin;
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

    /// <summary>The customer's new name leads to the same conversation; one that exists under it already is the same person's (wire facts 3.1).</summary>
    public ThreadRow Rename(RouteRow route, ThreadRow thread, string newSessionId)
    {
        var address = newSessionId["wa_".Length..];
        if (Find(route.ChatbotId, newSessionId) is { } known)
        {
            return known.Id == thread.Id ? thread : IsNumber(thread.Address) && !IsNumber(address) ? Merge(known, thread) : Merge(thread, known);
        }

        LinkAlias(route.ChatbotId, newSessionId, thread.Id);
        if (!IsNumber(thread.Address) || IsNumber(address))
        {
            // A new user id does not replace a number that still reaches the customer.
            session.Execute("UPDATE conversations SET Address = $2 WHERE Id = $1", thread.Id, address);
        }

        return thread;
    }

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
        row.Id(0), row.Id(1), row.GetInt32(2), row.Flag(3), row.TextOrNull(4), row.GetInt64(5), row.GetString(6), row.GetString(7), row.GetInt64(8), row.TimeOrNull(9), row.TimeOrNull(11), row.Flag(12));

    private ThreadRow Create(RouteRow route, CustomerIdentity sender, string channel, out bool created)
    {
        created = true;
        var id = Guid.CreateVersion7(now);
        var partition = Partition.Of(id);
        session.Execute(
            """
            INSERT INTO conversations (Id, AccountId, ChatbotId, ConnectionId, Channel, SessionId, Partition, Address, ContactName, ProfileName, NameGiven, KeptApart, AiReplies, Epoch,
                LastMessageAt, LastMessagePreview, LastMessageRole, Unread, DisclosureDue, OutageNoticeSent, UnansweredInARow, Version, CreatedAt)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, 0, 0, 1, 0, $10, '', 0, 0, 1, 0, 0, 0, $10)
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
    /// is answered in <paramref name="into"/>. Its other names stay its own, and lead where it leads, so that a split finds them. A person who had switched the AI off in one of them keeps it off.
    /// </summary>
    /// <returns><paramref name="into"/> as it is now.</returns>
    public ThreadRow Merge(ThreadRow from, ThreadRow into)
    {
        var acts = new SqliteActs(session, now, signals);
        SqliteOutbox.CancelUnsent(session, from.Id, "merged", reopen: true);
        session.Execute("UPDATE messages SET ConversationId = $2, Via = ifnull(Via, $3) WHERE ConversationId = $1 AND Outcome IS NULL AND Role = 0", from.Id, into.Id, from.SessionId);
        SqliteHeld.Move(session, from.Id, into.Id);
        session.Execute("DELETE FROM work WHERE ConversationId = $1", from.Id);
        session.Execute(
            """
            UPDATE conversations SET
                LastInboundAt = CASE WHEN f.LastInboundAt IS NULL THEN conversations.LastInboundAt ELSE max(ifnull(conversations.LastInboundAt, 0), f.LastInboundAt) END,
                Unread = conversations.Unread + f.Unread,
                ContactName = CASE WHEN conversations.NameGiven = 0 AND (f.NameGiven = 1 OR conversations.ContactName IS NULL) THEN f.ContactName ELSE conversations.ContactName END,
                NameGiven = max(conversations.NameGiven, f.NameGiven),
                ProfileName = ifnull(conversations.ProfileName, f.ProfileName),
                WaitingReason = ifnull(conversations.WaitingReason, f.WaitingReason),
                WaitingSince = ifnull(conversations.WaitingSince, f.WaitingSince),
                AssignedTo = ifnull(conversations.AssignedTo, f.AssignedTo)
            FROM (SELECT AssignedTo, LastInboundAt, Unread, ContactName, NameGiven, ProfileName, WaitingReason, WaitingSince FROM conversations WHERE Id = $1) f WHERE conversations.Id = $2
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
        SqliteLeads.Merge(session, from.Id, into.Id);
        session.Execute("UPDATE OR IGNORE conversation_labels SET ConversationId = $2 WHERE ConversationId = $1", from.Id, into.Id);
        session.Execute("DELETE FROM conversation_labels WHERE ConversationId = $1", from.Id);
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
    public void Continue(ThreadRow into)
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
