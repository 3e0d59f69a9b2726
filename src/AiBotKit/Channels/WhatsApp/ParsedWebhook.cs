namespace AiBotKit.Channels.WhatsApp;

/// <summary>
/// Everything one callback carried, in the order of the wire. Items point into the body that was parsed: keep that buffer
/// unchanged for as long as an item's <see cref="WebhookItem.Raw"/> is needed.
/// </summary>
internal sealed record ParsedWebhook(IReadOnlyList<WebhookItem> Items);

/// <summary>One message, status, echo, call or event of a callback (wire facts 2.1).</summary>
internal abstract record WebhookItem
{
    /// <summary>The business number the item is for; null on account-like fields, which are routed by <see cref="WabaId"/>.</summary>
    public string? PhoneNumberId { get; init; }

    /// <summary>The WhatsApp Business Account (<c>entry.id</c>, or the account an account event names).</summary>
    public string? WabaId { get; init; }

    /// <summary><c>changes[].field</c> as sent; empty when the callback was not readable that far.</summary>
    public string Field { get; init; } = "";

    /// <summary>The item's own JSON, exactly the bytes of the wire; the whole body when it was not JSON.</summary>
    public ReadOnlyMemory<byte> Raw { get; init; }
}

/// <summary>Something a WhatsApp user did that belongs in a conversation (wire facts 3).</summary>
internal sealed record InboundMessage : WebhookItem
{
    /// <summary>The provider's message id (<c>wamid…</c>), any length; null when missing or empty: de-duplicate by the hash of <see cref="WebhookItem.Raw"/>.</summary>
    public string? ProviderId { get; init; }

    /// <summary>The sender's number, digits only, 1-20 of them; null when the sender is known by <see cref="UserId"/> only.</summary>
    public string? Phone { get; init; }

    /// <summary>The sender's business-scoped user id (BSUID) when the wire carried one (wire facts 3.1).</summary>
    public string? UserId { get; init; }

    /// <summary>The sender's own name, cleaned, at most <see cref="WireText.MaxNameLength"/> UTF-16 units; never another contact's.</summary>
    public string? ProfileName { get; init; }

    /// <summary>The sender's <c>@username</c> when sent.</summary>
    public string? Username { get; init; }

    /// <summary>The provider's time; null when missing or nonsense: use the time of receipt. Not yet clamped to now.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    public required InboundKind Kind { get; init; }

    /// <summary>The words the customer means: body, caption, button or list title. Cleaned, at most <see cref="WireText.MaxLength"/> units; null when there are none.</summary>
    public string? Text { get; init; }

    public required MessageContent Content { get; init; }

    public ReplyContext? Context { get; init; }

    public Referral? Referral { get; init; }

    /// <summary>Whether this is meant as a message to be answered (the default table of wire facts 3). False for our own number and for groups.</summary>
    public bool StartsTurn { get; init; }

    /// <summary>A tap on a button or a list row: there is no second bubble to wait for.</summary>
    public bool IsTap => Kind is InboundKind.ButtonReply or InboundKind.ListReply or InboundKind.TemplateButton;

    /// <summary>Whether it opens or refreshes the 24-hour service window.</summary>
    public bool RefreshesWindow { get; init; }

    /// <summary>Said in a group: not part of the 1:1 conversation with the sender.</summary>
    public bool IsGroup { get; init; }

    /// <summary>The sender is the business number itself: never answered (a loop).</summary>
    public bool IsFromBusiness { get; init; }

    /// <summary>The public name of the conversation when no alias is known; null for a group.</summary>
    public string? SessionId => IsGroup ? null : SessionIds.For(Phone, UserId);
}

/// <summary>The test event that we asked the provider for (field <c>webhook_test</c> of the simulator): it came back, so the way works.</summary>
internal sealed record TestEvent : WebhookItem
{
    public required string Token { get; init; }

    /// <summary>The form in which a token is stored.</summary>
    public static byte[] Hash(string token) => System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token));
}

/// <summary>What happened to a message of ours (wire facts 4).</summary>
internal sealed record StatusUpdate : WebhookItem
{
    public required string ProviderId { get; init; }

    public required DeliveryStatus Status { get; init; }

    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>Digits of the recipient; null for a group or a recipient known by BSUID only.</summary>
    public string? RecipientPhone { get; init; }

    public string? RecipientUserId { get; init; }

    public bool IsGroup { get; init; }

