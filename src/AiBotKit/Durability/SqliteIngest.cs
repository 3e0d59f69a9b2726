using System.Text;

namespace AiBotKit.Durability;

/// <summary>
/// One webhook's items inside one write: dedup key, conversation, message, raw item, work row. Everything or nothing of the webhook
/// becomes durable with the batch's commit.
/// </summary>
internal sealed class SqliteIngest(WriteSession session, Func<ArrivalContext, ArrivalDecision> rule, DateTimeOffset now, CommitSignals signals)
{
    private readonly SqliteThreads _threads = new(session, now, signals);
    private readonly SqliteStatuses _statuses = new(session, now, signals);
    private readonly SqliteChanges _changes = new(session, now, signals);
    private readonly Dictionary<string, RouteRow?> _routes = new(StringComparer.Ordinal);
    private int _stored;
    private int _duplicates;
    private int _ignored;
    private int _deadLetters;

    /// <summary>Stores all arrivals. With <paramref name="cautious"/> each has a savepoint of its own and one that fails becomes a dead letter.</summary>
    public IngestResult Run(IReadOnlyList<Arrival> arrivals, bool cautious)
    {
        foreach (var arrival in arrivals)
        {
            if (cautious)
            {
                RunCautiously(arrival);
            }
            else
            {
                RunOne(arrival);
            }
        }

        foreach (var route in _routes.Values)
        {
            // Shown to people: a second is exact enough, and not worth a write each time.
            if (route is not null && (route.LastWebhookAt is not { } last || now - last >= TimeSpan.FromSeconds(1) || now < last))
            {
                session.Execute("UPDATE connections SET LastWebhookAt = $2 WHERE Id = $1", route.Id, now);
            }
        }

        return new IngestResult(_stored, _duplicates, _ignored, _deadLetters);
    }

    /// <summary>Stores what a dead letter holds, into numbers of <paramref name="accountId"/> only (null: of anybody). Null when the store still refuses it.</summary>
    public IngestResult? Replay(IReadOnlyList<Arrival> arrivals, Guid? accountId)
    {
        session.Execute("SAVEPOINT item");
        IngestResult? result = null;
        try
        {
            foreach (var arrival in arrivals)
            {
                if (accountId is not null && Route(arrival.Route)?.AccountId != accountId)
                {
                    _ignored++;
                }
                else
                {
                    RunOne(arrival);
                }
            }

            result = new IngestResult(_stored, _duplicates, _ignored, _deadLetters);
        }
        catch (Exception error) when (error is not CrashException && session.InTransaction)
        {
            session.Execute("ROLLBACK TO item");
        }

        session.Execute("RELEASE item");
        return result;
    }

    private void RunCautiously(Arrival arrival)
    {
        session.Execute("SAVEPOINT item");
        try
        {
            RunOne(arrival);
        }
        catch (Exception error) when (error is not CrashException && session.InTransaction)
        {
            session.Execute("ROLLBACK TO item");
            DeadLetter(Route(arrival.Route), arrival, $"could not be stored: {error.GetType().Name}");
        }

        session.Execute("RELEASE item");
    }

    private void RunOne(Arrival arrival)
    {
        var route = Route(arrival.Route);
        switch (arrival)
        {
            case UnusableArrival unusable:
                if (IsNew(unusable.DedupKey))
                {
                    DeadLetter(route, arrival, unusable.Reason);
                }

                break;
            case ConnectionArrival state:
                if (state.DedupKey is not { } key || IsNew(key))
                {
                    new SqliteConnections(session, now, signals).Apply(state);
                    _stored++;
                }

                break;
            case TemplateArrival template:
                if (template.DedupKey is not { } once || IsNew(once))
                {
                    new SqliteTemplates(session, now, signals).Apply(template);
                    _stored++;
                }

                break;
            case var _ when route is null:
                // Unknown or disconnected number: acknowledged and ignored, nothing of it is kept.
                _ignored++;
                break;
            case CustomerArrival message:
                Message(route, message);
                break;
            case OwnerEchoArrival echo:
                Echo(route, echo);
                break;
            case StatusArrival status:
                _statuses.Apply(route, status);
                break;
            case CallArrival call:
                Call(route, call);
                break;
            case TestArrival test:
                new SqliteConnections(session, now, signals).Proved(route.Id, test);
                break;
            case IdentityArrival identity:
                Identity(route, identity);
                break;
        }
    }

    private RouteRow? Route(string phoneNumberId)
    {
        if (!_routes.TryGetValue(phoneNumberId, out var route))
        {
            using var reader = session.Statement(
                """
                SELECT c.Id, c.AccountId, c.ChatbotId, ifnull(c.Enabled, 1), c.Epoch, b.Languages, c.LastWebhookAt, c.PausedByPlan FROM connections c
                JOIN chatbots b ON b.Id = c.ChatbotId AND b.AccountId = c.AccountId
                WHERE c.PhoneNumberId = $1 AND c.DisconnectedAt IS NULL
                """,
                phoneNumberId).ExecuteReader();
            route = reader.Read() ? new RouteRow(reader.Id(0), reader.Id(1), reader.Id(2), reader.Flag(3) && !reader.Flag(7), reader.GetInt64(4), reader.GetString(5), reader.TimeOrNull(6), reader.Flag(7)) : null;
            _routes[phoneNumberId] = route;
        }

        return route;
    }

