using AiBotKit.Durability.Audit;

namespace AiBotKit.Durability;

/// <summary>Whether what was received during a pause can be answered now.</summary>
internal enum PausedVerdict
{
    Done,

    /// <summary>The account has no such connection.</summary>
    NotFound,

    /// <summary>It is still switched off.</summary>
    Paused,

    /// <summary>The plan has no channels.</summary>
    Plan,
    Disconnected,
}

/// <summary>What became of the customers who wrote during a pause.</summary>
/// <param name="Customers">Whose messages are being answered now.</param>
/// <param name="Messages">Their number.</param>
/// <param name="Late">Customers whose 24 hours are over.</param>
/// <param name="WithPerson">Customers with whom AI replies are off, or to whom a person has written since.</param>
internal readonly record struct PausedAnswer(PausedVerdict Verdict, int Customers = 0, int Messages = 0, int Late = 0, int WithPerson = 0)
{
    public PausedAnswer And(in PausedAnswer more) => new(more.Verdict, Customers + more.Customers, Messages + more.Messages, Late + more.Late, WithPerson + more.WithPerson);
}

/// <summary>Makes what was received during a pause unanswered again, because a person asked for it.</summary>
internal sealed class PausedMessages(GroupCommitWriter writer, CommitSignals signals)
{
    /// <summary>Customers in one write: bulk work must not hold up the messages that come in meanwhile.</summary>
    private const int Slice = 50;

    /// <param name="note">Recorded when anything is to be answered.</param>
    public async Task<PausedAnswer> AnswerAsync(Guid accountId, Guid connectionId, AuditNote note, DateTimeOffset now)
    {
        var all = new PausedAnswer(PausedVerdict.Done);
        Guid? after = Guid.Empty;
        while (after is { } from)
        {
            var isFirst = all.Customers == 0;
            (var one, after) = await writer.WriteAsync(session => new SqlitePaused(session, now, signals).Answer(accountId, connectionId, from, Slice, isFirst ? note : null));
            all = all.And(one);
        }

        return all;
    }
}
