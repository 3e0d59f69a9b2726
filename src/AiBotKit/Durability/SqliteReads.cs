using System.Collections.Concurrent;
using AiBotKit.Storage;
using Microsoft.Data.Sqlite;

namespace AiBotKit.Durability;

/// <summary>Short hand-written reads of the hot path on pooled read-only connections.</summary>
internal sealed class SqliteReads(SqliteDatabase database) : IDisposable
{
    private readonly ConcurrentBag<WriteSession> _idle = [];

    public IReadOnlyList<DueWork> DueWork(int limit) => Read(session =>
    {
        var rows = new List<DueWork>();
        using var reader = session.Statement("SELECT w.ConversationId, w.AccountId, w.DueAt, c.LastInboundAt, w.Alone FROM work w JOIN conversations c ON c.Id = w.ConversationId WHERE w.RunId IS NULL ORDER BY w.DueAt LIMIT $1", limit).ExecuteReader();
        while (reader.Read())
        {
            rows.Add(new DueWork(new DueTurn(reader.Id(0), reader.Id(1), reader.Time(2), reader.TimeOrNull(3) ?? reader.Time(2)), (AloneState)reader.GetInt32(4)));
        }

        return rows;
    });

    public TurnSnapshot? Turn(Guid conversationId, DateTimeOffset now) => Read(session =>
    {
        // One read transaction: the snapshot must not mix two states.
        session.Execute("BEGIN");
        try
        {
            return ReadTurn(session, conversationId, now);
        }
        finally
        {
            session.Execute("COMMIT");
        }
    });

    public IReadOnlyList<(Guid ConversationId, Guid ConnectionId)> ConversationsToSend() => Read(session =>
    {
        var rows = new List<(Guid, Guid)>();
        using var reader = session.Statement("SELECT DISTINCT ConversationId, ConnectionId FROM outbox WHERE State < 3").ExecuteReader();
        while (reader.Read())
        {
            rows.Add((reader.Id(0), reader.Id(1)));
        }

        return rows;
    });

    public IReadOnlyList<OpenSend> OpenSends(Guid conversationId) => Read(session =>
    {
        var rows = new List<OpenSend>();
        using var reader = session.Statement(
            "SELECT Id, ConversationId, ConnectionId, Author, State, DueAt, StartedAt, Recipient FROM outbox WHERE ConversationId = $1 AND State < 3 ORDER BY MessageSeq",
            conversationId).ExecuteReader();
        while (reader.Read())
        {
            rows.Add(new OpenSend(reader.Id(0), reader.Id(1), reader.Id(2), (SendAuthor)reader.GetInt32(3), (OutboxState)reader.GetInt32(4), reader.Time(5), reader.TimeOrNull(6), reader.GetString(7)));
        }

        return rows;
    });

    public bool MayStillBegin(Guid outboxId) => Read(session => session.Statement(
        """
        SELECT 1 FROM outbox o JOIN conversations c ON c.Id = o.ConversationId JOIN connections n ON n.Id = o.ConnectionId
        WHERE o.Id = $1 AND o.State = 1 AND (o.Author <> 0 OR (o.ConversationEpoch = c.Epoch AND c.AiReplies = 1))
            AND o.ConnectionEpoch = n.Epoch AND ifnull(n.Enabled, 1) = 1 AND n.PausedByPlan = 0 AND n.DisconnectedAt IS NULL
        """,
        outboxId).ExecuteScalar() is not null);

    public int CountSendsSince(Guid conversationId, DateTimeOffset since) => Read(session =>
        (int)(long)session.Statement("SELECT count(*) FROM outbox WHERE ConversationId = $1 AND StartedAt >= $2", conversationId, since).ExecuteScalar()!);

    public ConnectionLimits? Limits(Guid connectionId) => Read(session =>
    {
        using var reader = session.Statement("SELECT MessagesPerSecond, PairBurst, PairRefillSeconds, MaxInFlightSends FROM connections WHERE Id = $1", connectionId).ExecuteReader();
        return reader.Read()
            ? new ConnectionLimits(connectionId, reader.GetInt32(0), reader.GetInt32(1), TimeSpan.FromSeconds(reader.GetDouble(2)), reader.GetInt32(3))
            : null;
    });