    private bool IsNew(byte[] key)
    {
        var isNew = session.Execute("INSERT OR IGNORE INTO dedup_keys (Hash, ReceivedAt) VALUES ($1, $2)", key, now) > 0;
        _duplicates += isNew ? 0 : 1;
        return isNew;
    }

    private void Message(RouteRow route, CustomerArrival message)
    {
        if (!IsNew(message.DedupKey))
        {
            return;
        }

        var thread = _threads.Resolve(route, message.From, "whatsapp", out _);
        if (!thread.AiReplies && thread.TakeoverUntil <= now)
        {
            // The sweep that gives it back has not come by yet: this is already a message for the AI.
            thread = new SqliteTakeovers(session, now, signals).End(thread);
        }

        var at = ArrivalTime(message.At);
        thread = _threads.Follow(thread, message.From, at);
        if (message.Edits is { } edited)
        {
            _changes.Edit(thread.Id, edited, message.Text, at);
        }

        if (message.Revokes is { } revoked)
        {
            _changes.TakeBack(thread.Id, revoked, at);
        }

        var decision = message.StartsTurn
            ? rule(new ArrivalContext(route.Enabled, thread.AiReplies, thread.AiRepliesReason, route.Languages, message.Text, message.IsTap, at, now))
            : new ArrivalDecision(message.StoredOnly ?? "event", default, default);
        if (!route.Enabled)
        {
            decision = decision with { Outcome = route.PausedByPlan ? "plan" : "paused" };
        }

        var id = Guid.CreateVersion7(now);
        session.Execute(
            """
            INSERT INTO messages (Id, AccountId, ConversationId, Role, Type, Text, Content, ProviderMessageId, ReplyTo, At, CreatedAt, Status, Outcome, StartsTurn, PossibleDuplicate, Via)
            VALUES ($1, $2, $3, 0, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12, 0, $13)
            """,
            id,
            route.AccountId,
            thread.Id,
            message.Type,
            message.Text,
            message.Content,
            message.ProviderMessageId,
            message.ReplyTo,
            MessageTime.Of(at),
            now,
            decision.Outcome,
            message.StartsTurn,
            thread.Via(message.From));
        KeepRaw(session.LastInsertRowId, message.Raw);
        Touch(thread, route, message.From.Name, message.Text, MessageRole.Customer, message.RefreshesWindow ? at : null, decision.WaitingReason);
        Follow(thread, route, decision, at);
        if (message.RefreshesWindow && decision.SwitchAiReplies is null)
        {
            new SqliteHeld(session, now, signals).Release(thread, route, at);
        }

        _stored++;
    }

    /// <summary>The provider's clock, never ahead of ours; a missing time is the time of receipt (wire facts 8).</summary>
    private DateTimeOffset ArrivalTime(DateTimeOffset? provider) => provider is { } said && said < now ? said : now;

    /// <summary>Puts the decision of the arrival rule into rows: switch, notice, event line, or the work row of the coming turn.</summary>
    private void Follow(ThreadRow thread, RouteRow route, in ArrivalDecision decision, DateTimeOffset at)
    {
        if (decision.SwitchAiReplies is { } on)
        {
            thread = new SqliteActs(session, now, signals).Switch(thread, on, "stop_word", decision.EventText);
        }

        if (decision.Notice is { } notice)
        {
            SqliteOutbox.Add(session, new NewOutbound(route.AccountId, thread.Id, route.Id, null, 0, SendAuthor.Notice, notice, thread.Address, thread.Epoch, route.Epoch, now));
            session.AfterCommit(() => signals.SignalSendDue(thread.Id, route.Id));
        }

        if (decision.Outcome is not null)
        {
            return;
        }

        SqliteOutbox.CancelUnsent(session, thread.Id, "superseded", reopen: true);
        var due = now + decision.QuietWindow;
        session.Execute(
            """
            INSERT INTO work (ConversationId, AccountId, Partition, DueAt, FirstUnansweredAt, Attempts, Alone, Redone) VALUES ($1, $2, $3, $4, $5, 0, 0, 0)
            ON CONFLICT (ConversationId) DO UPDATE SET DueAt = max(min(FirstUnansweredAt + $6, $4), $5)
            """,
            thread.Id,
            thread.AccountId,
            thread.Partition,
            due,
            now,
            decision.QuietCap.Ticks);
        var turn = new DueTurn(thread.Id, thread.AccountId, Capped(due, thread.FirstUnansweredAt + decision.QuietCap), at);
        session.AfterCommit(() => signals.SignalTurnDue(turn));
    }

    /// <summary>As the statement above has it: no later than the cap, no earlier than now.</summary>
    private DateTimeOffset Capped(DateTimeOffset due, DateTimeOffset? cap) => cap is { } latest && latest < due ? latest > now ? latest : now : due;

