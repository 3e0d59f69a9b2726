namespace AiBotKit.Durability;

/// <summary>Tells the dispatcher of a work row after the commit, for every place that wrote one without knowing all of it.</summary>
internal static class SqliteWork
{
    /// <summary>The conversation's turn as its row says now; nothing when there is no row.</summary>
    public static void Announce(WriteSession session, CommitSignals signals, Guid conversationId)
    {
        using var reader = session.Statement(
            "SELECT w.AccountId, w.DueAt, c.LastInboundAt FROM work w JOIN conversations c ON c.Id = w.ConversationId WHERE w.ConversationId = $1",
            conversationId).ExecuteReader();
        if (reader.Read())
        {
            var turn = new DueTurn(conversationId, reader.Id(0), reader.Time(1), reader.TimeOrNull(2) ?? reader.Time(1));
            session.AfterCommit(() => signals.SignalTurnDue(turn));
        }
    }
}
