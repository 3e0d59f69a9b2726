using AiBotKit.Durability;

namespace AiBotKit.Channels.WhatsApp.Providers;

/// <summary>
/// A company that carries WhatsApp messages for us. Nothing here throws for what the other side does: every answer, broken
/// answer and silence is a value. Only cancellation by the caller before the first byte was sent ends in an exception.
/// </summary>
internal interface IWhatsAppProvider
{
    ProviderKind Kind { get; }

    /// <summary>Hands one text message to the provider (wire facts 6, reliability contract 2.1).</summary>
    /// <param name="text">At most 4096 UTF-16 units, not empty.</param>
    /// <param name="opaqueKey">Our own key; statuses echo it (<c>biz_opaque_callback_data</c>).</param>
    /// <param name="replyTo">Provider id of the message to quote, or null.</param>
    /// <param name="progress">Asked before the first byte is written; when it says no, nothing is sent and the answer is a rejection to be retried.</param>
    Task<SendOutcome> SendTextAsync(
        ProviderConnection connection,
        Recipient recipient,
        string text,
        string opaqueKey,
        string? replyTo,
        SendProgress progress,
        CancellationToken cancellationToken);

    /// <summary>Hands one approved template to the provider; as <see cref="SendTextAsync"/> otherwise.</summary>
    /// <param name="template">The object <c>template</c> of the call, as JSON.</param>
    Task<SendOutcome> SendTemplateAsync(ProviderConnection connection, Recipient recipient, string template, string opaqueKey, SendProgress progress, CancellationToken cancellationToken);

    /// <summary>One page of the business account's message templates.</summary>
    /// <param name="after">Where the page before ended; null for the first.</param>
    Task<ProviderResult<TemplatePage>> GetTemplatesAsync(ProviderConnection connection, string? after, CancellationToken cancellationToken);

    /// <summary>Blue ticks up to this message; with <paramref name="typing"/> also the typing bubble, which ends with the reply or after 25 s. Best effort.</summary>
    Task<ProviderResult<bool>> MarkReadAsync(ProviderConnection connection, string messageId, bool typing, CancellationToken cancellationToken);

    /// <summary>Where the bytes of a media id are (the address lives 5 minutes).</summary>
    Task<ProviderResult<MediaInfo>> GetMediaAsync(ProviderConnection connection, string mediaId, CancellationToken cancellationToken);

    /// <summary>Copies the bytes into <paramref name="destination"/>; stops with a failure above <paramref name="maxBytes"/>.</summary>
    Task<ProviderResult<MediaDownload>> DownloadMediaAsync(
        ProviderConnection connection,
        MediaInfo media,
        Stream destination,
        long maxBytes,
        CancellationToken cancellationToken);

    /// <summary>The business numbers that this key may use.</summary>
    Task<ProviderResult<IReadOnlyList<ProviderNumber>>> GetUserDetailsAsync(ProviderConnection connection, CancellationToken cancellationToken);

    Task<ProviderResult<bool>> SetWebhookAsync(ProviderConnection connection, WebhookRegistration registration, CancellationToken cancellationToken);

    /// <summary>
    /// Subscribes the app of the key to the number's WhatsApp Business Account, without which WhatsApp delivers nothing (wire facts 1.3, 10.2). May be repeated.
    /// False inside a success when the provider has no such call, or the account is not known.
    /// </summary>
    Task<ProviderResult<bool>> SubscribeAsync(ProviderConnection connection, CancellationToken cancellationToken);

    /// <summary>Whether an app is subscribed to the account; null inside a success when the provider does not say. Whose app it is cannot be told from a key alone.</summary>
    Task<ProviderResult<bool?>> GetSubscribedAsync(ProviderConnection connection, CancellationToken cancellationToken);

    /// <summary>Stops callbacks of this number as far as the provider can: to <paramref name="sink"/> where there is no way to have none (wire facts 1.3).</summary>
    Task<ProviderResult<bool>> RemoveWebhookAsync(ProviderConnection connection, Uri sink, CancellationToken cancellationToken);

    /// <summary>Asks for a signed test event with this token through the callback; false inside a success when the provider has no such call.</summary>
    Task<ProviderResult<bool>> AskTestEventAsync(ProviderConnection connection, string token, CancellationToken cancellationToken);

    /// <summary>How WhatsApp rates the number; nothing of it inside a success when the provider does not say.</summary>
    Task<ProviderResult<NumberStanding>> GetNumberAsync(ProviderConnection connection, CancellationToken cancellationToken);

    /// <summary>The registered callback; null inside a success when there is none or its shape is unknown.</summary>
    Task<ProviderResult<Uri?>> GetWebhookAsync(ProviderConnection connection, CancellationToken cancellationToken);
}

/// <summary>A value or a failure; never both.</summary>
internal sealed record ProviderResult<T>(T? Value, ProviderFailure? Failure)
{
    public bool Succeeded => Failure is null;
}

/// <param name="Kind">What may be done next.</param>
/// <param name="Code">The provider's code; null when it was not reached or not understood.</param>
/// <param name="Reason">One plain sentence for the owner.</param>
internal sealed record ProviderFailure(RejectionKind Kind, int? Code, string Reason, TimeSpan? RetryAfter = null);

internal sealed record MediaInfo(string MediaId, Uri Url, string? MimeType, string? Sha256, long? FileSize);

internal sealed record MediaDownload(long Bytes, string? MimeType);

/// <param name="After">Leads to the next page; null on the last.</param>
internal sealed record TemplatePage(IReadOnlyList<ProviderTemplate> Templates, string? After);

/// <summary>A message template in the provider's words.</summary>
/// <param name="Reason">Why it has its status; null when nothing was said.</param>
/// <param name="Components">Its parts as a JSON array.</param>
internal sealed record ProviderTemplate(string Name, string Language, string Status, string Category, string? Reason, string Components);

/// <summary>A number's standing at WhatsApp, in WhatsApp's words.</summary>
/// <param name="Quality">GREEN, YELLOW, RED, UNKNOWN; null when it was not said.</param>
/// <param name="Throughput">STANDARD, HIGH, NOT_APPLICABLE; null when it was not said.</param>
internal sealed record NumberStanding(string? Quality, string? Throughput);

/// <summary>One row of <c>getuserdetails</c> (names vary on the wire).</summary>
internal sealed record ProviderNumber(string PhoneNumberId, string? WabaId, string? DisplayPhone, string? Name);

/// <summary>
/// Where callbacks go. Pinnacle echoes the headers on every callback; Meta uses the verify token for its GET handshake. A signing secret is passed on as
/// <c>secret</c>: no public page says that Pinnacle takes one (wire facts 1.2); one that does not know the member leaves it alone.
/// </summary>
internal sealed record WebhookRegistration(Uri Url, IReadOnlyList<KeyValuePair<string, string>> Headers, string? VerifyToken, string? Secret = null);
