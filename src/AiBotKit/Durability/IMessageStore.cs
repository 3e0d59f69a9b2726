using AiBotKit.Durability.Audit;

namespace AiBotKit.Durability;

/// <summary>
/// The hot path of a message on one database: ingest, turns, outbox. One implementation per dialect; all pass the same compliance suite.
/// Every method that changes something returns after the commit is on disk, and throws <see cref="Storage.StoreUnavailableException"/>
/// when it cannot be.
/// </summary>
internal interface IMessageStore
{
    /// <summary>Stores one webhook's items in one transaction. A webhook seen before changes nothing.</summary>
    Task<IngestResult> IngestAsync(IReadOnlyList<Arrival> arrivals, Func<ArrivalContext, ArrivalDecision> rule, DateTimeOffset now);

    /// <summary>Keeps a signed body that is no JSON as a dead letter, once.</summary>
    Task<bool> KeepUnusableBodyAsync(byte[] dedupKey, byte[] body, string reason, DateTimeOffset now);

    /// <summary>Work rows nobody is in a turn of, earliest first.</summary>
    IReadOnlyList<DueWork> ReadDueWork(int limit);

    /// <summary>Claims the conversation's turn; false when it is not due, claimed, or has nothing unanswered.</summary>
    Task<bool> BeginTurnAsync(Guid conversationId, Guid runId, bool alone, DateTimeOffset now);

    /// <summary>What the claimed turn decides from; null when nothing is unanswered any more.</summary>
    /// <param name="now">Decides the billing period.</param>
    TurnSnapshot? ReadTurn(Guid conversationId, DateTimeOffset now);

    Task<TurnResult> CommitTurnAsync(TurnCommit turn);

    /// <summary>Gives a claim back after a failure of ours.</summary>
    Task ReleaseTurnAsync(Guid conversationId, Guid runId, DateTimeOffset dueAt, bool countAttempt, DateTimeOffset now);

    /// <summary>Conversations with open outbox rows, and their connection.</summary>
    IReadOnlyList<(Guid ConversationId, Guid ConnectionId)> ReadConversationsToSend();

    /// <summary>Open rows of one conversation in order.</summary>
    IReadOnlyList<OpenSend> ReadOpenSends(Guid conversationId);

    /// <summary>Hand-overs to one conversation since a time; seeds the pair limit after a start.</summary>
    int CountSendsSince(Guid conversationId, DateTimeOffset since);

    ConnectionLimits? ReadLimits(Guid connectionId);

    /// <summary>As last committed; null when the connection is unknown, disconnected, or has no key.</summary>
    ConnectionAccess? ReadAccess(Guid connectionId);

    /// <summary>The conditional commit <c>new → sending</c>.</summary>
    Task<SendClaim> ClaimSendAsync(Guid outboxId, DateTimeOffset now);

    /// <summary>Whether a row that was claimed before may still be put on the wire: nobody has acted since.</summary>
    bool MayStillBegin(Guid outboxId);

    Task RecordSendAsync(ClaimedSend send, SendOutcome outcome, TimeSpan ambiguousWait, double jitter, DateTimeOffset now);

    /// <summary>Moves unconfirmed rows whose wait is over, forgets statuses that nobody claimed in 24 h, and gives conversations back whose takeover has run out.</summary>
    Task<Reconciled> ReconcileAsync(TimeSpan ambiguousWait, DateTimeOffset now);

    /// <summary>
    /// Once at start, before anything else: rows that were being sent become unconfirmed (their wait starts anew), interrupted turns are
    /// run again one at a time, work that met its fifth crash becomes a dead letter.
    /// </summary>
    Task RecoverAsync(TimeSpan ambiguousWait, DateTimeOffset now);

    /// <summary>A person or the API switches AI replies of one conversation. Null when it does not exist in this account; else whether an AI reply was already on the wire.</summary>
    Task<bool?> SwitchAiRepliesAsync(Guid accountId, Guid conversationId, bool on, Actor by, string name, DateTimeOffset now);

    /// <summary>What a person's message would depend on now; null when the account has no such conversation.</summary>
    ReplyCircumstances? ReadCircumstances(Guid accountId, Guid conversationId);

    /// <summary>
    /// A person writes to a customer: checked at <paramref name="now"/>, then the message, its outbox row and the raised epoch in one transaction
    /// (with a takeover when that is asked for). Refused, nothing is changed. A message id that is stored already changes nothing either.
    /// </summary>
    Task<ReplyResult> ReplyAsync(PersonReply reply, DateTimeOffset now);

    /// <summary>
    /// A person's reply outside the service window is held for the customer's next message, and a template goes out that asks for it, in one
    /// transaction. The same rules as <see cref="ReplyAsync"/>, and the window must be closed.
    /// </summary>
    Task<ReplyResult> HoldReplyAsync(HeldWish wish, DateTimeOffset now);

    /// <summary>A held reply does not go out any more. False when the account has none of that id in the conversation, or it has gone or been cancelled before.</summary>
    Task<bool> CancelHeldAsync(Guid accountId, Guid conversationId, Guid heldId, DateTimeOffset now);

    /// <summary>
    /// A takeover goes on for the chatbot's time more, counted from its present end. False when the account has no such conversation, or nothing
    /// runs out there.
    /// </summary>
    Task<bool> ExtendTakeoverAsync(Guid accountId, Guid conversationId, Actor by, DateTimeOffset now);

    /// <summary>
    /// A person says that two conversations of one chatbot are the same customer's: <paramref name="from"/> is shown under <paramref name="into"/>, which goes on. What
    /// was unanswered or unsent in either is answered there; both epochs rise. Replies go to the number that was written from last.
    /// </summary>
    Task<ContactVerdict> MergeContactsAsync(Guid accountId, Guid into, Guid from, Actor by, string eventText, DateTimeOffset now);

    /// <summary>
    /// A person says that one of a conversation's names is somebody else's: the customer's own messages under that name go back to a thread of its own, and new
    /// ones follow. No rule joins the two again. Both epochs rise; what we said while they were one stays.
    /// </summary>
    /// <param name="name">Session id of a merged conversation, or another name of this one.</param>
    Task<SplitResult> SplitContactAsync(Guid accountId, Guid conversationId, string name, Actor by, string eventText, DateTimeOffset now);

    /// <summary>
    /// Begins an erasure, in one transaction: from then on the conversations belong to no account and have no name, so that nobody sees them and a new message
    /// begins a new one; nothing of them is answered or sent, and <see cref="Erasure"/> says what is left to do. False when the family is not as the caller saw it.
    /// </summary>
    /// <param name="conversations">All of the person's, merged ones too.</param>
    /// <param name="names">Numbers and user ids of the person, to find what is stored outside conversations by.</param>
    Task<bool> BeginErasureAsync(Guid erasureId, Guid accountId, IReadOnlyList<Guid> conversations, IReadOnlyList<string> names, Actor by, DateTimeOffset now);

    /// <summary>Switches a connection on or off (Enable WhatsApp). False when it does not exist in this account.</summary>
    Task<bool> SwitchConnectionAsync(Guid accountId, Guid connectionId, bool enabled, Actor by, DateTimeOffset now);

    /// <summary>
    /// A person disconnects a number: every secret leaves the row, its epoch rises, what is unanswered or unsent ends as <c>disconnected</c>.
    /// False when the account has no live connection of that id.
    /// </summary>
    Task<bool> DisconnectConnectionAsync(Guid accountId, Guid connectionId, Actor by, DateTimeOffset now);
}
