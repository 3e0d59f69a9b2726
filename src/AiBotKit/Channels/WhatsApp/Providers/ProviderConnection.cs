namespace AiBotKit.Channels.WhatsApp.Providers;

internal enum ProviderKind
{
    /// <summary>Pinnacle / Pinbot partner API v3 (wire facts 1).</summary>
    Pinnacle,

    /// <summary>Meta's Cloud API, direct.</summary>
    MetaCloud,
}

/// <summary>What is needed to speak for one business number.</summary>
/// <param name="BaseUrl">Scheme, host, port and version, e.g. <c>https://partnersv1.pinbot.ai/v3</c>; a missing version is filled in.</param>
/// <param name="PhoneNumberId">The provider's id of the business number, digits.</param>
internal sealed record ProviderConnection(
    Guid ConnectionId,
    ProviderKind Provider,
    Uri BaseUrl,
    string PhoneNumberId,
    string WabaId,
    ApiKey ApiKey)
{
    /// <summary>True when the operator wrote <see cref="BaseUrl"/> in configuration: exactly that scheme, host and port is then allowed, loopback included (S-S9).</summary>
    public bool BaseUrlFromConfiguration { get; init; }

    public Uri BaseUrl { get; init; } = Versioned(BaseUrl, Provider);

    /// <summary>Without a version the one this client was written for: Pinnacle's v3 (wire facts 1.1), a graph version of Meta.</summary>
    private static Uri Versioned(Uri address, ProviderKind provider) =>
        address.AbsolutePath != "/" ? address : new Uri(address, provider == ProviderKind.Pinnacle ? "v3" : "v23.0");
}

/// <summary>A provider's secret. It never prints itself: not in logs, records, debuggers or exceptions.</summary>
[System.Diagnostics.DebuggerDisplay("***")]
internal sealed class ApiKey(string value) : IEquatable<ApiKey>
{
    private readonly string value = value;

    /// <summary>The secret, to be put into one request header and nowhere else.</summary>
    public string Reveal() => value;

    public override string ToString() => "***";

    public bool Equals(ApiKey? other) => other is not null && string.Equals(value, other.value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as ApiKey);

    public override int GetHashCode() => value.GetHashCode(StringComparison.Ordinal);
}

/// <summary>Whom a message is for. A BSUID put into <c>to</c> is accepted and silently dropped by Meta, so the two never mix (wire facts 3.1).</summary>
internal abstract record Recipient
{
    private Recipient()
    {
    }

    /// <param name="Digits">Full international number, digits only.</param>
    internal sealed record Phone(string Digits) : Recipient;

    internal sealed record User(string UserId) : Recipient;

    /// <summary>The recipient for stored identities: the number when known, else the BSUID; null when neither is usable.</summary>
    public static Recipient? From(string? phone, string? userId) =>
        SessionIds.PhoneDigits(phone) is { } digits ? new Phone(digits)
        : SessionIds.IsUserId(userId) ? new User(userId!)
        : null;
}
