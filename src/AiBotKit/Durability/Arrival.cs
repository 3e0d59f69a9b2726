namespace AiBotKit.Durability;

/// <summary>One item of a webhook, translated by its channel into what the store understands.</summary>
internal abstract record Arrival
{
    /// <summary>The provider's id of the number it came in on; the verified connection decides the tenant, nothing else.</summary>
    public required string Route { get; init; }

    /// <summary>What the channel calls this kind of item; with it a dead letter can be read again.</summary>
    public string Source { get; init; } = "";

    /// <summary>The item's JSON as it came.</summary>
    public ReadOnlyMemory<byte> Raw { get; init; }
}

/// <summary>Who the customer is on this channel.</summary>
/// <param name="SessionId">The conversation's public name for the best-known address.</param>
/// <param name="Address">Where a reply goes.</param>
/// <param name="Alias">Session id of the same customer's other address, when both arrive together.</param>
/// <param name="Name">Profile name, cleaned and bounded; null when the wire has none.</param>
/// <param name="Variant">Session id of the same number in the other form that its country has; null when it has one form only.</param>
internal sealed record CustomerIdentity(string SessionId, string Address, string? Alias = null, string? Name = null, string? Variant = null);

/// <summary>Something the customer sent.</summary>
internal sealed record CustomerArrival : Arrival
{
    /// <summary>16-byte keyed hash of number and provider id (of the raw item when the id is missing).</summary>
    public required byte[] DedupKey { get; init; }

    public required CustomerIdentity From { get; init; }

    public string? ProviderMessageId { get; init; }

    /// <summary>The provider's clock; null when missing or unreadable (then receipt time).</summary>
    public DateTimeOffset? At { get; init; }

    public required string Type { get; init; }

    public required string Text { get; init; }

    public string? Content { get; init; }

    public string? ReplyTo { get; init; }

    /// <summary>Content a customer means as a message; everything else is stored with <see cref="StoredOnly"/>.</summary>
    public bool StartsTurn { get; init; }

    /// <summary>Outcome of content that starts no turn: <c>reaction</c>, <c>unsupported</c>, <c>event</c>…</summary>
    public string? StoredOnly { get; init; }

    public bool RefreshesWindow { get; init; }

    /// <summary>A button or list tap: complete by itself, no quiet window.</summary>
    public bool IsTap { get; init; }

    /// <summary>An edit: provider id of the message whose text becomes <see cref="Text"/>.</summary>
    public string? Edits { get; init; }

    /// <summary>A deletion: provider id of the message the customer took back.</summary>
    public string? Revokes { get; init; }
}

/// <summary>The owner wrote from the phone app: an owner message, a takeover.</summary>
internal sealed record OwnerEchoArrival : Arrival
{
    public required byte[] DedupKey { get; init; }

    public required CustomerIdentity To { get; init; }

    public string? ProviderMessageId { get; init; }

    public DateTimeOffset? At { get; init; }

    public required string Type { get; init; }

    public required string Text { get; init; }

    public string? Content { get; init; }

    public string? Revokes { get; init; }
}

/// <summary>A delivery status of one of our messages.</summary>
internal sealed record StatusArrival : Arrival
{
    public required string ProviderMessageId { get; init; }

    /// <summary>Our outbox key when the provider echoes it.</summary>
    public string? Key { get; init; }

    public string? Recipient { get; init; }

    public required DeliveryStatus Status { get; init; }

    public DateTimeOffset? At { get; init; }

    /// <summary>Why it failed, mapped by the channel's error table; null unless <see cref="DeliveryStatus.Failed"/>.</summary>
    public SendOutcome.Rejected? Failure { get; init; }
}

/// <summary>Rank order of the provider's statuses; a row's rank only rises.</summary>
internal enum DeliveryStatus
{
    Sent = 5,
    Delivered = 6,
    Read = 7,
    Played = 8,
    Failed = 9,
}

/// <summary>A user call: refreshes the window, is no message.</summary>
internal sealed record CallArrival : Arrival
{
    public required CustomerIdentity From { get; init; }