    /// <summary>Our own key, echoed (<c>biz_opaque_callback_data</c>).</summary>
    public string? OpaqueKey { get; init; }

    public IReadOnlyList<WireError> Errors { get; init; } = [];
}

/// <summary>The owner wrote from the WhatsApp app on the phone (<c>smb_message_echoes</c>). Never answered, opens no window.</summary>
internal sealed record OwnerEcho : WebhookItem
{
    public string? ProviderId { get; init; }

    /// <summary>The customer's number, digits only.</summary>
    public string? ToPhone { get; init; }

    public string? ToUserId { get; init; }

    public DateTimeOffset? Timestamp { get; init; }

    public required InboundKind Kind { get; init; }

    public string? Text { get; init; }

    public required MessageContent Content { get; init; }

    public string? SessionId => SessionIds.For(ToPhone, ToUserId);
}

/// <summary>The user called, or accepted our call: the service window is refreshed (wire facts 5 and 8).</summary>
internal sealed record UserCall : WebhookItem
{
    public string? ProviderId { get; init; }

    public string? Phone { get; init; }

    public string? UserId { get; init; }

    public DateTimeOffset? Timestamp { get; init; }

    public string? SessionId => SessionIds.For(Phone, UserId);
}

/// <summary>A user has a new number or a new BSUID (<c>type: system</c>). Not answered, opens no window.</summary>
internal sealed record IdentityChange : WebhookItem
{
    public string? ProviderId { get; init; }

    public string? OldPhone { get; init; }

    public string? NewPhone { get; init; }

    public string? OldUserId { get; init; }

    public string? NewUserId { get; init; }

    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>Meta's sentence, cleaned; shown as an event.</summary>
    public string? Text { get; init; }
}

/// <summary>The user stopped or resumed a category, today only <c>marketing_messages</c>. Says nothing about service replies.</summary>
internal sealed record UserPreference : WebhookItem
{
    public string? Phone { get; init; }

    public string? UserId { get; init; }

    public required string Category { get; init; }

    public required bool Stopped { get; init; }

    public DateTimeOffset? Timestamp { get; init; }
}

/// <summary>Something about the business account (<c>account_update</c>), routed by <see cref="WebhookItem.WabaId"/>.</summary>
internal sealed record AccountEvent : WebhookItem
{
    public required AccountEffect Effect { get; init; }

    /// <summary>The provider's time of the event (<c>entry.time</c>); null when missing or nonsense.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>Meta's event name, e.g. <c>DISABLED_UPDATE</c>.</summary>
    public required string Name { get; init; }

    /// <summary>One plain sentence for the owner.</summary>
    public required string Reason { get; init; }
}

/// <summary>WhatsApp has approved, paused, rejected… a message template of the account (<c>message_template_status_update</c>).</summary>
internal sealed record TemplateEvent : WebhookItem
{
    /// <summary>In Meta's word: APPROVED, REJECTED, PAUSED, DISABLED…</summary>
    public required string Status { get; init; }

    public required string Name { get; init; }

    public required string Language { get; init; }

    /// <summary>The provider's time of the event (<c>entry.time</c>); null when missing or nonsense.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    public string? Reason { get; init; }
}

/// <summary>Understood or unknown, and of no use to a conversation: counted, never an error.</summary>
internal sealed record Ignored(string Reason) : WebhookItem;

/// <summary>Signed but unusable: becomes a dead letter that a person can see and replay.</summary>
internal sealed record BadItem(string Reason) : WebhookItem
{
    /// <summary>True when the whole callback was unreadable; then <see cref="WebhookItem.Raw"/> is the body.</summary>
    public bool IsWholeBody { get; init; }
}

internal enum DeliveryStatus
{
    Sent,
    Delivered,
    Read,

    /// <summary>A voice message was listened to; ranks above read.</summary>
    Played,
    Failed,
}

/// <summary>What an account event means for the connections of that account.</summary>
internal enum AccountEffect
{
    /// <summary>Nothing changes; the owner is told.</summary>
    Notice,

    /// <summary>Sending works (again).</summary>
    Usable,

    /// <summary>Sending does not work until somebody acts.</summary>
    NotUsable,

    /// <summary>The account is gone or no longer ours: its connections are disconnected, history stays.</summary>
    Gone,
}

/// <summary>One entry of an <c>errors</c> array or object; the code is null when unreadable.</summary>
internal sealed record WireError(int? Code, string? Title, string? Details);