    public ConnectionAccess? Access(Guid connectionId) => Read(session =>
    {
        using var reader = session.Statement(
            """
            SELECT AccountId, Provider, BaseUrl, BaseUrlFromConfiguration, PhoneNumberId, WabaId, ApiKeyProtected FROM connections
            WHERE Id = $1 AND DisconnectedAt IS NULL AND ifnull(ApiKeyProtected, '') <> ''
            """,
            connectionId).ExecuteReader();
        return reader.Read()
            ? new ConnectionAccess(reader.Id(0), reader.GetString(1), reader.GetString(2), reader.Flag(3), reader.GetString(4), reader.GetString(5), reader.GetString(6))
            : null;
    });

    public ReplyCircumstances? Circumstances(Guid accountId, Guid conversationId) => Read(session =>
    {
        using var reader = session.Statement(
            """
            SELECT n.Id IS NOT NULL AND n.DisconnectedAt IS NULL, ifnull(n.Enabled, 1), ifnull(n.PausedByPlan, 0), c.LastInboundAt, c.AiReplies
            FROM conversations c LEFT JOIN connections n ON n.Id = c.ConnectionId WHERE c.Id = $1 AND c.AccountId = $2
            """,
            conversationId,
            accountId).ExecuteReader();
        return reader.Read() ? new ReplyCircumstances(reader.Flag(0), reader.Flag(1), reader.Flag(2), reader.TimeOrNull(3), reader.Flag(4)) : (ReplyCircumstances?)null;
    });

    public void Dispose()
    {
        while (_idle.TryTake(out var session))
        {
            session.Dispose();
        }
    }

    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    private T Read<T>(Func<WriteSession, T> query)
    {
        WriteSession? session = null;
        try
        {
            if (!_idle.TryTake(out session))
            {
                session = new WriteSession(database.OpenForReading());
            }

            var value = query(session);
            _idle.Add(session);
            session = null;
            return value;
        }
        catch (SqliteException error)
        {
            throw new StoreUnavailableException($"The store cannot be read now (SQLite error {error.SqliteErrorCode}).", error);
        }
        finally
        {
            session?.Dispose();
        }
    }