    public DateTimeOffset? At { get; init; }
}

/// <summary>The customer is now known under another address.</summary>
internal sealed record IdentityArrival : Arrival
{
    public required byte[] DedupKey { get; init; }

    public required string OldSessionId { get; init; }

    public required string NewSessionId { get; init; }

    public required string Text { get; init; }
}

/// <summary>The provider says the connections of an account became unusable (reason), usable again (null), or are gone.</summary>
internal sealed record ConnectionArrival : Arrival
{
    public required string WabaId { get; init; }

    /// <summary>So that a repetition does nothing; null when the event carries no time and cannot be told from a repetition.</summary>
    public byte[]? DedupKey { get; init; }

    /// <summary>The provider's clock.</summary>
    public DateTimeOffset? At { get; init; }

    public string? BrokenReason { get; init; }

    /// <summary>The one connection whose own secret signed this; null when the installation's did, which speaks for all connections of the account.</summary>
    public Guid? SignedFor { get; init; }

    /// <summary>For good: the account is deleted or no longer ours.</summary>
    public bool IsGone { get; init; }
}

/// <summary>The provider says what became of a template of an account.</summary>
internal sealed record TemplateArrival : Arrival
{
    public required string WabaId { get; init; }

    /// <summary>So that a repetition does nothing; null when the event carries no time.</summary>
    public byte[]? DedupKey { get; init; }

    /// <summary>The provider's clock.</summary>
    public DateTimeOffset? At { get; init; }

    public required string Name { get; init; }

    public required string Language { get; init; }

    /// <summary>In the provider's word: APPROVED, PAUSED, REJECTED…</summary>
    public required string Status { get; init; }

    public string? Reason { get; init; }

    /// <summary>The one connection whose own secret signed this; null when the installation's did.</summary>
    public Guid? SignedFor { get; init; }
}

/// <summary>Our own test event came back through the provider.</summary>
internal sealed record TestArrival : Arrival
{
    /// <summary>SHA-256 of its token; only the one that was last asked for counts.</summary>
    public required byte[] TokenHash { get; init; }

    /// <summary>It came under the number's own secret and with the header that the provider was asked to send.</summary>
    public bool HeaderSeen { get; init; }
}

/// <summary>A signed item that cannot be understood; becomes a dead letter.</summary>
internal sealed record UnusableArrival : Arrival
{
    /// <summary>Hash of the raw item, so that a redelivery makes no second dead letter; never the key of the message it may turn out to be.</summary>
    public required byte[] DedupKey { get; init; }

    public required string Reason { get; init; }
}

/// <summary>What the ingest of one webhook did.</summary>
internal readonly record struct IngestResult(int Stored, int Duplicates, int Ignored, int DeadLetters);

/// <summary>What is known when a customer message arrives; input of the pure arrival rule.</summary>
internal readonly record struct ArrivalContext(
    bool ConnectionEnabled,
    bool AiReplies,
    string? AiRepliesReason,
    string Languages,
    string Text,
    bool IsTap,
    DateTimeOffset At,
    DateTimeOffset Now);

/// <summary>What becomes of a message that would start a turn.</summary>
/// <param name="Outcome">A stored-only reason, or null when an answer is due.</param>
/// <param name="QuietWindow">How long to wait for more bubbles.</param>
/// <param name="QuietCap">Longest wait from the first unanswered message.</param>
/// <param name="SwitchAiReplies">A stop or start word: the new position of the AI replies switch.</param>
/// <param name="Notice">A fixed confirmation to send; costs nothing.</param>
/// <param name="WaitingReason">A person is wanted.</param>
/// <param name="EventText">An event line for the timeline.</param>
internal readonly record struct ArrivalDecision(
    string? Outcome,
    TimeSpan QuietWindow,
    TimeSpan QuietCap,
    bool? SwitchAiReplies = null,
    string? Notice = null,
    string? WaitingReason = null,
    string? EventText = null);
