using System.Text;
using AiBotKit.Durability.Audit;

namespace AiBotKit.Durability;

/// <summary>Beginning, slices and end of an erasure inside writes; see <see cref="ErasureRules"/> for what goes.</summary>
internal sealed class SqliteErasures(WriteSession session)
{
    /// <summary>A shorter number would be found inside other numbers.</summary>
    private const int ShortestNumber = 7;

    /// <inheritdoc cref="IMessageStore.BeginErasureAsync"/>
    public bool Begin(Guid erasureId, Guid accountId, IReadOnlyList<Guid> conversations, IReadOnlyList<string> names, Actor by, DateTimeOffset now, CommitSignals signals)
    {
        foreach (var id in conversations)
        {
            if (session.Statement("SELECT 1 FROM conversations WHERE Id = $1 AND AccountId = $2", id, accountId).ExecuteScalar() is null)
            {
                return false;
            }

            // A message that joined two threads after the caller looked: what it joined is the person's too.
            using var merged = session.Statement("SELECT Id FROM conversations WHERE MergedIntoId = $1 UNION ALL SELECT MergedIntoId FROM conversations WHERE Id = $1 AND MergedIntoId IS NOT NULL", id).ExecuteReader();
            while (merged.Read())
            {
                if (!conversations.Contains(merged.Id(0)))
                {
                    return false;
                }
            }
        }

        foreach (var id in conversations)
        {
            session.Execute(
                """
                UPDATE conversations SET AccountId = zeroblob(16), SessionId = 'erased_' || lower(hex(Id)), Address = '', ContactName = NULL, NameGiven = 0, ProfileName = NULL, LastMessagePreview = '',
                    MergedIntoId = NULL, KeptApart = 1, AiReplies = 0, TakenOverBy = NULL, TakeoverUntil = NULL, WaitingReason = NULL, WaitingSince = NULL, Unread = 0, Epoch = Epoch + 1, Version = Version + 1
                WHERE Id = $1 AND AccountId = $2
                """,
                id,
                accountId);

            SqliteOutbox.CancelUnsent(session, id, "erased", reopen: false);
            SqliteOutbox.CancelUnsentOfPeople(session, id, "erased");
            session.Execute("UPDATE outbox SET State = 5, EndReason = 'erased' WHERE ConversationId = $1 AND State = 0", id);
            session.Execute("DELETE FROM work WHERE ConversationId = $1", id);
            session.Execute("DELETE FROM conversation_aliases WHERE ConversationId = $1", id);
            new SqliteActs(session, now, signals).Announce(id, accountId);
            session.AfterCommit(() => signals.SignalPersonActed(id));
        }

        foreach (var name in names.Where(name => name.Length >= ShortestNumber))
        {
            session.Execute("DELETE FROM dead_letters WHERE (AccountId = $1 OR AccountId IS NULL) AND Raw IS NOT NULL AND instr(Raw, $2) > 0", accountId, Encoding.UTF8.GetBytes(name));
        }

        session.Execute("INSERT INTO erasures (Id, AccountId, AskedAt, Conversations) VALUES ($1, $2, $3, $4)", erasureId, accountId, now, string.Join(',', conversations));
        AuditTrail.Append(session, new AuditNote(accountId, by, AuditActs.ContactErased), now);
        return true;
    }

    /// <summary>Names of files of the conversation, at most 50; their rows go with <see cref="ForgetFiles"/> once the files are gone.</summary>
    public List<string> Files(Guid conversationId)
    {
        var names = new List<string>();
        using var reader = session.Statement("SELECT StoredName FROM media WHERE ConversationId = $1 AND StoredName IS NOT NULL LIMIT 50", conversationId).ExecuteReader();
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    public int ForgetFiles(Guid conversationId, IReadOnlyList<string> names) =>
        names.Sum(name => session.Execute("DELETE FROM media WHERE ConversationId = $1 AND StoredName = $2", conversationId, name));

    /// <summary>Removes up to 100 rows of the first table that has any; false when nothing of the conversation is left.</summary>
    /// <param name="gapKey">Under what a question is kept as a gap.</param>
    public bool Slice(Guid conversationId, Func<string, string> gapKey)
    {
        foreach (var table in ErasureRules.Tables)
        {
            if (table.Delete is not { } delete)
            {
                continue;
            }

            if (table.Table == "messages")
            {
                ForgetGaps(conversationId, gapKey);
            }

            if (session.Execute(delete, conversationId) > 0)
            {
                return true;
            }
        }

        return false;
    }

    public void End(Guid erasureId) => session.Execute("DELETE FROM erasures WHERE Id = $1", erasureId);

    /// <summary>Gaps that somebody else asked last, in this person's very words.</summary>
    private void ForgetGaps(Guid conversationId, Func<string, string> gapKey)
    {
        var said = new List<string>();
        using (var reader = session.Statement("SELECT Text FROM messages WHERE Seq IN (SELECT Seq FROM messages WHERE ConversationId = $1 LIMIT 100) AND Role = 0", conversationId).ExecuteReader())
        {
            while (reader.Read())
            {
                said.Add(reader.GetString(0));
            }
        }

        foreach (var key in said.Select(gapKey).Where(key => key.Length > 0).Distinct(StringComparer.Ordinal))
        {
            session.Execute("DELETE FROM knowledge_gaps WHERE Key = $2 AND ChatbotId = (SELECT ChatbotId FROM conversations WHERE Id = $1)", conversationId, key);
        }
    }
}