    private void Echo(RouteRow route, OwnerEchoArrival echo)
    {
        if (!IsNew(echo.DedupKey))
        {
            return;
        }

        var thread = _threads.Resolve(route, echo.To, "whatsapp", out _);
        var at = ArrivalTime(echo.At);
        if (echo.Revokes is { } revoked)
        {
            _changes.TakeBackOwn(thread.Id, revoked, at);
        }

        session.Execute(
            """
            INSERT INTO messages (Id, AccountId, ConversationId, Role, Type, Text, Content, ProviderMessageId, At, CreatedAt, Status, StartsTurn, PossibleDuplicate, Via)
            VALUES ($1, $2, $3, 2, $4, $5, $6, $7, $8, $9, 5, 0, 0, $10)
            """,
            Guid.CreateVersion7(now),
            route.AccountId,
            thread.Id,
            echo.Type,
            echo.Text,
            echo.Content,
            echo.ProviderMessageId,
            MessageTime.Of(at),
            now,
            thread.Via(echo.To));
        KeepRaw(session.LastInsertRowId, echo.Raw);
        Touch(thread, route, null, echo.Text, MessageRole.Owner, null, null);
        new SqliteActs(session, now, signals).Switch(thread, false, "phone", thread.AiReplies ? "Answered from the phone: AI replies are off" : null);
        _stored++;
    }

    private void Call(RouteRow route, CallArrival call)
    {
        var thread = _threads.Resolve(route, call.From, "whatsapp", out _);
        var at = ArrivalTime(call.At);
        session.Execute("UPDATE conversations SET LastInboundAt = max(ifnull(LastInboundAt, 0), $2) WHERE Id = $1", thread.Id, at);
        new SqliteHeld(session, now, signals).Release(thread, route, at);
        new SqliteActs(session, now, signals).Publish(thread.Id, thread.AccountId);
        _stored++;
    }

    private void Identity(RouteRow route, IdentityArrival identity)
    {
        if (!IsNew(identity.DedupKey) || _threads.Find(route.ChatbotId, identity.OldSessionId) is not { } thread)
        {
            return;
        }

        thread = _threads.Rename(route, thread, identity.NewSessionId);
        var acts = new SqliteActs(session, now, signals);
        acts.AddEvent(thread.Id, thread.AccountId, "identity", identity.Text);
        KeepRaw(session.LastInsertRowId, identity.Raw);
        acts.Publish(thread.Id, thread.AccountId);
        _stored++;
    }

    private void Touch(ThreadRow thread, RouteRow route, string? name, string text, MessageRole role, DateTimeOffset? inboundAt, string? waiting)
    {
        session.Execute(
            """
            UPDATE conversations SET ConnectionId = $2, ContactName = CASE WHEN NameGiven THEN ContactName ELSE ifnull($3, ContactName) END, ProfileName = ifnull($3, ProfileName), LastMessageAt = $4, LastMessagePreview = $5, LastMessageRole = $6,
                Unread = Unread + $7, Version = Version + 1,
                LastInboundAt = CASE WHEN $8 IS NULL THEN LastInboundAt ELSE max(ifnull(LastInboundAt, 0), $8) END,
                WaitingReason = ifnull(WaitingReason, $9), WaitingSince = CASE WHEN $9 IS NOT NULL AND WaitingReason IS NULL THEN $4 ELSE WaitingSince END
            WHERE Id = $1
            """,
            thread.Id,
            route.Id,
            name,
            now,
            Preview(text),
            role,
            role == MessageRole.Customer ? 1 : 0,
            inboundAt,
            waiting);
        var version = thread.Version + 1;
        session.AfterCommit(() => signals.SignalChanged(thread.AccountId, thread.Id, version));
    }

    private void KeepRaw(long seq, ReadOnlyMemory<byte> raw)
    {
        if (!raw.IsEmpty)
        {
            session.Execute("INSERT INTO raw_items (MessageSeq, Json, ReceivedAt) VALUES ($1, $2, $3)", seq, raw.ToArray(), now);
        }
    }

    private void DeadLetter(RouteRow? route, Arrival arrival, string reason)
    {
        session.Execute(
            "INSERT INTO dead_letters (Id, AccountId, ConnectionId, Kind, Reason, Route, Source, Raw, CreatedAt) VALUES ($1, $2, $3, 'webhook_item', $4, $5, $6, $7, $8)",
            Guid.CreateVersion7(now),
            route?.AccountId,
            route?.Id,
            reason,
            arrival.Route,
            arrival.Source,
            arrival.Raw.ToArray(),
            now);
        _deadLetters++;
        session.AfterCommit(signals.SignalDeadLetter);
    }

    /// <summary>The first 120 characters without splitting a surrogate pair.</summary>
    internal static string Preview(string text)
    {
        if (text.Length <= 120)
        {
            return text;
        }

        var cut = char.IsHighSurrogate(text[119]) ? 119 : 120;
        return new StringBuilder(text, 0, cut, 128).Append('…').ToString();
    }
}
