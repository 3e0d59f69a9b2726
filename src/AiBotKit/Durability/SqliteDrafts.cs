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

        return new DraftedReply(citations, SqliteUsage.Take(session, signals, reply.AccountId, now));
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