    private static TurnSnapshot? ReadTurn(WriteSession session, Guid conversationId, DateTimeOffset now)
    {
        var unanswered = Messages(
            session,
            "SELECT Seq, Role, Type, Text, At, ProviderMessageId FROM messages WHERE ConversationId = $1 AND Role = 0 AND Outcome IS NULL ORDER BY At, Seq",
            conversationId);
        if (unanswered.Count == 0)
        {
            return null;
        }

        var history = Messages(
            session,
            """
            SELECT Seq, Role, Type, Text, At, ProviderMessageId FROM messages
            WHERE ConversationId = $1 AND Role < 3 AND NOT (Role = 0 AND Outcome IS NULL) AND Status < 10 AND Text <> '' AND RevokedAt IS NULL
            ORDER BY At DESC, Seq DESC LIMIT 20
            """,
            conversationId);
        history.Reverse();
        var replies = Messages(
            session,
            """
            SELECT Seq, Role, Type, Text, At, ProviderMessageId FROM messages
            WHERE ConversationId = $1 AND (Role = 1 OR (Role = 3 AND Type IN ('ai_replies', 'takeover', 'handback'))) AND Status <> 10 ORDER BY At DESC, Seq DESC LIMIT 25
            """,
            conversationId);
        using var reader = session.Statement(
            """
            SELECT c.AccountId, c.ChatbotId, c.ConnectionId, c.Address, c.Epoch, n.Epoch, ifnull(n.Enabled, 1), c.AiReplies, c.LastInboundAt, c.DisclosureDue,
                c.OutageNoticeSent, c.WaitingReason, b.FallbackMessage, b.Disclosure, b.BannedWords, b.BannedWordsMessage, a.MonthlyAiMessages,
                a.PlanStartedAt, w.FirstUnansweredAt, w.Redone, n.DisconnectedAt, n.PausedByPlan, w.Asked,
                b.Languages, b.Language, b.TimeZone, ifnull(h.Words, ''), h.ChatbotId, h.AfterUnanswered, ifnull(h.Message, ''), ifnull(h.OpeningHours, ''), ifnull(h.Mails, ''), a.Plan,
                c.ContactName, c.SessionId, c.UnansweredInARow, c.HandoverToldAt
            FROM conversations c JOIN connections n ON n.Id = c.ConnectionId JOIN chatbots b ON b.Id = c.ChatbotId JOIN accounts a ON a.Id = c.AccountId
            JOIN work w ON w.ConversationId = c.Id LEFT JOIN handovers h ON h.ChatbotId = c.ChatbotId WHERE c.Id = $1
            """,
            conversationId).ExecuteReader();
        if (!reader.Read())
        {
            return null;
        }

        var lead = SqliteLeads.Read(session, conversationId);
        var period = UsagePeriods.StartOf(reader.Time(17), now);
        return new TurnSnapshot
        {
            ConversationId = conversationId,
            AccountId = reader.Id(0),
            ChatbotId = reader.Id(1),
            ConnectionId = reader.Id(2),
            Address = reader.GetString(3),
            ConversationEpoch = reader.GetInt64(4),
            ConnectionEpoch = reader.GetInt64(5),
            ConnectionEnabled = reader.Flag(6) && reader.IsDBNull(20) && !reader.Flag(21),
            PausedByPlan = reader.Flag(21),
            AiReplies = reader.Flag(7),
            LastInboundAt = reader.TimeOrNull(8),
            DisclosureDue = reader.Flag(9),
            OutageNoticeSent = reader.Flag(10),
            WaitingReason = reader.TextOrNull(11),
            FallbackMessage = reader.GetString(12),
            Disclosure = reader.GetString(13),
            BannedWords = reader.GetString(14),
            BannedWordsMessage = reader.GetString(15),
            AiMessageLimit = reader.NumberOrNull(16),
            PeriodStart = period,
            AiMessagesUsed = Used(session, reader.Id(0), period),
            FirstUnansweredAt = reader.Time(18),
            Redone = reader.Flag(19),
            Asked = reader.Flag(22),
            Unanswered = unanswered,
            Handover = Terms(reader),
            History = history,
            RecentReplies = [.. replies.TakeWhile(r => r.Role == MessageRole.Assistant).Select(r => (r.At, r.Text))],
            Lead = lead,
        };
    }

    private static HandoverTerms Terms(SqlRows row) => new()
    {
        Languages = row.GetString(23),
        Language = row.TextOrNull(24),
        TimeZone = row.GetString(25),
        Words = row.GetString(26),
        AfterUnanswered = row.IsDBNull(27) ? HandoverTerms.DefaultAfterUnanswered : (int?)row.NumberOrNull(28),
        Message = row.GetString(29),
        OpeningHours = row.GetString(30),
        Mails = row.GetString(31),
        Plan = row.GetString(32),
        ContactName = row.TextOrNull(33),
        SessionId = row.GetString(34),
        UnansweredInARow = row.GetInt32(35),
        Told = !row.IsDBNull(36),
    };

    private static long Used(WriteSession session, Guid accountId, DateTimeOffset period) =>
        (long)(session.Statement("SELECT AiMessages FROM usage_counters WHERE AccountId = $1 AND PeriodStart = $2", accountId, period).ExecuteScalar() ?? 0L);

    private static List<TurnMessage> Messages(WriteSession session, string sql, Guid conversationId)
    {
        var rows = new List<TurnMessage>();
        using var reader = session.Statement(sql, conversationId).ExecuteReader();
        while (reader.Read())
        {
            rows.Add(new TurnMessage(reader.GetInt64(0), (MessageRole)reader.GetInt32(1), reader.GetString(2), reader.GetString(3), reader.Time(4), reader.TextOrNull(5)));
        }

        return rows;
    }
}
