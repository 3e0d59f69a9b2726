using AiBotKit.Durability.Audit;

namespace AiBotKit.Durability;

/// <summary>The clock of takeovers inside a write: nobody may wait for a person who has gone home.</summary>
internal sealed class SqliteTakeovers(WriteSession session, DateTimeOffset now, CommitSignals signals)
{
    /// <summary>At most so many at once: what is left is done with the next sweep.</summary>
    private const int Slice = 200;

    /// <summary>False when the account has no such conversation, or its takeover has no end.</summary>
    public bool Extend(Guid accountId, Guid conversationId, Actor by)
    {
        if (session.Execute(
            """
            UPDATE conversations SET Epoch = Epoch + 1, TakeoverUntil = (SELECT max(conversations.TakeoverUntil, $3) + b.TakeoverHours * $4 FROM chatbots b WHERE b.Id = conversations.ChatbotId)
            WHERE Id = $1 AND AccountId = $2 AND AiReplies = 0 AND TakeoverUntil IS NOT NULL
                AND (SELECT b.TakeoverHours FROM chatbots b WHERE b.Id = conversations.ChatbotId) IS NOT NULL
            """,
            conversationId,
            accountId,
            now,
            TimeSpan.TicksPerHour) == 0)
        {
            return false;
        }

        AuditTrail.Append(session, new AuditNote(accountId, by, AuditActs.TakeoverExtended, "conversation", conversationId.ToString()), now);
        new SqliteActs(session, now, signals).Publish(conversationId, accountId);
        return true;
    }

    /// <summary>Takeovers whose time has run out: the AI answers again, from the customer's next message on.</summary>
    public void EndDue()
    {
        var due = new List<ThreadRow>();
        using (var reader = session.Statement(
            "SELECT Id, AccountId, Partition, AiRepliesReason, Epoch, SessionId, Address FROM conversations WHERE TakeoverUntil IS NOT NULL AND TakeoverUntil <= $1 AND AiReplies = 0 AND MergedIntoId IS NULL ORDER BY TakeoverUntil LIMIT $2",
            now,
            Slice).ExecuteReader())
        {
            while (reader.Read())
            {
                due.Add(new ThreadRow(reader.Id(0), reader.Id(1), reader.GetInt32(2), false, reader.TextOrNull(3), reader.GetInt64(4), reader.GetString(5), reader.GetString(6)));
            }
        }

        foreach (var thread in due)
        {
            End(thread);
        }
    }

    /// <summary>The conversation as it is after its takeover has run out.</summary>
    public ThreadRow End(ThreadRow thread)
    {
        var ended = new SqliteActs(session, now, signals).Switch(thread, true, "clock", TakeoverTexts.RanOut) with { Version = thread.Version + 1 };
        new SqliteHandovers(session, now, signals).TellOwnerChange(ended, true, "");
        return ended;
    }
}
