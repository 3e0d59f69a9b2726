namespace AiBotKit.Channels.WhatsApp;

/// <summary>Settings <c>WhatsApp:*</c> of the callback and the sender (wire facts 1.2).</summary>
internal sealed class WhatsAppOptions
{
    /// <summary>Signs every callback; empty refuses everything.</summary>
    public string CallbackSecret { get; set; } = "";

    /// <summary>Also accepted while the secret is being rotated.</summary>
    public string? PreviousCallbackSecret { get; set; }

    public string SignatureHeader { get; set; } = "X-Hub-Signature-256";

    public string SignaturePrefix { get; set; } = "sha256=";

    public SignatureEncoding SignatureEncoding { get; set; }

    /// <summary>Optional second lock: a header that <c>setwebhook</c> registered and the provider echoes.</summary>
    public string? StaticHeaderName { get; set; }

    public string? StaticHeaderValue { get; set; }

    /// <summary>Answers the GET handshake; empty refuses it.</summary>
    public string? VerifyToken { get; set; }

    /// <summary>How long a status may take to tell whether an ambiguous send was accepted, in seconds.</summary>
    public int AmbiguousWaitSeconds { get; set; } = 90;

    /// <summary>Where the simulated provider and its phone page are (<c>Simulator:*</c>); calls to exactly that scheme, host and port are allowed. Null when it is off.</summary>
    public Uri? Simulator { get; set; }

    public SignatureScheme Scheme => new(
        CallbackSecret,
        PreviousCallbackSecret,
        SignatureHeader,
        SignaturePrefix,
        PrefixRequired: SignaturePrefix.Length > 0,
        SignatureEncoding,
        StaticHeaderName is { Length: > 0 } ? StaticHeaderName : null,
        StaticHeaderValue);
}
