namespace AiBotKit.Durability;

/// <summary>A reply that is an AI's draft unchanged.</summary>
/// <param name="Citations">Of the draft (JSON).</param>
/// <param name="CountedIn">The billing period it took its AI message from; null when none was left.</param>
internal readonly record struct DraftedReply(string Citations, DateTimeOffset? CountedIn);

/// <summary>AI drafts inside the write of a person's reply.</summary>
internal sealed class SqliteDrafts(WriteSession session, DateTimeOffset now, CommitSignals signals)
{
    /// <summary>
    /// Whether the reply is the draft it names, word for word; then it takes an AI message. At the limit it takes none and goes out all the same: a
    /// person's message is never refused for that.
    /// </summary>
    public DraftedReply? Use(PersonReply reply)
    {
        if (reply.DraftId is not { } id || CitationsOf(id, reply) is not { } citations)
        {
            return null;
        }

        DateTimeOffset period;
        long? limit;
        using (var account = session.Statement("SELECT PlanStartedAt, MonthlyAiMessages FROM accounts WHERE Id = $1", reply.AccountId).ExecuteReader())
        {
            if (!account.Read())
            {
                return new DraftedReply(citations, null);
            }

            (period, limit) = (UsagePeriods.StartOf(account.Time(0), now), account.NumberOrNull(1));
        }

        if (!SqliteUsage.Take(session, reply.AccountId, period))
        {
            return new DraftedReply(citations, null);
        }

        if (limit is { } most)
        {
            SqliteUsage.Tell(session, signals, reply.AccountId, period, most);
        }

        return new DraftedReply(citations, period);
    }

    /// <summary>A draft made before its conversation was merged answers the same customer.</summary>
    private string? CitationsOf(Guid id, PersonReply reply) => session.Statement(
        """
        SELECT Citations FROM reply_drafts WHERE Id = $1 AND AccountId = $2 AND Text = $4
            AND (ConversationId = $3 OR ConversationId IN (SELECT Id FROM conversations WHERE MergedIntoId = $3))
        """,
        id,
        reply.AccountId,
        reply.ConversationId,
        reply.Text).ExecuteScalar() as string;
}
