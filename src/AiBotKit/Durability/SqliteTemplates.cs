namespace AiBotKit.Durability;

/// <summary>What a provider says about a template, inside a write (wire facts 5, message_template_status_update).</summary>
internal sealed class SqliteTemplates(WriteSession session, DateTimeOffset now, CommitSignals signals)
{
    /// <summary>
    /// The template has that status at every live connection of the account, unless something later is known; and the whole list is asked for
    /// anew. Words that cannot be placed in time only make us ask: anybody who caught them once could repeat them.
    /// </summary>
    public void Apply(TemplateArrival state)
    {
        foreach (var (connection, _) in new SqliteConnections(session, now, signals).Live(state.WabaId, state.At, state.SignedFor))
        {
            if (state.At is { } at)
            {
                session.Execute(
                    "UPDATE message_templates SET Status = $4, StatusReason = $5, StatusAt = $6 WHERE ConnectionId = $1 AND Name = $2 AND Language = $3 AND StatusAt <= $6",
                    connection,
                    state.Name,
                    state.Language,
                    state.Status,
                    state.Reason,
                    at);
            }

            session.Execute("UPDATE template_syncs SET DueAt = $2 WHERE ConnectionId = $1", connection, now);
        }

        session.AfterCommit(signals.SignalTemplatesDue);
    }
}
