namespace AiBotKit.Durability;

/// <summary>
/// Named points on the path of a message at which a crash must lose nothing (reliability contract 2.1, "numbered kill points").
/// Does nothing in production; the crash simulator throws here, and <see cref="KillSwitch"/> kills the real process.
/// </summary>
internal class FaultPoints
{
    public static FaultPoints None { get; } = new();

    /// <summary>Called by product code when it reaches <paramref name="point"/>.</summary>
    public virtual void Reach(FaultPoint point)
    {
    }
}

/// <summary>W = webhook, R = turn, S = send, T = status, H = human act, D = connection act, X = shutdown, E = erasure of a contact.</summary>
internal enum FaultPoint
{
    W0BodyRead,
    W1SignatureOk,
    W2Parsed,
    W3BeforeBegin,
    W4AfterOperation,
    W5BeforeCommit,
    W6AfterCommit,
    W7Answered,
    R0Claimed,
    R1Retrieved,
    R2PromptBuilt,
    R3ModelConnected,
    R4FirstToken,
    R5MidStream,
    R6TextComplete,
    R7QuotaReserved,
    R8OutboxInserted,
    R9BeforeCommit,
    R10AfterCommit,
    S0Picked,
    S1SendingCommitted,
    S2Connected,
    S3HeadersSent,
    S4BodySent,
    S5Accepted,
    S6AnswerRead,
    S7BeforeCommit,
    S8AfterCommit,
    S9Published,
    T0BeforeStatus,
    T1AfterStatus,
    H0BeforeTakeover,
    H1AfterTakeover,
    D0BeforeDisable,
    D1AfterDisable,
    X0Draining,
    E0BeforeErase,
    E1EraseIntended,
    E2FilesGone,
    E3RowsGone,
    E4Compacted,
}
