using AiBotKit.Durability.Audit;

namespace AiBotKit.Durability;

/// <summary>Reads a kept webhook item or body again, as its channel understands it today; nothing when it holds nothing for a conversation.</summary>
internal delegate IReadOnlyList<Arrival> DeadLetterReader(DeadLetter letter);

/// <summary>What came of a replay. Everything but <see cref="Done"/> and <see cref="AlreadyStored"/> leaves the dead letter as it was.</summary>
internal enum ReplayVerdict
{
    Done,

    /// <summary>Somebody was faster.</summary>
    AlreadyReplayed,

    /// <summary>Its message came in again meanwhile; the dead letter is closed without a second message.</summary>
    AlreadyStored,

    /// <summary>No live connection of the account has the number.</summary>
    UnknownNumber,

    /// <summary>The store refuses it as before.</summary>
    Refused,

    /// <summary>The messages of the turn have found another end.</summary>
    NothingOpen,
    AiOff,
    Paused,
    Late,
    WindowClosed,
    AnsweredByPerson,
}

/// <summary>Replays dead letters through the writer: each in one transaction that checks, changes and closes it.</summary>
internal sealed class DeadLetterReplays(GroupCommitWriter writer, CommitSignals signals)
{
    /// <param name="letterId">An item or a body.</param>
    /// <param name="accountId">The account it belongs to; null when it belongs to none.</param>
    /// <param name="note">Recorded when the replay changes something.</param>
    public Task<ReplayVerdict> ItemsAsync(Guid letterId, Guid? accountId, IReadOnlyList<Arrival> arrivals, Func<ArrivalContext, ArrivalDecision> rule, AuditNote note, DateTimeOffset now) =>
        writer.WriteAsync(session => new SqliteReplays(session, signals, now).Items(letterId, accountId, arrivals, rule, note));

    /// <param name="freshSince">A turn of which every message is of this time or older is for a person.</param>
    /// <param name="note">Recorded when the replay changes something.</param>
    public Task<ReplayVerdict> TurnAsync(Guid letterId, DateTimeOffset freshSince, AuditNote note, DateTimeOffset now) =>
        writer.WriteAsync(session => new SqliteReplays(session, signals, now).Turn(letterId, freshSince, note));
}
