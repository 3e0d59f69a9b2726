namespace AiBotKit.Durability;

/// <summary>An open outbox row as the sender sees it.</summary>
internal sealed record OpenSend(Guid OutboxId, Guid ConversationId, Guid ConnectionId, SendAuthor Author, OutboxState State, DateTimeOffset DueAt, DateTimeOffset? StartedAt, string Recipient);

/// <summary>A row that this process may hand over now: the commit that made it <c>sending</c> is on disk.</summary>
/// <param name="Key">Of this hand-over (<see cref="SendKeys"/>).</param>
/// <param name="Payload">What the channel sends instead of the text: a template. Null: the text.</param>
/// <param name="ProviderKeyMark">Tells, within this process, whether the connection still has the provider's key that it had at the claim.</param>
internal sealed record ClaimedSend(Guid OutboxId, Guid AccountId, Guid ConversationId, Guid ConnectionId, string Key, string Recipient, string Text, int Attempt, int ProviderKeyMark = 0, string? Payload = null);

/// <summary>What the conditional commit <c>new → sending</c> said.</summary>
/// <param name="Send">Set when claimed.</param>
/// <param name="HoldUntil">Set when the row stays and may be tried again then (connection broken).</param>
internal readonly record struct SendClaim(ClaimedSend? Send, DateTimeOffset? HoldUntil = null);

/// <summary>How a live connection speaks to its provider, as stored: the key is still protected.</summary>
internal sealed record ConnectionAccess(Guid AccountId, string Provider, string BaseUrl, bool BaseUrlFromConfiguration, string PhoneNumberId, string WabaId, string ApiKeyProtected);

/// <summary>What a look at the unconfirmed rows came to.</summary>
/// <param name="Moved">Rows that are sent again or were given up.</param>
/// <param name="ForgottenStatuses">Statuses about messages that are not ours.</param>
internal readonly record struct Reconciled(int Moved, int ForgottenStatuses);

/// <summary>Limits of one connection.</summary>
internal sealed record ConnectionLimits(Guid ConnectionId, int MessagesPerSecond, int PairBurst, TimeSpan PairRefill, int MaxInFlight);
